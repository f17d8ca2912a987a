"""Measures shares again in the transaction that changed them, and adds the difference to buckets.

The holders are locked first, so nobody else measures their shares meanwhile. The old row of a share
tells what it had added; the difference goes to one bucket (holder, baseline, platform, day). What
depends on time alone has a due date in `share_gain` and is measured again when it comes.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.gains.facts import CHOSEN_FACTS, Judged, arguments, judge
from api.actions.gains.frozen import FrozenBaseline, standing_baselines
from api.actions.stage import Stage
from api.actions.statistics import look_again
from api.actions.watermark import join_ingest
from api.domain.amplification import Bucket, next_change_at
from api.domain.ranking import Watermark
from api.queue import Job, enqueue

# What a statement costs beside its rows is then nothing, and the rows still fit into memory.
BATCH_SIZE = 10_000
MANY_SHARES = 2_000
RANKING_DELAY = timedelta(seconds=2)
EVERYTHING = 2**63 - 1

_STAGE = Stage(
    "gain_stage",
    {
        "asn_id": "uuid",
        "share_id": "uuid",
        "baseline_id": "uuid",
        "platform": "text",
        "campaign_id": "uuid",
        "day_on": "date",
        "post_slot": "int",
        "state": "text",
        "reason": "text",
        "counted_count": "int",
        "gain_micro": "bigint",
        "pending_count": "int",
        "held_count": "int",
        "held_micro": "bigint",
        "resharer_count": "int",
        "inputs": "jsonb",
        "due_at": "timestamptz",
    },
)
_PARTS = "counted_count, gain_micro, pending_count, held_count, held_micro, resharer_count"
_MINUS = ", ".join(f"-{part}" for part in _PARTS.split(", "))
_VALUES = f"platform, campaign_id, day_on, post_slot, state, reason, {_PARTS}, inputs, due_at"
_FRESH = ", ".join(f"excluded.{column}" for column in _VALUES.split(", "))
_STALE = ", ".join(f"g.{column}" for column in _VALUES.split(", "))
_SUMS = ", ".join(f"sum({part}) AS {part}" for part in _PARTS.split(", "))
_ADDED = ", ".join(f"{part} = h.{part} + excluded.{part}" for part in _PARTS.split(", "))
_NOTHING = ", ".join("0" for _ in _PARTS.split(", "))

# One order everywhere, so that two transactions never wait for one another in a circle.
_FOLD = f"""
WITH old AS (
    SELECT g.* FROM share_gain g JOIN gain_stage n USING (asn_id, share_id, baseline_id)
), stored AS (
    INSERT INTO share_gain AS g (id, asn_id, share_id, baseline_id, {_VALUES})
    SELECT new_id(), asn_id, share_id, baseline_id, {_VALUES}
      FROM gain_stage ORDER BY asn_id, share_id, baseline_id
    ON CONFLICT (asn_id, share_id, baseline_id) DO UPDATE SET ({_VALUES}) = ROW({_FRESH})
     WHERE ({_STALE}) IS DISTINCT FROM ({_FRESH})
), delta AS (
    SELECT asn_id, baseline_id, platform, day_on, {_PARTS} FROM gain_stage
    UNION ALL SELECT asn_id, baseline_id, platform, day_on, {_MINUS} FROM old
), change AS (
    SELECT asn_id, baseline_id, platform, day_on, {_SUMS}
      FROM delta GROUP BY asn_id, baseline_id, platform, day_on
)
INSERT INTO holder_day AS h (id, asn_id, baseline_id, platform, day_on, {_PARTS})
SELECT new_id(), asn_id, baseline_id, platform, day_on, {_PARTS}
  FROM change WHERE ({_PARTS}) <> ({_NOTHING})
 ORDER BY asn_id, baseline_id, platform, day_on
ON CONFLICT (asn_id, baseline_id, platform, day_on) DO UPDATE SET {_ADDED}
"""

_HOLDERS = "SELECT id FROM asn WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_OF_HOLDERS = "SELECT asn_id, id FROM share WHERE asn_id = ANY($1::uuid[])"
_DUE = """
SELECT DISTINCT g.asn_id, g.share_id
  FROM share_gain g JOIN baseline b ON b.id = g.baseline_id AND b.status <> 'RETIRED'
 WHERE g.due_at <= clock_timestamp() LIMIT $1
"""

ShareKey = tuple[UUID, UUID]
"""(holder, share)."""


async def remeasure(
    transaction: Connection,
    shares: Iterable[ShareKey],
    *,
    baselines: list[FrozenBaseline] | None = None,
) -> None:
    """Bring gains and buckets of these shares in line with what is stored, in the transaction.

    Before the first baseline there is nothing to keep: the first ranking measures all shares.
    """
    keys = sorted(set(shares))
    if not keys:
        return
    await lock_holders(transaction, {asn_id for asn_id, _ in keys})
    if baselines is None:
        baselines = await standing_baselines(transaction)
    if baselines and len(keys) >= MANY_SHARES:
        await look_again(transaction)
    for start in range(0, len(keys), BATCH_SIZE):
        await _fold(transaction, keys[start : start + BATCH_SIZE], baselines)


async def remeasure_holders(transaction: Connection, holders: Iterable[UUID]) -> None:
    """Do the same for every share of these people."""
    rows = await transaction.fetch(_OF_HOLDERS, list(set(holders)))
    await remeasure(transaction, [(row["asn_id"], row["id"]) for row in rows])


async def measure_due(transaction: Connection) -> int:
    """Measure a batch of the shares whose time has come; return how many there were."""
    rows = await transaction.fetch(_DUE, BATCH_SIZE)
    await remeasure(transaction, [(row["asn_id"], row["share_id"]) for row in rows])
    return len(rows)


async def lock_holders(transaction: Connection, holders: Iterable[UUID]) -> None:
    """Let nobody else change the shares of these people until the commit."""
    await join_ingest(transaction)
    await transaction.execute(_HOLDERS, list(holders))


async def ask_for_ranking(transaction: Connection) -> None:
    """Ask for a new ranking; requests within a moment fold into one."""
    job = Job.REFRESH_RANKING
    await enqueue(transaction, job, {}, key=job.value, delay=RANKING_DELAY)


async def _fold(db: Connection, keys: list[ShareKey], baselines: list[FrozenBaseline]) -> None:
    rows: list[tuple[object, ...]] = []
    for baseline in baselines:
        moment = Watermark(await db.fetchval("SELECT clock_timestamp()"), EVERYTHING)
        parameters = arguments(moment, baseline.formula.parameters)
        columns = [key[0] for key in keys], [key[1] for key in keys]
        found = await db.fetch(CHOSEN_FACTS, *parameters, *columns)
        rows.extend(_measured(found, moment, baseline))
    if rows:
        await _STAGE.fill(db, rows)
        await db.execute(_FOLD)


def _measured(
    found: list[Record], moment: Watermark, baseline: FrozenBaseline
) -> Iterator[tuple[object, ...]]:
    formula, parameters = baseline.formula, baseline.formula.parameters
    distinct = {row["facts"]: row for row in found}
    judged = {key: judge(row, moment, formula) for key, row in distinct.items()}
    inputs = {item.inputs for item in judged.values()}
    gain = formula.gains(inputs, baseline.values, parameters.weights, parameters.lift)
    for row in found:
        item = judged[row["facts"]]
        yield _row(row, item, gain[item.inputs], moment.as_of, baseline)


def _row(
    row: Record, item: Judged, gain_micro: int, as_of: datetime, baseline: FrozenBaseline
) -> tuple[object, ...]:
    standing, formula = item.standing, baseline.formula
    is_ahead = row["shared_at"] > as_of
    bucket = Bucket() if is_ahead else formula.contribution(standing, gain_micro)
    due_at = next_change_at(row["shared_at"], standing, as_of, formula.parameters)
    return (
        row["asn_id"],
        row["share_id"],
        baseline.id,
        row["platform"],
        row["campaign_id"],
        row["day_on"],
        row["post_slot"],
        standing.state.value,
        None if standing.reason is None else standing.reason.value,
        bucket.counted_count,
        bucket.gain_micro,
        bucket.pending_count,
        bucket.held_count,
        bucket.held_micro,
        item.resharer_count if bucket.counted_count else 0,
        item.inputs.to_json(),
        min(filter(None, (due_at, row["later_at"])), default=None),
    )
