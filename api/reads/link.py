"""Tracked links by their code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from api.domain.access import Viewer
from api.domain.campaign import QuietPeriod
from api.domain.platform import Platform
from api.models import connection
from api.reads import scope

_TARGET = """
SELECT k.asn_id, k.link_id, l.created_at, l.expires_at, p.url, a.platform, p.id AS post_id,
       p.state, p.title, g.slug, now() AS now, c.audience,
       (SELECT jsonb_build_object('old_fact', x.old_fact, 'new_fact', x.new_fact,
                                  'source_url', p.source_url) FROM correction x
         WHERE x.post_id = p.id ORDER BY x.created_at DESC, x.id DESC LIMIT 1) AS correction,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(q.from_on, q.to_on, q.legal_ground,
                                                    q.province_id)), '[]')
          FROM quiet_period q WHERE q.from_on <= current_date + 1 AND q.to_on >= current_date)
           AS quiet_periods
  FROM link_code k
  JOIN tracked_link l ON l.asn_id = k.asn_id AND l.id = k.link_id
  JOIN program_post p ON p.id = l.program_post_id
  JOIN campaign c ON c.id = p.campaign_id
  JOIN program g ON g.id = c.program_id
  JOIN social_account a ON a.id = l.account_id
 WHERE k.code = $1
"""


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """What a post said wrongly, what is right, and the source."""

    old_fact: str
    new_fact: str
    source_url: str


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where a code leads, and whose visits it counts.

    `quiet_periods` are those around today; which of them bind is a rule of `domain.campaign`.
    """

    asn_id: UUID
    link_id: UUID
    created_at: datetime
    is_expired: bool
    url: str
    platform: Platform
    post_id: UUID
    program_slug: str
    title: str = ""
    is_withdrawn: bool = False
    correction: ShownCorrection | None = None
    quiet_periods: tuple[QuietPeriod, ...] = ()
    province_ids: tuple[UUID, ...] = ()


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
        title=row["title"],
        is_withdrawn=row["state"] == "WITHDRAWN",
        correction=_correction(row["correction"]),
        quiet_periods=tuple(_period(*each) for each in row["quiet_periods"]),
        province_ids=tuple(UUID(each) for each in row["audience"].get("province_ids", ())),
    )


def _correction(data: dict[str, str] | None) -> ShownCorrection | None:
    return None if data is None else ShownCorrection(**data)


def _period(from_on: str, to_on: str, legal_ground: str, province_id: str | None) -> QuietPeriod:
    province = None if province_id is None else UUID(province_id)
    return QuietPeriod(
        date.fromisoformat(from_on), date.fromisoformat(to_on), legal_ground, province
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
