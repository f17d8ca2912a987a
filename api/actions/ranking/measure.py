"""What is known of every share as of a moment, in a temporary table, and what the rules say of it.

Shares with equal facts have equal verdicts, and millions of shares have few distinct facts. So the
statement collects the facts, the rules in `api.domain.amplification` judge each distinct set once,
and the verdicts are joined back. No rule is written in SQL.
"""

from dataclasses import dataclass

from asyncpg import Connection, Record

from api.domain.amplification import (
    Baselines,
    Inputs,
    Parameters,
    Review,
    ShareFacts,
    Standing,
    contribution,
    decide,
    gains,
    resharers_micro,
)
from api.domain.platform import EvidenceLevel, Metric, Platform
from api.domain.ranking import Watermark
from api.reads.observations import LIST_COVERAGE

MEASURE = """
CREATE TEMPORARY TABLE measured ON COMMIT DROP AS
WITH known AS (
    SELECT asn_id, share_id, count(*)::int AS known_count,
           sum((2000000 + ordinal) / (2 * ordinal))::bigint AS known_micro
      FROM reshare
     WHERE ingest_seq <= $2 AND observed_at <= $1 AND (withdrawn_at IS NULL OR withdrawn_at > $1)
     GROUP BY asn_id, share_id
), reported AS (
    SELECT DISTINCT ON (asn_id, share_id) asn_id, share_id, value, source
      FROM metric_observation
     WHERE metric = 'RESHARERS' AND ingest_seq <= $2 AND observed_at <= $1
     ORDER BY asn_id, share_id, observed_at DESC, ingest_seq DESC
), tracked AS (
    SELECT DISTINCT account_id FROM consent
     WHERE purpose = 'ACCOUNT_TRACKING' AND (withdrawn_at IS NULL OR withdrawn_at > $1)
), facts AS (
    SELECT s.asn_id, s.id AS share_id, s.platform, p.campaign_id, s.post_slot, s.shared_at,
           (s.shared_at AT TIME ZONE $3)::date AS day_on,
           CASE WHEN s.removed_at <= $1 THEN s.removed_at END AS removed_at,
           s.evidence_level, s.review, s.offered_metrics, t.account_id IS NOT NULL AS has_consent,
           coalesce(k.known_count, 0) AS known_count, coalesce(k.known_micro, 0) AS known_micro,
           r.value AS reported_count, r.source AS reported_source
      FROM share s
      JOIN program_post p ON p.id = s.program_post_id
      LEFT JOIN tracked t ON t.account_id = s.account_id
      LEFT JOIN known k ON k.asn_id = s.asn_id AND k.share_id = s.id
      LEFT JOIN reported r ON r.asn_id = s.asn_id AND r.share_id = s.id
     WHERE s.shared_at <= $1 AND s.ingest_seq <= $2
)
SELECT *, concat_ws('|', platform, least(post_slot, $4 + 1), evidence_level, review, has_consent,
           offered_metrics::text, known_count, known_micro, coalesce(reported_count, -1),
           coalesce(reported_source, '-'), shared_at > $1 - $5::interval, removed_at IS NOT NULL,
           coalesce(removed_at - shared_at < $6::interval, false)) AS facts
  FROM facts
"""

DISTINCT = "SELECT DISTINCT ON (facts) * FROM measured ORDER BY facts"

VERDICTS = """
CREATE TEMPORARY TABLE verdict (
    facts text, state text, inputs jsonb, counted_count int, gain_micro bigint,
    pending_count int, held_count int, held_micro bigint
) ON COMMIT DROP
"""

TYPICAL = """
SELECT m.platform, v.inputs, count(*) AS share_count
  FROM measured m JOIN verdict v USING (facts)
 WHERE v.state IN ('COUNTED', 'PARTIAL')
   AND ($1 AT TIME ZONE $2)::date - m.day_on BETWEEN 0 AND $3 - 1
 GROUP BY m.platform, v.inputs
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """One distinct set of facts with its standing and the inputs of its gain."""

    facts: str
    standing: Standing
    inputs: Inputs


async def measure(db: Connection, moment: Watermark, parameters: Parameters) -> list[Judged]:
    """Collect the facts of all shares into `measured` and judge each distinct set of them."""
    await db.execute(_bound(MEASURE, moment, parameters))
    await db.execute("ANALYZE measured")
    return [_judge(row, moment, parameters) for row in await db.fetch(DISTINCT)]


async def store_verdicts(
    db: Connection, judged: list[Judged], baselines: Baselines, parameters: Parameters
) -> None:
    """Compute the gains under a baseline and keep them beside their facts in `verdict`."""
    await db.execute("DROP TABLE IF EXISTS verdict")
    await db.execute(VERDICTS)
    gain = gains((item.inputs for item in judged), baselines, parameters.weights, parameters.lift)
    rows = [_verdict(item, gain[item.inputs]) for item in judged]
    await db.copy_records_to_table("verdict", records=rows)
    await db.execute("ANALYZE verdict")


def _verdict(item: Judged, gain_micro: int) -> tuple[object, ...]:
    bucket = contribution(item.standing, gain_micro)
    return (
        item.facts,
        item.standing.state.value,
        item.inputs.to_json(),
        bucket.counted_count,
        bucket.gain_micro,
        bucket.pending_count,
        bucket.held_count,
        bucket.held_micro,
    )


def _bound(statement: str, moment: Watermark, parameters: Parameters) -> str:
    # CREATE TABLE AS takes no parameters, so our own typed values are written out.
    values = {
        "$1": f"'{moment.as_of.isoformat()}'::timestamptz",
        "$2": str(int(moment.ingest_seq)),
        "$3": f"'{parameters.time_zone}'",
        "$4": str(int(parameters.slots_per_post)),
        "$5": f"'{int(parameters.pending_seconds)} seconds'",
        "$6": f"'{int(parameters.removed_after_seconds)} seconds'",
    }
    for place, text in values.items():
        statement = statement.replace(place, text)
    return statement


def _judge(row: Record, moment: Watermark, parameters: Parameters) -> Judged:
    coverage = LIST_COVERAGE[row["reported_source"]]
    resharers = resharers_micro(
        row["known_micro"], row["known_count"], row["reported_count"], coverage
    )
    facts = ShareFacts(
        platform=Platform(row["platform"]),
        shared_at=row["shared_at"],
        post_slot=row["post_slot"],
        evidence=EvidenceLevel(row["evidence_level"]),
        offered=frozenset(Metric(name) for name in row["offered_metrics"]),
        values={Metric.RESHARERS: resharers},
        review=Review(row["review"]),
        removed_at=row["removed_at"],
        has_consent=row["has_consent"],
    )
    return Judged(row["facts"], decide(facts, moment.as_of, parameters), facts.inputs())
