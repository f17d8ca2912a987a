"""What is known of shares as of a moment, and what the rules say of it.

One statement collects the facts, of all shares or of some. Shares with equal facts have equal
verdicts, and millions of shares have few distinct facts, so the rules in `api.domain.amplification`
judge each distinct set once. No rule is written in SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asyncpg import Record

from api.domain.amplification import (
    MICRO,
    Formula,
    Inputs,
    Parameters,
    Review,
    ShareFacts,
    Standing,
    resharers_micro,
)
from api.domain.platform import EvidenceLevel, Metric, Platform
from api.domain.ranking import Watermark
from api.reads.observations import LIST_COVERAGE

# $1 moment, $2 watermark, $3 time zone, $4 slots of a post, $5 wait for figures, $6 life of a share
# before a deletion. What is known of a deleted share stays as it was at its deletion.
_KNOWN = """
SELECT {keys}count(*)::int AS known_count,
       sum((2000000 + r.ordinal) / (2 * r.ordinal))::bigint AS known_micro
  FROM {beside}reshare r
 WHERE r.asn_id = s.asn_id AND r.share_id = s.id AND r.ingest_seq <= $2
   AND r.observed_at <= s.cut_at AND (r.withdrawn_at IS NULL OR r.withdrawn_at > s.cut_at)
 {grouped}
"""
_REPORTED = """
SELECT {keys}max(value) FILTER (WHERE metric = 'RESHARERS') AS reported_count,
       max(source) FILTER (WHERE metric = 'RESHARERS') AS reported_source,
       max(value) FILTER (WHERE metric = 'CLICKS') AS visitor_count,
       max(value) FILTER (WHERE metric = 'CONVERSATION') AS commenter_count,
       max(value) FILTER (WHERE metric = 'LIKES') AS like_count
  FROM (SELECT DISTINCT ON ({keys}m.metric) {keys}m.metric, m.value, m.source
          FROM {beside}metric_observation m
         WHERE m.asn_id = s.asn_id AND m.share_id = s.id AND m.ingest_seq <= $2
           AND m.observed_at <= s.cut_at
         ORDER BY {keys}m.metric, m.observed_at DESC, m.ingest_seq DESC) s
 {grouped}
"""
_AGREES = """
k.purpose = 'ACCOUNT_TRACKING' AND (k.withdrawn_at IS NULL OR k.withdrawn_at > $1)
"""
_FACTS = """
WITH chosen AS {materialized} (
    SELECT s.*, CASE WHEN s.removed_at <= $1 THEN s.removed_at ELSE $1 END AS cut_at
      FROM share s {narrowed}
), facts AS (
    SELECT s.asn_id, s.id AS share_id, s.platform, p.campaign_id, s.post_slot, s.shared_at,
           (s.shared_at AT TIME ZONE $3)::date AS day_on,
           CASE WHEN s.removed_at <= $1 THEN s.removed_at END AS removed_at, s.evidence_level,
           s.review, s.offered_metrics, f.account_id IS NOT NULL AS has_consent,
           coalesce(k.known_count, 0) AS known_count,
           coalesce(k.known_micro, 0) AS known_micro, r.reported_count, r.reported_source,
           r.visitor_count, r.commenter_count, r.like_count, {later} AS later_at
      FROM chosen s
      JOIN program_post p ON p.id = s.program_post_id
      {joined}
)
SELECT *, concat_ws('|', platform, least(post_slot, $4 + 1), evidence_level, review, has_consent,
           offered_metrics::text, known_count, known_micro, coalesce(reported_count, -1),
           coalesce(reported_source, '-'), coalesce(visitor_count, -1),
           coalesce(commenter_count, -1), coalesce(like_count, -1), shared_at > $1,
           shared_at > $1 - $5::interval, removed_at IS NOT NULL,
           coalesce(removed_at - shared_at < $6::interval, false)) AS facts
  FROM facts
"""

# All shares: every table is read once, and the parts meet in hashes.
_IN_WHOLE = {
    "keys": "s.asn_id, s.id, ",
    "beside": "chosen s, ",
    "grouped": "GROUP BY s.asn_id, s.id",
}
_JOINED = f"""
LEFT JOIN (SELECT DISTINCT k.asn_id, k.account_id FROM consent k WHERE {_AGREES}) f
       ON f.asn_id = s.asn_id AND f.account_id = s.account_id
LEFT JOIN ({_KNOWN.format(**_IN_WHOLE)}) k ON k.asn_id = s.asn_id AND k.id = s.id
LEFT JOIN ({_REPORTED.format(**_IN_WHOLE)}) r ON r.asn_id = s.asn_id AND r.id = s.id
"""
# Some shares: PostgreSQL expects one row of a list of keys and would compare the parts pair by
# pair, so each share looks up its own rows.
_ONE_BY_ONE = {"keys": "", "beside": "", "grouped": ""}
_LOOKED_UP = f"""
LEFT JOIN LATERAL (SELECT k.account_id FROM consent k
                    WHERE k.asn_id = s.asn_id AND k.account_id = s.account_id AND {_AGREES}
                    LIMIT 1) f ON true
LEFT JOIN LATERAL ({_KNOWN.format(**_ONE_BY_ONE)}) k ON true
LEFT JOIN LATERAL ({_REPORTED.format(**_ONE_BY_ONE)}) r ON true
"""

# The next moment at which a row that is stored already will be known; clocks are not all the same.
_LATER = """
least((SELECT min(r.observed_at) FROM reshare r WHERE r.asn_id = s.asn_id AND r.share_id = s.id
          AND r.observed_at > $1),
      (SELECT min(m.observed_at) FROM metric_observation m WHERE m.asn_id = s.asn_id
          AND m.share_id = s.id AND m.observed_at > $1))
"""

ALL_FACTS = _FACTS.format(
    materialized="NOT MATERIALIZED",
    narrowed="WHERE s.shared_at <= $1 AND s.ingest_seq <= $2",
    later="NULL::timestamptz",
    joined=_JOINED,
)
CHOSEN_FACTS = _FACTS.format(
    materialized="MATERIALIZED",
    narrowed="JOIN unnest($7::uuid[], $8::uuid[]) AS a(asn_id, id)"
    " ON a.asn_id = s.asn_id AND a.id = s.id",
    later=_LATER,
    joined=_LOOKED_UP,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One distinct set of facts with its standing and the inputs of its gain."""

    facts: str
    standing: Standing
    inputs: Inputs
    resharer_count: int


def arguments(moment: Watermark, parameters: Parameters) -> tuple[Any, ...]:
    """Return $1 to $6 of the statements."""
    return (
        moment.as_of,
        moment.ingest_seq,
        parameters.time_zone,
        parameters.slots_per_post,
        parameters.pending_for,
        parameters.removed_after,
    )


def judge(row: Record, moment: Watermark, formula: Formula) -> Judged:
    """Say what the rules of a formula make of one set of facts."""
    facts = ShareFacts(
        platform=Platform(row["platform"]),
        shared_at=row["shared_at"],
        post_slot=row["post_slot"],
        evidence=EvidenceLevel(row["evidence_level"]),
        offered=_offered(row),
        values=_values(row),
        review=Review(row["review"]),
        removed_at=row["removed_at"],
        has_consent=row["has_consent"],
    )
    standing = formula.decide(facts, moment.as_of, formula.parameters)
    return Judged(row["facts"], standing, facts.inputs(), row["known_count"])


def _offered(row: Record) -> frozenset[Metric]:
    """Return what the network offers, and clicks once our own link was used."""
    offered = frozenset(Metric(name) for name in row["offered_metrics"])
    return offered if row["visitor_count"] is None else offered | {Metric.CLICKS}


def _values(row: Record) -> Mapping[Metric, int | None]:
    coverage = LIST_COVERAGE[row["reported_source"]]
    resharers = resharers_micro(
        row["known_micro"], row["known_count"], row["reported_count"], coverage
    )
    return {
        Metric.RESHARERS: resharers,
        Metric.CLICKS: _micro(row["visitor_count"]),
        Metric.CONVERSATION: _micro(row["commenter_count"]),
        Metric.LIKES: _micro(row["like_count"]),
    }


def _micro(count: int | None) -> int | None:
    return None if count is None else MICRO * count
