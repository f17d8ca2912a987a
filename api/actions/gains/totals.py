"""Whether day buckets still equal the gains that they are sums of, and what is done if not.

Every bucket is changed by differences, so one that was wrong once would stay wrong.
"""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from api.actions.gains.remeasure import ask_for_ranking, lock_holders, remeasure_holders
from api.models import connection, transaction
from api.queue import Job, enqueue

_PARTS = "counted_count, gain_micro, pending_count, held_count, held_micro, resharer_count"
_SUMS = ", ".join(f"sum({part})::bigint AS {part}" for part in _PARTS.split(", "))
_SAMPLED = """
SELECT id FROM asn WHERE EXISTS (SELECT 1 FROM share WHERE share.asn_id = asn.id)
 ORDER BY md5($1 || id::text) LIMIT $2
"""
# An empty bucket and none are the same.
_DIFFERENT = f"""
WITH gained AS (
    SELECT asn_id, baseline_id, platform, day_on, {_SUMS} FROM share_gain
     WHERE asn_id = ANY($1::uuid[]) GROUP BY asn_id, baseline_id, platform, day_on
), signed AS (
    SELECT asn_id, baseline_id, platform, day_on, {_PARTS} FROM holder_day
     WHERE asn_id = ANY($1::uuid[])
    UNION ALL
    SELECT asn_id, baseline_id, platform, day_on,
           {", ".join(f"-{part}" for part in _PARTS.split(", "))} FROM gained
)
SELECT DISTINCT asn_id FROM (
    SELECT asn_id, {_SUMS} FROM signed GROUP BY asn_id, baseline_id, platform, day_on) difference
 WHERE ({_PARTS}) <> (0, 0, 0, 0, 0, 0) ORDER BY asn_id
"""
_FORGET = "DELETE FROM holder_day WHERE asn_id = $1"
_ADD_UP = f"""
INSERT INTO holder_day (id, asn_id, baseline_id, platform, day_on, {_PARTS})
SELECT new_id(), asn_id, baseline_id, platform, day_on, {_SUMS} FROM share_gain
 WHERE asn_id = $1 GROUP BY asn_id, baseline_id, platform, day_on
"""


async def check_totals(seed: str, holder_count: int) -> list[UUID]:
    """Compare the buckets of some holders, drawn by the seed; ask for a repair of each wrong one.

    Returns whose buckets are wrong.
    """
    async with connection() as db:
        rows = await db.fetch(_SAMPLED, seed, holder_count)
        wrong = await _different(db, [row["id"] for row in rows])
    if wrong:
        async with transaction() as db:
            for asn_id in wrong:
                job = Job.REPAIR_TOTALS
                await enqueue(db, job, {"asn_id": str(asn_id)}, key=f"{job.value}:{asn_id}")
    return wrong


async def repair_totals(db: Connection, asn_id: UUID) -> None:
    """Add the buckets of a holder up again, and measure every share once more."""
    await lock_holders(db, [asn_id])
    if await _different(db, [asn_id]):
        await db.execute(_FORGET, asn_id)
        await db.execute(_ADD_UP, asn_id)
    await remeasure_holders(db, [asn_id])
    await ask_for_ranking(db)


async def _different(db: Connection, holders: Sequence[UUID]) -> list[UUID]:
    return [row["asn_id"] for row in await db.fetch(_DIFFERENT, list(holders))]
