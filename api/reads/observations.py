"""The raw observations behind a score run, as the reference scorer takes them."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record

from api.domain.amplification import MICRO, Reshare, Review, Share
from api.domain.platform import Coverage, EvidenceLevel, Metric, Platform

# What is known of a deleted share stays as it was at its deletion.
_CUT = "CASE WHEN s.removed_at <= $1 THEN s.removed_at ELSE $1 END"
_SHARES = f"""
SELECT s.id, s.asn_id, s.program_post_id, s.platform, s.shared_at, s.ingest_seq, s.offered_metrics,
       s.evidence_level, s.review, s.removed_at, m.value, m.source, o.other_values,
       EXISTS (SELECT 1 FROM consent c
                WHERE c.asn_id = s.asn_id AND c.account_id = s.account_id
                  AND c.purpose = 'ACCOUNT_TRACKING'
                  AND (c.withdrawn_at IS NULL OR c.withdrawn_at > $1)) AS has_consent
  FROM share s
  LEFT JOIN LATERAL (
       SELECT value, source FROM metric_observation m
        WHERE m.asn_id = s.asn_id AND m.share_id = s.id AND m.metric = 'RESHARERS'
          AND m.observed_at <= {_CUT} AND m.ingest_seq <= $2
        ORDER BY m.observed_at DESC, m.ingest_seq DESC LIMIT 1) m ON true
  LEFT JOIN LATERAL (
       SELECT jsonb_object_agg(latest.metric, latest.value) AS other_values FROM (
              SELECT DISTINCT ON (m.metric) m.metric, m.value FROM metric_observation m
               WHERE m.asn_id = s.asn_id AND m.share_id = s.id AND m.metric <> 'RESHARERS'
                 AND m.observed_at <= {_CUT} AND m.ingest_seq <= $2
               ORDER BY m.metric, m.observed_at DESC, m.ingest_seq DESC) latest) o ON true
 WHERE s.shared_at <= $1 AND s.ingest_seq <= $2
"""
# One that came after the deletion keeps its place in the count of repeats and adds nothing.
_RESHARES = f"""
SELECT r.share_id, r.resharer_key, coalesce(r.reshared_at, r.observed_at) AS at, r.ingest_seq,
       coalesce(r.withdrawn_at <= {_CUT}, false) OR r.observed_at > {_CUT} AS is_withdrawn
  FROM reshare r JOIN share s ON s.asn_id = r.asn_id AND s.id = r.share_id
 WHERE r.observed_at <= $1 AND r.ingest_seq <= $2
"""
_PRIORS = "SELECT asn_id, platform, prior_micro FROM holder_prior WHERE baseline_id = $1"
_RANKING = "SELECT asn_id, score, quality_micro FROM ranking WHERE score_run_id = $1"
_RUN = """
SELECT r.id, r.model, r.as_of, r.watermark, r.parameters, b.id AS baseline_id, b.document
  FROM score_run r JOIN baseline b ON b.id = r.baseline_id
 WHERE r.scope = 'LIVE' ORDER BY r.as_of DESC, r.id DESC LIMIT 1
"""

# What a source of counts says about the list behind it.
LIST_COVERAGE = {
    None: Coverage.UNKNOWN,
    "IMPORT": Coverage.COMPLETE,
    "LIST": Coverage.COMPLETE,
    "LIST_CAPPED": Coverage.CAPPED,
    "COUNTER": Coverage.UNKNOWN,
}


async def latest_run(db: Connection) -> Record | None:
    """Return the latest live run with its baseline."""
    return await db.fetchrow(_RUN)


async def observed_shares(db: Connection, as_of: datetime, watermark: int) -> list[Share]:
    """Return every share that the run could know."""
    return [_share(row) for row in await db.fetch(_SHARES, as_of, watermark)]


async def observed_reshares(db: Connection, as_of: datetime, watermark: int) -> list[Reshare]:
    """Return every reshare that the run could know, withdrawn ones included."""
    return [
        Reshare(r["share_id"], r["resharer_key"].hex(), r["at"], r["ingest_seq"], r["is_withdrawn"])
        for r in await db.fetch(_RESHARES, as_of, watermark)
    ]


async def priors(db: Connection, baseline_id: UUID) -> dict[UUID, dict[Platform, int]]:
    """Return what was expected of every holder under a baseline."""
    found: defaultdict[UUID, dict[Platform, int]] = defaultdict(dict)
    for row in await db.fetch(_PRIORS, baseline_id):
        found[row["asn_id"]][Platform(row["platform"])] = row["prior_micro"]
    return dict(found)


async def ranked_scores(db: Connection, run_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Return score and quality of everybody in a run."""
    rows = await db.fetch(_RANKING, run_id)
    return {row["asn_id"]: (int(row["score"]), row["quality_micro"]) for row in rows}


def _share(row: Record) -> Share:
    others = {Metric(name): value for name, value in (row["other_values"] or {}).items()}
    used = {Metric.CLICKS} & others.keys()
    return Share(
        share_id=row["id"],
        holder_id=row["asn_id"],
        post_id=row["program_post_id"],
        platform=Platform(row["platform"]),
        shared_at=row["shared_at"],
        ingest_seq=row["ingest_seq"],
        offered=frozenset(Metric(name) for name in row["offered_metrics"]) | used,
        evidence=EvidenceLevel(row["evidence_level"]),
        review=Review(row["review"]),
        removed_at=row["removed_at"],
        has_consent=row["has_consent"],
        list_coverage=LIST_COVERAGE[row["source"]],
        reported_count=row["value"],
        other_values={
            metric: None if value is None else MICRO * value for metric, value in others.items()
        },
    )
