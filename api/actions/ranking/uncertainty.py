"""How sure the ranks of a run or of an invite list are: asked for, prepared, and kept.

The draws themselves take seconds and are made by a worker. They are seeded by the id of the list,
or of the run for the published ranking, so anybody can repeat them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.domain.amplification import PendingRule
from api.domain.uncertainty import Evidence, Uncertainty
from api.models import connection
from api.queue import Job, enqueue

PUBLISHED_CAPACITY = 50
"""The published ranking has no seats: its chance is that of the first page."""
MOST_HOLDERS, MOST_SHARES = 50_000, 500_000
"""Beyond these the draws would outgrow the memory and the time of one piece of work."""
# Runs follow one another within seconds; the draws wait until it is quiet for a while.
PUBLISHED_DELAY = timedelta(seconds=10)

_LATEST = """
SELECT id FROM score_run WHERE scope = 'LIVE' ORDER BY as_of DESC, id DESC LIMIT 1
"""
_HOLDERS_OF_RUN = """
SELECT asn_id FROM ranking WHERE score_run_id = $1
 ORDER BY (-score), (-quality_micro), asn_id LIMIT $2
"""
_LIST = """
SELECT l.score_run_id, ev.capacity FROM invite_list l JOIN event ev ON ev.id = l.event_id
 WHERE l.id = $1
"""
# The capacity counts before quotas, so everybody who may be invited takes part.
_HOLDERS_OF_LIST = """
SELECT asn_id FROM invite_list_entry
 WHERE invite_list_id = $1 AND decision IN ('ADMITTED', 'WAITLISTED', 'QUOTA_FULL')
 ORDER BY rank LIMIT $2
"""
# A pending share stands at the holder's usual gain, as on the board.
_SHARES = """
WITH run AS (
    SELECT r.*, (as_of AT TIME ZONE time_zone)::date AS as_of_on,
           (parameters ->> 'prior_weight')::int AS prior_weight,
           (parameters ->> 'pending' = $3)::int AS has_pending
      FROM score_run r WHERE r.id = $1
), live AS (
    SELECT g.asn_id, g.share_id, g.platform, g.gain_micro, g.counted_count, g.pending_count,
           d.weight_ppm
      FROM run JOIN share_gain g ON g.baseline_id = run.baseline_id
      JOIN decay d ON d.formula = run.model AND d.age_days = run.as_of_on - g.day_on
     WHERE g.asn_id = ANY($2::uuid[]) AND g.counted_count + g.pending_count > 0
), usual AS (
    SELECT l.asn_id, l.platform,
           div(run.prior_weight * coalesce(max(p.prior_micro), 0) + sum(l.gain_micro),
               run.prior_weight + sum(l.counted_count)) AS gain_micro
      FROM run CROSS JOIN live l
      LEFT JOIN holder_prior p ON p.asn_id = l.asn_id AND p.platform = l.platform
            AND p.baseline_id = run.baseline_id
     GROUP BY l.asn_id, l.platform, run.prior_weight
)
SELECT l.asn_id, l.share_id,
       ((l.gain_micro + run.has_pending * l.pending_count * u.gain_micro)
        * l.weight_ppm)::bigint AS score
  FROM run CROSS JOIN live l JOIN usual u USING (asn_id, platform)
 ORDER BY l.asn_id, l.share_id LIMIT $4 + 1
"""
_HOLD_RUN = "SELECT id FROM score_run WHERE id = $1 FOR KEY SHARE"
_STORE = """
INSERT INTO rank_uncertainty
       (id, score_run_id, seed_id, asn_id, capacity, top_count, rank_low, rank_high)
SELECT new_id(), $1, $2, found.asn_id, $3, found.top_count, found.rank_low, found.rank_high
  FROM unnest($4::uuid[], $5::int[], $6::int[], $7::int[])
       AS found(asn_id, top_count, rank_low, rank_high)
ON CONFLICT (score_run_id, seed_id, asn_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be drawn for: a run, the seed, and the evidence."""

    run_id: UUID
    seed_id: UUID
    evidence: Evidence


async def ask_for_published_ranks(transaction: Connection) -> None:
    """Ask for the ranks of whatever run is the latest when it is quiet."""
    job = Job.ESTIMATE_RANKS
    await enqueue(transaction, job, {}, key=f"{job.value}:live", delay=PUBLISHED_DELAY)


async def ask_for_ranks_of_list(transaction: Connection, list_id: UUID) -> None:
    """Ask for the ranks of a list that was just made."""
    job = Job.ESTIMATE_RANKS
    await enqueue(transaction, job, {"list": str(list_id)}, key=f"{job.value}:{list_id}")


async def prepare_published_ranks() -> Estimate | None:
    """Return what the latest run's ranks are drawn from; None before the first run."""
    async with connection() as db:
        run_id = await db.fetchval(_LATEST)
        if run_id is None:
            return None
        holders = await db.fetch(_HOLDERS_OF_RUN, run_id, MOST_HOLDERS + 1)
        return await _estimate(db, run_id, run_id, [row["asn_id"] for row in holders])


async def prepare_ranks_of_list(list_id: UUID) -> Estimate | None:
    """Return what a list's ranks are drawn from; None if it is gone."""
    async with connection() as db:
        row = await db.fetchrow(_LIST, list_id)
        if row is None:
            return None
        found = await db.fetch(_HOLDERS_OF_LIST, list_id, MOST_HOLDERS + 1)
        holders = [one["asn_id"] for one in found]
        return await _estimate(db, row["score_run_id"], list_id, holders, row["capacity"])


async def _estimate(
    db: Connection,
    run_id: UUID,
    seed_id: UUID,
    holders: Sequence[UUID],
    capacity: int = PUBLISHED_CAPACITY,
) -> Estimate | None:
    if len(holders) > MOST_HOLDERS:
        return None
    rows = await db.fetch(_SHARES, run_id, list(holders), PendingRule.INCLUDE.value, MOST_SHARES)
    if len(rows) > MOST_SHARES:
        return None
    shares = [(row["asn_id"], row["share_id"], row["score"]) for row in rows]
    return Estimate(run_id, seed_id, Evidence(holders, shares, capacity))


async def store_ranks(
    transaction: Connection, estimate: Estimate, found: Sequence[Uncertainty]
) -> None:
    """Keep what was drawn, once; nothing when the run is gone meanwhile."""
    if await transaction.fetchval(_HOLD_RUN, estimate.run_id) is None:
        return
    await transaction.execute(
        _STORE,
        estimate.run_id,
        estimate.seed_id,
        estimate.evidence.capacity,
        [one.asn_id for one in found],
        [one.top_count for one in found],
        [one.rank_low for one in found],
        [one.rank_high for one in found],
    )
