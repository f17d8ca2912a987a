"""A score run: all scores of one moment, kept with everything that is needed to repeat it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import BATCH_SIZE, FrozenBaseline, measure_due
from api.actions.ranking.baseline import (
    ask_for_baseline,
    begin_baseline,
    build_on,
    is_outdated,
    live_baseline,
)
from api.actions.ranking.board import HOLDERS_ONLY, add_up, board_rows, open_measured, open_stored
from api.actions.ranking.measure import measure, store_verdicts
from api.actions.ranking.uncertainty import ask_for_published_ranks
from api.actions.watermark import freeze_moment
from api.domain.amplification import FORMULA, Formula, formula
from api.domain.ranking import Watermark, rows_sha256
from api.models import connection, new_id, transaction

# One run at a time: a second waits and then finds nothing new.
RUN_LOCK = 7_236_503
LONG_WORK = (
    "SET LOCAL statement_timeout = '300s'; SET LOCAL idle_in_transaction_session_timeout = 0"
)

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

FORGET_PRIORS = """
DELETE FROM holder_prior h WHERE baseline_id = $1 AND NOT EXISTS (
    SELECT 1 FROM prior p WHERE p.asn_id = h.asn_id AND p.platform = h.platform)
"""

DUE = "SELECT EXISTS (SELECT 1 FROM share_gain WHERE baseline_id = $1 AND due_at <= $2)"

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

# A cursor lives an hour at most; the last run of a day stays for a week.
FORGET = """
DELETE FROM score_run r WHERE scope = 'LIVE' AND created_at < now() - interval '1 hour'
   AND (created_at < now() - interval '7 days' OR EXISTS (
        SELECT 1 FROM score_run later WHERE later.scope = 'LIVE' AND later.as_of > r.as_of
           AND (later.as_of AT TIME ZONE r.time_zone)::date
             = (r.as_of AT TIME ZONE r.time_zone)::date))
   AND NOT EXISTS (SELECT 1 FROM invite_list l WHERE l.score_run_id = r.id)
"""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to compute; no time means now, by PostgreSQL's clock."""

    scope: str = "LIVE"
    as_of: datetime | None = None
    version: str = FORMULA


@dataclass(frozen=True, slots=True)
class RunResult:
    """The run that stands now; `is_new` is false when nothing had changed."""

    id: UUID
    holder_count: int
    share_count: int
    rows_sha256: str
    is_new: bool


async def refresh_ranking(request: RunRequest) -> RunResult:
    """Add all scores up again; keep a new run if any row, the baseline or the day is new.

    Now is read from the day buckets. A past moment is computed from the raw observations, as is
    every baseline that does not exist yet.
    """
    model = formula(request.version)
    await _be_ready(model, request.as_of)
    while True:
        async with _alone() as guard, transaction() as db:
            moment = await freeze_moment(guard, db)
            await db.execute(LONG_WORK)
            baseline = await live_baseline(db, model)
            if baseline is not None and request.as_of is not None:
                moment = Watermark(request.as_of, moment.ingest_seq)
                await measure_past(db, baseline, moment)
                return await _keep(db, request, moment, baseline)
            if baseline is not None and not await db.fetchval(DUE, baseline.id, moment.as_of):
                await open_stored(db, baseline)
                return await _keep(db, request, moment, baseline)
        await _be_ready(model, request.as_of)


async def measure_past(db: Connection, baseline: FrozenBaseline, moment: Watermark) -> None:
    """Fill `bucket` from the raw observations that were known at a moment."""
    judged = await measure(db, moment, baseline.formula)
    await store_verdicts(db, judged, baseline.values, baseline.formula)
    await open_measured(db)


async def _be_ready(model: Formula, as_of: datetime | None) -> None:
    """See to it that a baseline is live and that no share waits to be measured again."""
    async with transaction() as db:
        live = await live_baseline(db, model)
        if live is not None and await is_outdated(db, model):
            await ask_for_baseline(db)
    if live is None:
        await begin_baseline(model, as_of)
        while await build_on(model):
            pass
    is_done = False
    while not is_done:
        async with transaction() as db:
            is_done = await measure_due(db) < BATCH_SIZE


@asynccontextmanager
async def _alone() -> AsyncIterator[Connection]:
    """Lend a connection in a transaction that lets nobody else make a run."""
    async with connection() as guard, guard.transaction():
        await guard.execute(LONG_WORK)
        await guard.execute("SELECT pg_advisory_xact_lock($1)", RUN_LOCK)
        yield guard


async def _keep(
    db: Connection, request: RunRequest, moment: Watermark, baseline: FrozenBaseline
) -> RunResult:
    parameters = baseline.formula.parameters
    await add_up(db, baseline, moment, parameters)
    for statement in (FORGET_PRIORS, STORE_PRIORS):
        await db.execute(statement, baseline.id)
    await db.execute(HOLDERS_ONLY)
    rows = await board_rows(db)
    digest = rows_sha256(rows)
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
    if request.scope == "LIVE":
        await ask_for_published_ranks(db)
    await db.execute(FORGET)
    return RunResult(run_id, len(rows), share_count, digest, is_new=True)
