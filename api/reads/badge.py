"""Badges: as staff and holders see them by id, and as the public sees them by code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope
from api.reads.card import AGENCY_NAME, BADGE, BadgeRow
from api.reads.posting import today

# No personal data beyond what the holder agreed to show.
_PUBLIC = f"""
SELECT b.public_code, b.state, b.issued_at,
       coalesce(b.ended_at, b.grace_until, b.valid_until) AS expires_at,
       CASE WHEN shown.is_public THEN a.full_name END AS holder_name,
       CASE WHEN shown.is_public THEN (
           SELECT {AGENCY_NAME} FROM assignment posted JOIN agency ag ON ag.id = posted.agency_id
            WHERE posted.asn_id = a.id AND {today("posted")}) END AS agency_name
  FROM badge b
  JOIN asn a ON a.id = b.asn_id
 CROSS JOIN LATERAL (
       SELECT EXISTS (SELECT 1 FROM consent c WHERE c.asn_id = a.id AND c.purpose = 'BADGE_PUBLIC'
                         AND c.withdrawn_at IS NULL) AS is_public) shown
 WHERE b.public_code = $1
"""


@dataclass(frozen=True, slots=True)
class PublicBadgeRow:
    """What anybody may know of a badge."""

    code: str
    status: str
    issued_at: datetime
    expires_at: datetime | None
    holder_name: str | None
    agency_name: str | None


async def public_badge(code: str) -> PublicBadgeRow | None:
    """Return a badge by its public code."""
    async with connection() as db:
        record = await db.fetchrow(_PUBLIC, code)
    return None if record is None else PublicBadgeRow(*record)


async def badges_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, BadgeRow]:
    """Return those of these badges whose holder is in scope."""
    visible = scope.asns(viewer, "b.asn_id", 2)
    statement = f"""
        SELECT b.id, {BADGE} AS badge FROM badge b
         WHERE b.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: BadgeRow.of(record["badge"]) for record in records}
