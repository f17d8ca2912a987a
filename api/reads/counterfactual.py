"""What a place would be under other rules, and how much of it rests on repeated resharers.

Each is one statement of its own, run only when somebody asks for the field.
"""

from uuid import UUID

from api.domain.access import Viewer
from api.domain.amplification import PendingRule
from api.models import connection
from api.reads import scope
from api.reads.ranking import LATEST

MOST_HOLDERS = 20_000
"""All holders are added up again, which beyond this takes longer than a request may."""

_RUN = f"""
SELECT r.*, (as_of AT TIME ZONE time_zone)::date AS as_of_on,
       (parameters ->> 'window_days')::int AS window_days,
       (parameters ->> 'prior_weight')::int AS prior_weight,
       (parameters ->> 'pending' = '{PendingRule.INCLUDE}')::int AS has_pending
  FROM score_run r WHERE r.id = ({LATEST})
"""
# A pending share stands at the usual gain, which does not depend on any age.
_WITHOUT_DECAY = """
WITH run AS MATERIALIZED ({run}), sums AS (
    SELECT h.asn_id, h.platform, sum(h.gain_micro) AS gain_micro,
           sum(h.counted_count) AS counted_count, sum(h.pending_count) AS pending_count
      FROM run JOIN holder_day h ON h.baseline_id = run.baseline_id
     WHERE run.as_of_on - h.day_on BETWEEN 0 AND run.window_days - 1
       AND run.holder_count <= $2
     GROUP BY h.asn_id, h.platform
), total AS (
    SELECT r.asn_id, r.quality_micro, sum(s.gain_micro + run.has_pending * s.pending_count
               * div(run.prior_weight * coalesce(p.prior_micro, 0) + s.gain_micro,
                     run.prior_weight + s.counted_count)) AS gain_micro
      FROM run JOIN ranking r ON r.score_run_id = run.id
      JOIN sums s ON s.asn_id = r.asn_id
      LEFT JOIN holder_prior p ON p.asn_id = s.asn_id AND p.platform = s.platform
            AND p.baseline_id = run.baseline_id
     GROUP BY r.asn_id, r.quality_micro
), placed AS (
    SELECT asn_id, row_number() OVER (
           ORDER BY (-gain_micro), (-quality_micro), asn_id) AS rank FROM total
)
SELECT p.rank FROM placed p WHERE p.asn_id = $1 AND {visible}
"""
_REPEATED = """
WITH run AS MATERIALIZED ({run}), unit AS (
    SELECT w.ordinal, (2000000 + w.ordinal) / (2 * w.ordinal) AS micro
      FROM run JOIN share_gain g ON g.baseline_id = run.baseline_id
      JOIN reshare w ON w.asn_id = g.asn_id AND w.share_id = g.share_id
     WHERE g.asn_id = $1 AND {visible} AND g.counted_count = 1 AND NOT w.is_withdrawn
       AND run.as_of_on - g.day_on BETWEEN 0 AND run.window_days - 1
)
SELECT coalesce(sum(micro) FILTER (WHERE ordinal > 1), 0)::float8 / nullif(sum(micro), 0) FROM unit
"""


async def rank_without_decay(viewer: Viewer, asn_id: UUID) -> int | None:
    """Return the rank in the latest run if no share lost weight with age.

    None for somebody who is not in it or out of scope, and in a run of more than 20,000 holders.
    """
    visible = scope.asns(viewer, "p.asn_id", 3)
    statement = _WITHOUT_DECAY.format(run=_RUN, visible=visible.sql)
    async with connection() as db:
        rank: int | None = await db.fetchval(statement, asn_id, MOST_HOLDERS, *visible.parameters)
    return rank


async def repeat_share(viewer: Viewer, asn_id: UUID) -> float | None:
    """Return the part of the known resharers' value that is from people who did it before.

    None when no resharer of a counted share is known, or the person is out of scope.
    """
    visible = scope.asns(viewer, "g.asn_id", 2)
    statement = _REPEATED.format(run=_RUN, visible=visible.sql)
    async with connection() as db:
        part: float | None = await db.fetchval(statement, asn_id, *visible.parameters)
    return part
