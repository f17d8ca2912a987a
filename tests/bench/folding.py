"""What 10,000 new shares cost beside computing everything again: BENCH_SHARES=500000,5000000.

Both are measured in one database, in turn; the ratio of the medians is what counts. Rows that are
there from the start are made in SQL; everything that is timed is production code.
"""

import os
import time
from collections.abc import Awaitable, Callable
from statistics import median

from asyncpg import Connection

from api.actions.gains import FrozenBaseline, remeasure
from api.actions.ranking import begin_baseline, build_on
from api.actions.ranking.baseline import live_baseline
from api.actions.ranking.board import add_up, open_stored
from api.actions.ranking.run import LONG_WORK, measure_past
from api.actions.watermark import take_watermark
from api.domain.amplification import FORMULA, formula
from api.domain.ranking import Watermark
from api.models import transaction
from tests.bench._database import empty_database, say
from tests.bench._filling import (
    PATIENCE,
    SHARES_OF_A_HOLDER,
    add_shares,
    make_world,
    without_keys,
)

MODEL = formula(FORMULA)
SIZES = [int(size) for size in os.environ.get("BENCH_SHARES", "100000,500000").split(",")]
NEW_COUNT = 10_000
ROUNDS = 3

GAINS = """
INSERT INTO share_gain (id, asn_id, share_id, baseline_id, platform, campaign_id, day_on, post_slot,
                        state, counted_count, gain_micro, pending_count, held_count, held_micro,
                        resharer_count, inputs)
SELECT new_id(), m.asn_id, m.share_id, $1, m.platform, m.campaign_id, m.day_on, m.post_slot,
       v.state, v.counted_count, v.gain_micro, v.pending_count, v.held_count, v.held_micro,
       v.resharer_count, v.inputs
  FROM measured m JOIN verdict v USING (facts)
"""
BUCKETS = """
INSERT INTO holder_day (id, asn_id, baseline_id, platform, day_on, counted_count, gain_micro,
                        pending_count, held_count, held_micro, resharer_count)
SELECT new_id(), asn_id, $1, platform, day_on, counted_count, gain_micro, pending_count,
       held_count, held_micro, resharer_count FROM bucket
"""
DIFFERENT = """
SELECT count(*) FROM (
    (SELECT asn_id, platform, day_on, counted_count, gain_micro FROM bucket
     EXCEPT SELECT asn_id, platform, day_on, counted_count, gain_micro FROM holder_day
             WHERE baseline_id = $1)
    UNION ALL
    (SELECT asn_id, platform, day_on, counted_count, gain_micro FROM holder_day
      WHERE baseline_id = $1
     EXCEPT SELECT asn_id, platform, day_on, counted_count, gain_micro FROM bucket)) d
"""


async def main() -> None:
    """Print both times and their ratio at each size."""
    for size in SIZES:
        async with empty_database():
            await compare(size)


async def compare(size: int) -> None:
    """Fill a database, then fold in and rebuild in turn, and see each time that both agree."""
    await begin_baseline(MODEL)
    while await build_on(MODEL):
        pass
    started = time.perf_counter()
    async with transaction() as db:
        holder_count = await make_world(db, size)
    await look_again()
    filled = time.perf_counter() - started
    say(f"{size:,} shares of {holder_count:,} holders, filled in {filled:.0f} s")
    await rebuild(is_first=True)
    rounds = [await play(holder_count, turn) for turn in range(ROUNDS)]
    folded, rebuilt = (median(times) for times in zip(*rounds, strict=True))
    say(
        f"  medians: {NEW_COUNT:,} new shares folded in {folded:.2f} s, all buckets from"
        f" observations {rebuilt:.2f} s: 1/{rebuilt / folded:.1f}"
    )
    await add_up_buckets()


async def play(holder_count: int, turn: int) -> tuple[float, float]:
    """Fold in, compute everything again, and return both times."""
    return await fold_in(holder_count, turn), await rebuild(is_first=False)


async def rebuild(*, is_first: bool) -> float:
    """Compute all day buckets from raw observations; keep the first ones, compare the others."""
    async with transaction() as db:
        baseline = await prepared(db)
        at = Watermark(await db.fetchval("SELECT now()"), await take_watermark(db))
        spent = await timed(lambda: measure_past(db, baseline, at))
        if is_first:
            await keep(db, baseline)
            say(f"  all buckets from observations: {spent:6.2f} s")
        else:
            count = await db.fetchval(DIFFERENT, baseline.id, timeout=PATIENCE)
            say(f"  all buckets from observations: {spent:6.2f} s, {count} differ from the folded")
    await look_again()
    return spent


async def keep(db: Connection, baseline: FrozenBaseline) -> None:
    """Store what was measured, as years of folding in would have."""
    async with without_keys(db, ("share_gain", "holder_day")):
        for statement in (GAINS, BUCKETS):
            await db.execute(statement, baseline.id, timeout=PATIENCE)


async def fold_in(holder_count: int, turn: int) -> float:
    """Measure 10,000 shares of scattered holders that were just stored; storing is not timed."""
    chosen = min(NEW_COUNT, holder_count)
    each = NEW_COUNT // chosen
    first = SHARES_OF_A_HOLDER + 1 + turn * each
    async with transaction() as db:
        await quiet(db)
        new = range(first, first + each)
        keys = await add_shares(db, new, every=holder_count // chosen)
        spent = await timed(lambda: remeasure(db, keys))
    say(f"  {len(keys):,} new shares folded in: {spent:6.2f} s")
    return spent


async def add_up_buckets() -> None:
    """Time what both have in common: from buckets to scores."""
    async with transaction() as db:
        baseline = await prepared(db)
        await open_stored(db, baseline)
        at = Watermark(await db.fetchval("SELECT now()"), 0)
        spent = await timed(lambda: add_up(db, baseline, at, MODEL.parameters))
        say(f"  from buckets to scores, in both: {spent:6.2f} s")


async def prepared(db: Connection) -> FrozenBaseline:
    """Give the transaction time; return the live baseline."""
    await db.execute(LONG_WORK)
    await quiet(db)
    baseline = await live_baseline(db, MODEL)
    if baseline is None:
        raise AssertionError("no baseline is live")
    return baseline


async def look_again() -> None:
    """Do what autovacuum does in a server that is not for tests."""
    async with transaction() as db:
        await quiet(db)
        await db.execute("ANALYZE", timeout=PATIENCE)


async def quiet(db: Connection) -> None:
    """Let long statements of the benchmark run."""
    await db.execute("SET LOCAL statement_timeout = 0")


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    """Return how many seconds it took."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started
