"""Tracked links by their code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.access import Viewer
from api.domain.platform import Platform
from api.models import connection
from api.reads import scope

_TARGET = """
SELECT k.asn_id, k.link_id, l.created_at, l.expires_at, p.url, a.platform, p.id AS post_id,
       g.slug, now() AS now
  FROM link_code k
  JOIN tracked_link l ON l.asn_id = k.asn_id AND l.id = k.link_id
  JOIN program_post p ON p.id = l.program_post_id
  JOIN campaign c ON c.id = p.campaign_id
  JOIN program g ON g.id = c.program_id
  JOIN social_account a ON a.id = l.account_id
 WHERE k.code = $1 AND p.state <> 'WITHDRAWN'
"""


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where a code leads, and whose visits it counts."""

    asn_id: UUID
    link_id: UUID
    created_at: datetime
    is_expired: bool
    url: str
    platform: Platform
    post_id: UUID
    program_slug: str


async def link_target(code: str) -> LinkTarget | None:
    """Return the target of a code."""
    async with connection() as db:
        row = await db.fetchrow(_TARGET, code)
    if row is None:
        return None
    expires_at = row["expires_at"]
    return LinkTarget(
        asn_id=row["asn_id"],
        link_id=row["link_id"],
        created_at=row["created_at"],
        is_expired=expires_at is not None and expires_at <= row["now"],
        url=row["url"],
        platform=Platform(row["platform"]),
        post_id=row["post_id"],
        program_slug=row["slug"],
    )


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A tracked link as its holder sees it."""

    id: UUID
    code: str
    target_url: str


async def links_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, LinkRow]:
    """Return those of these links whose holder is in scope."""
    visible = scope.asns(viewer, "l.asn_id", 2)
    statement = f"""
        SELECT l.id, l.code, p.url
          FROM tracked_link l JOIN program_post p ON p.id = l.program_post_id
         WHERE l.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        rows = await db.fetch(statement, list(ids), *visible.parameters)
    return {row["id"]: LinkRow(row["id"], row["code"], row["url"]) for row in rows}
