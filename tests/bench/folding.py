"""What 10,000 new shares cost beside computing everything again: BENCH_SHARES=500000,5000000.

Both are measured in one database, one after the other; the ratio is what counts. Rows that are
there from the start are made in SQL; everything that is timed is production code.
"""

import os
import time
from collections.abc import Awaitable, Callable

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

MODEL = formula(FORMULA)
SIZES = [int(size) for size in os.environ.get("BENCH_SHARES", "100000,500000").split(",")]
NEW_COUNT = 10_000
ROUNDS = 3
SHARES_OF_A_HOLDER = 50

PEOPLE = """
CREATE TABLE bench_person AS
SELECT n, new_id() AS asn_id, new_id() AS account_id FROM generate_series(1, {holders}) n;
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
SELECT asn_id, 'Contoh ' || n, 'contoh ' || n, true, true, now() FROM bench_person;
INSERT INTO social_account (id, asn_id, platform, platform_user_id, handle, url, verification,
                            connection, ownership_verified_at, created_at)
SELECT account_id, asn_id, 'X', n::text, 'contoh_' || n, 'https://x.com/contoh_' || n, 'VERIFIED',
       'NONE', now(), now() FROM bench_person;
INSERT INTO consent (id, asn_id, purpose, account_id, basis, text_version, channel, granted_at)
SELECT new_id(), asn_id, 'ACCOUNT_TRACKING', account_id, 'CONSENT', 'v1', 'BENCH', now()
  FROM bench_person;
INSERT INTO program (id, slug, name, source_url, created_by, created_at)
SELECT new_id(), 'program', 'Program', 'https://contoh.go.id', 'a', now();
INSERT INTO campaign (id, program_id, title, status, version, starts_at, ends_at, disclosure_label,
                      audience, created_by, last_edited_by, approved_by, created_at)
SELECT new_id(), id, 'Kampanye', 'ACTIVE', 1, now() - interval '20 days',
       now() + interval '20 days', 'ASN', '{{}}', 'a', 'a', 'b', now() FROM program;
INSERT INTO program_post (id, campaign_id, platform, official_post_ref, url, title, facts,
                          source_url, disclosure_text, hashtags, state, published_at, created_at)
SELECT new_id(), id, 'X', n::text, 'https://x.com/i/web/status/' || n, 'Post ' || n, '[]',
       'https://contoh.go.id', 'ASN', '[]', 'PUBLISHED', now() - interval '15 days', now()
  FROM campaign, generate_series(1, 1000) n;
CREATE TABLE bench_post AS
SELECT row_number() OVER (ORDER BY official_post_ref) AS n, id FROM program_post;
ANALYZE;
"""
# Three times as many reshares as a third of the shares: most shares are passed on by nobody.
SHARES = """
CREATE TABLE bench_share AS
SELECT new_id() AS id, p.asn_id, p.account_id, p.n, k, o.id AS post_id
  FROM bench_person p, generate_series({first}, {last}) k, bench_post o
 WHERE p.n <= {holders} AND o.n = 1 + (p.n * 7 + k * 53) % 1000;
INSERT INTO share (id, asn_id, program_post_id, account_id, platform, kind, key, native_id,
                   shared_at, time_source, post_slot, ingest_seq, offered_metrics, evidence_level,
                   review, presence, missed_sweep_count, first_observed_at)
SELECT id, asn_id, post_id, account_id, 'X', 'QUOTE', n || '-' || k, n || '-' || k,
       now() - ((n::bigint * 7919 + k * 104729) % 244800) * interval '1 minute', 'PLATFORM', 1,
       nextval('ingest_seq'), '["RESHARERS"]', 'API_CONFIRMED', 'CLEAR', 'LIVE', 0, now()
  FROM bench_share;
INSERT INTO metric_observation (id, asn_id, share_id, metric, value, source, observed_at,
                                ingest_seq)
SELECT new_id(), asn_id, id, 'RESHARERS', 0, 'IMPORT', now(), nextval('ingest_seq')
  FROM bench_share;
INSERT INTO reshare (id, asn_id, share_id, resharer_key, ordinal, reshared_at, observed_at,
                     ingest_seq, is_withdrawn)
SELECT new_id(), asn_id, id, uuid_send(id) || int4send(r), 1 + (n + r) % 3, now(), now(),
       nextval('ingest_seq'), false
  FROM bench_share, generate_series(1, 3) r WHERE (n + k) % 3 = 0 AND r <= (n * k) % 4;
"""
FORGET = "DROP TABLE bench_share"
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
    """Fill a database, then rebuild it, fold in, and see that both agree."""
    await begin_baseline(MODEL)
    while await build_on(MODEL):
        pass
    holders = size // SHARES_OF_A_HOLDER
    started = time.perf_counter()
    async with transaction() as db:
        await quiet(db)
        await db.execute(PEOPLE.format(holders=holders), timeout=3_600)
        await db.execute(
            SHARES.format(first=1, last=SHARES_OF_A_HOLDER, holders=holders), timeout=3_600
        )
        await db.execute(FORGET)
    async with transaction() as db:
        await quiet(db)
        await db.execute("ANALYZE", timeout=3_600)
    say(f"{size:,} shares of {holders:,} holders, filled in {time.perf_counter() - started:.0f} s")
    rebuilt = await rebuild(is_first=True)
    folded = min([await fold_in(holders, turn) for turn in range(ROUNDS)])
    say(f"  {NEW_COUNT:,} new shares folded in: {folded:6.2f} s, 1/{rebuilt / folded:.1f}")
    await rebuild(is_first=False)
    await add_up_buckets()


async def rebuild(*, is_first: bool) -> float:
    """Compute all day buckets from raw observations; keep the first ones, compare the second."""
    async with transaction() as db:
        baseline = await prepared(db)
        at = Watermark(await db.fetchval("SELECT now()"), await take_watermark(db))
        spent = await timed(lambda: measure_past(db, baseline, at))
        if is_first:
            for statement in (GAINS, BUCKETS):
                await db.execute(statement, baseline.id, timeout=3_600)
            say(f"  all buckets from observations: {spent:6.2f} s")
        else:
            count = await db.fetchval(DIFFERENT, baseline.id, timeout=3_600)
            say(f"  again afterwards: {spent:6.2f} s; {count} buckets differ from the folded ones")
    async with transaction() as db:
        await quiet(db)
        await db.execute("ANALYZE share_gain; ANALYZE holder_day", timeout=3_600)
    return spent


async def fold_in(holders: int, turn: int) -> float:
    """Measure 10,000 shares of 2,000 holders that were just stored; the storing is not timed."""
    chosen, first = min(2_000, holders), SHARES_OF_A_HOLDER + 1 + turn * 5
    last = first + NEW_COUNT // chosen - 1
    async with transaction() as db:
        await quiet(db)
        await db.execute(SHARES.format(first=first, last=last, holders=chosen))
        rows = await db.fetch("SELECT asn_id, id FROM bench_share")
        await db.execute(FORGET)
        keys = [(row["asn_id"], row["id"]) for row in rows]
        return await timed(lambda: remeasure(db, keys))


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


async def quiet(db: Connection) -> None:
    """Let long statements of the benchmark run."""
    await db.execute("SET LOCAL statement_timeout = 0")


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    """Return how many seconds it took."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started
