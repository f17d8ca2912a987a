"""All shares as of a moment, in temporary tables: what is known of them and what the rules say.

The long way round, for new baselines, past moments and proofs: live scores come from day buckets.
"""

from datetime import datetime, timedelta

from asyncpg import Connection

from api.actions.gains.facts import ALL_FACTS, Judged, arguments, judge
from api.domain.amplification import Baselines, Formula
from api.domain.ranking import Watermark

MEASURE = f"CREATE TEMPORARY TABLE measured ON COMMIT DROP AS {ALL_FACTS}"

DISTINCT = "SELECT DISTINCT ON (facts) * FROM measured ORDER BY facts"

VERDICTS = """
CREATE TEMPORARY TABLE verdict (
    facts text, state text, inputs jsonb, counted_count int, gain_micro bigint,
    pending_count int, held_count int, held_micro bigint, resharer_count int
) ON COMMIT DROP
"""

TYPICAL = """
SELECT m.platform, v.inputs, count(*) AS share_count
  FROM measured m JOIN verdict v USING (facts)
 WHERE v.state IN ('COUNTED', 'PARTIAL')
   AND ($1 AT TIME ZONE $2)::date - m.day_on BETWEEN 0 AND $3 - 1
 GROUP BY m.platform, v.inputs
"""


async def measure(db: Connection, moment: Watermark, formula: Formula) -> list[Judged]:
    """Collect the facts of all shares into `measured` and judge each distinct set of them."""
    await db.execute(written_out(MEASURE, arguments(moment, formula.parameters)))
    await db.execute("ANALYZE measured")
    return [judge(row, moment, formula) for row in await db.fetch(DISTINCT)]


async def store_verdicts(
    db: Connection, judged: list[Judged], baselines: Baselines, formula: Formula
) -> None:
    """Compute the gains under a baseline and keep them beside their facts in `verdict`."""
    await db.execute("DROP TABLE IF EXISTS verdict")
    await db.execute(VERDICTS)
    parameters, inputs = formula.parameters, {item.inputs for item in judged}
    gain = formula.gains(inputs, baselines, parameters.weights, parameters.lift)
    rows = [_verdict(item, gain[item.inputs], formula) for item in judged]
    await db.copy_records_to_table("verdict", records=rows)
    await db.execute("ANALYZE verdict")


def written_out(statement: str, values: tuple[object, ...]) -> str:
    """Put our own typed values into a statement: CREATE TABLE AS takes no parameters."""
    for place, value in reversed(list(enumerate(values, start=1))):
        statement = statement.replace(f"${place}", _literal(value))
    return statement


def _literal(value: object) -> str:
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'::timestamptz"
    if isinstance(value, timedelta):
        return f"'{int(value.total_seconds())} seconds'::interval"
    return str(value) if isinstance(value, int) else f"'{value}'"


def _verdict(item: Judged, gain_micro: int, formula: Formula) -> tuple[object, ...]:
    bucket = formula.contribution(item.standing, gain_micro)
    return (
        item.facts,
        item.standing.state.value,
        item.inputs.to_json(),
        bucket.counted_count,
        bucket.gain_micro,
        bucket.pending_count,
        bucket.held_count,
        bucket.held_micro,
        item.resharer_count if bucket.counted_count else 0,
    )
