"""A badge as the public sees it: no personal data beyond what the holder agreed to show."""

from dataclasses import dataclass
from datetime import datetime

from api.models import connection

_BADGE = """
SELECT b.public_code, b.state, b.issued_at,
       coalesce(b.ended_at, b.grace_until, b.valid_until) AS expires_at,
       CASE WHEN shown.is_public THEN a.full_name END AS holder_name,
       CASE WHEN shown.is_public THEN (
           SELECT an.name FROM assignment p
             JOIN agency_name an ON an.agency_id = p.agency_id AND an.valid_to_on IS NULL
            WHERE p.asn_id = a.id AND p.is_primary AND p.from_on <= current_date
              AND coalesce(p.to_on > current_date, true) LIMIT 1) END AS agency_name
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
        record = await db.fetchrow(_BADGE, code)
    return None if record is None else PublicBadgeRow(*record)
