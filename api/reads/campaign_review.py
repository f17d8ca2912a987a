"""What checkers said about campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope

MOST_REVIEWS = 20


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One decision of a checker."""

    is_approved: bool
    note: str | None
    reviewer: str
    reviewed_at: datetime


async def reviews_of(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[ReviewRow]]:
    """Return the latest decisions about each of these campaigns in scope of staff, newest first."""
    visible = scope.agencies(viewer, "p.agency_id", 2)
    statement = f"""
        SELECT c.id AS parent_id, page.* FROM campaign c JOIN program p ON p.id = c.program_id
         CROSS JOIN LATERAL (
            SELECT r.is_approved, r.note, r.reviewer, r.reviewed_at FROM campaign_review r
             WHERE r.campaign_id = c.id ORDER BY r.reviewed_at DESC, r.id DESC
             LIMIT {MOST_REVIEWS}) page
         WHERE c.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    found: dict[UUID, list[ReviewRow]] = {}
    for record in records:
        parent_id, *columns = record
        found.setdefault(parent_id, []).append(ReviewRow(*columns))
    return found
