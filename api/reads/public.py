"""What anybody may know of the whole programme: counts and the rules in force, no people."""

from dataclasses import dataclass
from datetime import datetime

from api.domain.eligibility import Policy
from api.models import connection

SMALLEST_SHOWN_COUNT = 5

_FIGURES = """
SELECT now() AS as_of,
       (SELECT count(DISTINCT b.asn_id) FROM badge b WHERE b.state = 'ACTIVE') AS holder_count,
       (SELECT count(*) FROM campaign c WHERE c.status IN ('ACTIVE', 'PAUSED', 'CLOSED'))
            AS campaign_count,
       (SELECT count(*) FROM share s WHERE s.presence = 'LIVE' AND s.review <> 'REJECTED')
            AS share_count,
       (SELECT count(*) FROM event e WHERE e.status <> 'CANCELLED') AS event_count,
       (SELECT p.document FROM eligibility_policy p WHERE p.code = $1 AND p.state = 'ACTIVE'
         ORDER BY p.version DESC LIMIT 1) AS policy,
       m.version AS model, m.formula
  FROM (VALUES (true)) AS one(row)
  LEFT JOIN LATERAL (SELECT * FROM scoring_model m
                      ORDER BY m.published_at DESC, m.version DESC LIMIT 1) m ON true
"""


@dataclass(frozen=True, slots=True)
class PublicFiguresRow:
    """Counts of the programme; a count of people or their shares is null while it is small."""

    as_of: datetime
    holder_count: int | None
    campaign_count: int
    share_count: int | None
    event_count: int
    policy: Policy | None
    model: str | None
    formula: str | None


async def public_figures(policy_code: str) -> PublicFiguresRow:
    """Return the figures of now and the rules in force."""
    async with connection() as db:
        record = await db.fetchrow(_FIGURES, policy_code)
    document = record["policy"]
    return PublicFiguresRow(
        as_of=record["as_of"],
        holder_count=_shown(record["holder_count"]),
        campaign_count=record["campaign_count"],
        share_count=_shown(record["share_count"]),
        event_count=record["event_count"],
        policy=None if document is None else Policy.from_json(document),
        model=record["model"],
        formula=record["formula"],
    )


def _shown(count: int) -> int | None:
    """Hide a count so small that it could point at somebody; zero points at nobody."""
    return None if 0 < count < SMALLEST_SHOWN_COUNT else count
