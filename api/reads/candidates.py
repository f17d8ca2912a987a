"""Who may be invited to an event: the people of one score run as the list sees them."""

from uuid import UUID

from asyncpg import Connection

from api.domain.access import Viewer
from api.domain.selection import Candidate
from api.reads import scope
from api.reads.posting import today

_COLUMNS = f"""
SELECT r.asn_id, r.score, r.quality_micro, r.share_count, posted.agency_id, posted.province_id,
       EXISTS (SELECT 1 FROM badge b WHERE b.asn_id = r.asn_id AND b.state = 'ACTIVE') AS has_badge,
       EXISTS (SELECT 1 FROM consent c WHERE c.asn_id = r.asn_id AND c.withdrawn_at IS NULL
                  AND c.purpose = 'INVITATION_CONTACT') AS has_consent,
       past.last_invited_on, coalesce(past.accepted_on, '{{}}') AS accepted_on,
       coalesce(past.has_declined, false) AS has_declined
  FROM ranking r
  LEFT JOIN (
       SELECT p.asn_id, p.agency_id, coalesce(p.province_id, g.province_id) AS province_id
         FROM assignment p JOIN agency g ON g.id = p.agency_id
        WHERE {today("p")}) posted ON posted.asn_id = r.asn_id
  LEFT JOIN (
       SELECT asn_id, max(invited_at AT TIME ZONE $3)::date AS last_invited_on,
              array_agg((answered_at AT TIME ZONE $3)::date)
                  FILTER (WHERE status IN ('ACCEPTED', 'CHECKED_IN', 'NO_SHOW')) AS accepted_on,
              bool_or(status = 'DECLINED' AND event_id = $2) AS has_declined
         FROM invitation i
        WHERE invited_at IS NOT NULL AND NOT EXISTS (
              SELECT 1 FROM event ev WHERE ev.id = i.event_id AND ev.status = 'CANCELLED')
        GROUP BY asn_id
       ) past ON past.asn_id = r.asn_id
 WHERE r.score_run_id = $1
"""


async def candidates(
    db: Connection, viewer: Viewer, run_id: UUID, event_id: UUID, zone: str
) -> list[Candidate]:
    """Return everybody of the run in the viewer's scope, read in the transaction of the list."""
    visible = scope.asns(viewer, "r.asn_id", 4)
    records = await db.fetch(
        f"{_COLUMNS} AND {visible.sql}", run_id, event_id, zone, *visible.parameters
    )
    return [
        Candidate(
            asn_id=r["asn_id"],
            agency_key=_key(r["agency_id"]),
            province_key=_key(r["province_id"]),
            score=int(r["score"]),
            quality_micro=r["quality_micro"],
            counted_share_count=r["share_count"],
            has_active_badge=r["has_badge"],
            has_consent=r["has_consent"],
            has_declined=r["has_declined"],
            last_invited_on=r["last_invited_on"],
            accepted_on=tuple(r["accepted_on"]),
        )
        for r in records
    ]


def _key(value: UUID | None) -> str | None:
    return None if value is None else str(value)
