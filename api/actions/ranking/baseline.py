"""Baselines: what a typical share gets and what an audience suggests, frozen once live.

A new one is built beside the live one. From its first row on every change goes to both, a worker
measures the shares of all holders piece by piece, and then one statement switches.
"""

from collections import defaultdict
from datetime import datetime
from itertools import chain, repeat
from zoneinfo import ZoneInfo

from asyncpg import Connection

from api.actions.gains import FrozenBaseline, remeasure
from api.actions.gains.facts import Judged
from api.actions.ranking.measure import TYPICAL, measure, store_verdicts
from api.actions.watermark import take_watermark
from api.domain.amplification import Baselines, Formula, Parameters, baselines, fits
from api.domain.platform import Metric, Platform
from api.domain.ranking import Watermark
from api.models import new_id, transaction
from api.queue import Job, enqueue

# One build at a time.
BUILD_LOCK = 7_236_504
HOLDERS_AT_ONCE = 2_000

GAINS_BY_AUDIENCE = """
SELECT m.platform, f.count AS followers_count, v.gain_micro, count(*) AS share_count
  FROM measured m
  JOIN verdict v USING (facts)
  JOIN LATERAL (
       SELECT o.count FROM audience_observation o JOIN social_account a ON a.id = o.account_id
        WHERE o.asn_id = m.asn_id AND a.platform = m.platform AND o.observed_at <= $1
        ORDER BY o.observed_at DESC, o.id DESC LIMIT 1) f ON true
 WHERE v.state IN ('COUNTED', 'PARTIAL')
   AND ($1 AT TIME ZONE $2)::date - m.day_on BETWEEN 0 AND $3 - 1
 GROUP BY 1, 2, 3
"""

LIVE = "SELECT id, formula, as_of, document FROM baseline WHERE formula = $1 AND status = 'LIVE'"
BUILDING = """
SELECT id, formula, document, built_through FROM baseline
 WHERE formula = $1 AND status = 'BUILDING' ORDER BY as_of LIMIT 1
"""
INSERT = """
INSERT INTO baseline (id, formula, status, as_of, watermark, document, created_at)
VALUES ($1, $2, 'BUILDING', $3, $4, $5, now())
"""
NEXT_HOLDERS = """
SELECT asn_id FROM share WHERE $1::uuid IS NULL OR asn_id > $1
 GROUP BY asn_id ORDER BY asn_id LIMIT $2
"""
SHARES_OF = "SELECT asn_id, id FROM share WHERE asn_id = ANY($1::uuid[])"
ADVANCE = "UPDATE baseline SET built_through = $2 WHERE id = $1"
RETIRE = "UPDATE baseline SET status = 'RETIRED' WHERE formula = $1 AND status = 'LIVE'"
SWITCH = "UPDATE baseline SET status = 'LIVE' WHERE id = $1"


async def live_baseline(db: Connection, formula: Formula) -> FrozenBaseline | None:
    """Return the live baseline, None before the first one."""
    row = await db.fetchrow(LIVE, formula.version)
    return None if row is None else FrozenBaseline.of(row["id"], row["formula"], row["document"])


async def is_outdated(db: Connection, formula: Formula) -> bool:
    """Tell whether the live baseline is of an earlier month, or none is live."""
    row = await db.fetchrow(LIVE, formula.version)
    if row is None:
        return True
    now = await db.fetchval("SELECT now()")
    return not _is_same_month(row["as_of"], now, formula.parameters.time_zone)


async def ask_for_baseline(db: Connection) -> None:
    """Ask for this month's baseline."""
    await enqueue(db, Job.BUILD_BASELINE, {}, key=Job.BUILD_BASELINE.value)


async def begin_baseline(formula: Formula, as_of: datetime | None = None) -> None:
    """Freeze the numbers of a new baseline, unless this month has one or one is being built."""
    async with transaction() as db:
        await db.execute("SELECT pg_advisory_xact_lock($1)", BUILD_LOCK)
        is_begun = await db.fetchrow(BUILDING, formula.version) is not None
        if is_begun or not await is_outdated(db, formula):
            return
        at = as_of or await db.fetchval("SELECT now()")
        moment = Watermark(at, await take_watermark(db))
        built = await compute_baseline(db, await measure(db, moment, formula), moment, formula)
        at_mark = (moment.as_of, moment.ingest_seq)
        await db.execute(INSERT, built.id, formula.version, *at_mark, built.to_json())
    async with transaction() as db:
        # Whoever began to store something before the row was there has ended now.
        await take_watermark(db)


async def build_on(formula: Formula, *, holder_count: int = HOLDERS_AT_ONCE) -> bool:
    """Measure the next holders under the baseline that is built; at the end switch.

    Returns whether there may be more to do.
    """
    async with transaction() as db:
        await db.execute("SELECT pg_advisory_xact_lock($1)", BUILD_LOCK)
        row = await db.fetchrow(BUILDING, formula.version)
        if row is None:
            return False
        holders = await db.fetch(NEXT_HOLDERS, row["built_through"], holder_count)
        if not holders:
            await db.execute(RETIRE, formula.version)
            await db.execute(SWITCH, row["id"])
            return False
        built = FrozenBaseline.of(row["id"], row["formula"], row["document"])
        found = await db.fetch(SHARES_OF, [holder["asn_id"] for holder in holders])
        keys = [(share["asn_id"], share["id"]) for share in found]
        await remeasure(db, keys, baselines=[built])
        await db.execute(ADVANCE, row["id"], holders[-1]["asn_id"])
        return True


async def compute_baseline(
    db: Connection, judged: list[Judged], moment: Watermark, formula: Formula
) -> FrozenBaseline:
    """Compute a baseline of the shares in `measured`; nothing is stored."""
    parameters = formula.parameters
    neutral: Baselines = {(p, m): 1 for p in Platform for m in Metric}
    await store_verdicts(db, judged, neutral, formula)
    values = baselines(await _typical_values(db, moment, parameters), parameters)
    await store_verdicts(db, judged, values, formula)
    observed: dict[Platform, list[tuple[int, int]]] = defaultdict(list)
    window = (moment.as_of, parameters.time_zone, parameters.window_days)
    for row in await db.fetch(GAINS_BY_AUDIENCE, *window):
        point = (row["followers_count"], row["gain_micro"])
        observed[Platform(row["platform"])].extend(repeat(point, row["share_count"]))
    return FrozenBaseline(new_id(), values, fits(observed, parameters), formula)


async def _typical_values(
    db: Connection, moment: Watermark, parameters: Parameters
) -> dict[tuple[Platform, Metric], list[int]]:
    counted: dict[tuple[Platform, Metric], list[repeat[int]]] = defaultdict(list)
    window = (moment.as_of, parameters.time_zone, parameters.window_days)
    for row in await db.fetch(TYPICAL, *window):
        for metric, value in row["inputs"]["values"].items():
            key = (Platform(row["platform"]), Metric(metric))
            counted[key].append(repeat(value, row["share_count"]))
    return {key: list(chain.from_iterable(parts)) for key, parts in counted.items()}


def _is_same_month(first: datetime, second: datetime, zone: str) -> bool:
    a, b = (at.astimezone(ZoneInfo(zone)) for at in (first, second))
    return (a.year, a.month) == (b.year, b.month)
