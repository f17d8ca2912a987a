"""Corrections of posts: for everybody with their counts, and for who was told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope

# Deleted counts the people told of whom no live share of the post is left.
_OF_POSTS = """
SELECT x.post_id, x.id, x.old_fact, x.new_fact, x.created_at,
       count(n.id)::int AS notified_count, count(n.acknowledged_at)::int AS acknowledged_count,
       (count(n.id) FILTER (WHERE NOT EXISTS (
           SELECT 1 FROM share s WHERE s.asn_id = n.asn_id AND s.program_post_id = x.post_id
              AND s.presence = 'LIVE')))::int AS deleted_count
  FROM correction x LEFT JOIN correction_notice n ON n.correction_id = x.id
 WHERE x.post_id = ANY($1::uuid[])
 GROUP BY x.id ORDER BY x.created_at DESC, x.id DESC
"""


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction and how many of those who shared were told, have read it, took theirs down."""

    id: UUID
    old_fact: str
    new_fact: str
    created_at: datetime
    notified_count: int
    acknowledged_count: int
    deleted_count: int


async def corrections_of(post_ids: Sequence[UUID]) -> dict[UUID, list[CorrectionRow]]:
    """Return the corrections of posts that the caller already sees, newest first."""
    async with connection() as db:
        records = await db.fetch(_OF_POSTS, list(post_ids))
    found: dict[UUID, list[CorrectionRow]] = {}
    for record in records:
        post_id, *columns = record
        found.setdefault(post_id, []).append(CorrectionRow(*columns))
    return found


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One person was told of one correction."""

    id: UUID
    post_id: UUID
    old_fact: str
    new_fact: str
    notified_at: datetime
    acknowledged_at: datetime | None


async def notices_of(viewer: Viewer, asn_ids: Sequence[UUID]) -> dict[UUID, list[NoticeRow]]:
    """Return what those of these people in scope were told, newest first, 50 each at most."""
    visible = scope.asns(viewer, "n.asn_id", 2)
    statement = f"""
        SELECT told.* FROM unnest($1::uuid[]) AS person(id) CROSS JOIN LATERAL (
            SELECT n.asn_id, n.id, x.post_id, x.old_fact, x.new_fact, n.notified_at,
                   n.acknowledged_at
              FROM correction_notice n JOIN correction x ON x.id = n.correction_id
             WHERE n.asn_id = person.id AND {visible.sql}
             ORDER BY n.notified_at DESC, n.id DESC LIMIT 50) told"""
    async with connection() as db:
        records = await db.fetch(statement, list(asn_ids), *visible.parameters)
    found: dict[UUID, list[NoticeRow]] = {}
    for record in records:
        asn_id, *columns = record
        found.setdefault(asn_id, []).append(NoticeRow(*columns))
    return found
