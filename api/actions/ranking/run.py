"""A score run: one computation of all scores, kept with everything that is needed to repeat it."""

from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from uuid import UUID

from asyncpg import Connection

from api.actions.ranking.baseline import FrozenBaseline, live_baseline
from api.actions.ranking.board import HOLDERS_ONLY, add_up, board_rows
from api.actions.ranking.measure import measure, store_verdicts
from api.actions.shares.watermark import take_watermark
from api.domain.amplification import Parameters
from api.domain.ranking import Watermark, rows_sha256
from api.models import new_id, transaction

# One run at a time: a second waits and then finds nothing new.
RUN_LOCK = 7_236_503
LONG_WORK = (
    "SET LOCAL statement_timeout = '300s'; SET LOCAL idle_in_transaction_session_timeout = 0"
)

STORE_GAINS = """
INSERT INTO share_gain AS g (id, asn_id, share_id, baseline_id, platform, campaign_id, day_on,
                             post_slot, state, gain_micro, inputs)
SELECT new_id(), m.asn_id, m.share_id, $1, m.platform, m.campaign_id, m.day_on, m.post_slot,
       v.state, v.gain_micro + v.held_micro, v.inputs
  FROM measured m JOIN verdict v USING (facts)
ON CONFLICT (asn_id, share_id, baseline_id) DO UPDATE
   SET state = excluded.state, gain_micro = excluded.gain_micro, inputs = excluded.inputs,
       day_on = excluded.day_on, post_slot = excluded.post_slot
 WHERE (g.state, g.gain_micro, g.inputs, g.day_on, g.post_slot) IS DISTINCT FROM
       (excluded.state, excluded.gain_micro, excluded.inputs, excluded.day_on, excluded.post_slot)
"""

STORE_DAYS = """
INSERT INTO holder_day AS h (id, asn_id, baseline_id, platform, day_on, counted_count, gain_micro,
                             pending_count, held_count, held_micro)
SELECT new_id(), asn_id, $1, platform, day_on, counted_count, gain_micro, pending_count, held_count,
       held_micro
  FROM bucket
ON CONFLICT (asn_id, baseline_id, platform, day_on) DO UPDATE
   SET counted_count = excluded.counted_count, gain_micro = excluded.gain_micro,
       pending_count = excluded.pending_count, held_count = excluded.held_count,
       held_micro = excluded.held_micro
 WHERE (h.counted_count, h.gain_micro, h.pending_count, h.held_count, h.held_micro)
       IS DISTINCT FROM (excluded.counted_count, excluded.gain_micro, excluded.pending_count,
                         excluded.held_count, excluded.held_micro)
"""

STORE_PRIORS = """
INSERT INTO holder_prior AS h
       (id, asn_id, baseline_id, platform, prior_micro, audience_observation_id)
SELECT new_id(), asn_id, $1, platform, prior_micro, audience_observation_id FROM prior
ON CONFLICT (asn_id, baseline_id, platform) DO UPDATE
   SET prior_micro = excluded.prior_micro,
       audience_observation_id = excluded.audience_observation_id
 WHERE (h.prior_micro, h.audience_observation_id)
       IS DISTINCT FROM (excluded.prior_micro, excluded.audience_observation_id)
"""

LATEST = """
SELECT id, rows_sha256, parameters_sha256, baseline_id, holder_count, share_count,
       (as_of AT TIME ZONE time_zone)::date = ($2 AT TIME ZONE time_zone)::date AS is_same_day
  FROM score_run WHERE scope = $1 ORDER BY as_of DESC, id DESC LIMIT 1
"""

STORE_RUN = """
INSERT INTO score_run (id, model, parameters, parameters_sha256, baseline_id, as_of, watermark,
                       time_zone, code_version, scope, share_count, holder_count, rows_sha256,
                       created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, now())
"""

STORE_RANKING = """
INSERT INTO ranking (id, score_run_id, asn_id, score, quality_micro, share_count, resharer_count,
                     pending_count, breakdown)
SELECT new_id(), $1, asn_id, score, quality_micro, share_count, resharer_count, pending_count,
       breakdown
  FROM board
"""

FORGET = """
DELETE FROM score_run r WHERE scope = 'LIVE' AND created_at < now() - interval '7 days'
   AND NOT EXISTS (SELECT 1 FROM invite_list l WHERE l.score_run_id = r.id)
"""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to compute; no time means now, by PostgreSQL's clock."""

    scope: str = "LIVE"
    as_of: datetime | None = None
    parameters: Parameters = field(default_factory=Parameters)


@dataclass(frozen=True, slots=True)
class RunResult:
    """The run that stands now; `is_new` is false when nothing had changed."""

    id: UUID
    holder_count: int
    share_count: int
    rows_sha256: str
    is_new: bool


async def refresh_ranking(request: RunRequest) -> RunResult:
    """Compute all scores again; keep a new run if any row, the baseline or the day is new."""
    async with transaction() as db:
        watermark = await take_watermark(db)
    async with transaction() as db:
        await db.execute(LONG_WORK)
        await db.execute("SELECT pg_advisory_xact_lock($1)", RUN_LOCK)
        as_of = request.as_of or await db.fetchval("SELECT now()")
        moment = Watermark(as_of, watermark)
        baseline = await _score(db, moment, request.parameters)
        return await _keep(db, request, moment, baseline)


async def _score(db: Connection, moment: Watermark, parameters: Parameters) -> FrozenBaseline:
    judged = await measure(db, moment, parameters)
    baseline = await live_baseline(db, judged, moment, parameters)
    await store_verdicts(db, judged, baseline.values, parameters)
    await add_up(db, baseline, moment, parameters)
    for statement in (STORE_GAINS, STORE_DAYS, STORE_PRIORS):
        await db.execute(statement, baseline.id)
    return baseline


async def _keep(
    db: Connection, request: RunRequest, moment: Watermark, baseline: FrozenBaseline
) -> RunResult:
    await db.execute(HOLDERS_ONLY)
    rows = await board_rows(db)
    digest = rows_sha256(rows)
    parameters = request.parameters
    latest = await db.fetchrow(LATEST, request.scope, moment.as_of)
    if latest is not None and latest["is_same_day"]:
        stands = (latest["rows_sha256"], latest["parameters_sha256"], latest["baseline_id"])
        if stands == (digest, parameters.sha256, baseline.id):
            counts = (latest["holder_count"], latest["share_count"])
            return RunResult(latest["id"], *counts, digest, is_new=False)
    run_id, share_count = new_id(), sum(row.share_count for row in rows)
    await db.execute(
        STORE_RUN,
        run_id,
        parameters.formula,
        parameters.to_json(),
        parameters.sha256,
        baseline.id,
        moment.as_of,
        moment.ingest_seq,
        parameters.time_zone,
        version("gema"),
        request.scope,
        share_count,
        len(rows),
        digest,
    )
    await db.execute(STORE_RANKING, run_id)
    await db.execute(FORGET)
    return RunResult(run_id, len(rows), share_count, digest, is_new=True)
