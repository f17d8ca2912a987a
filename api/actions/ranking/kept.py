"""Evaluations that are kept: what rankings of the past foresaw, month after month."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from asyncpg import Connection

from api.actions.ranking.evaluation import CutFigures, Evaluated, evaluate
from api.domain.amplification import FORMULA, formula
from api.errors import Invalid
from api.models import connection, new_id
from api.queue import Job, enqueue

HORIZON_DAYS = 30
MOST_SHARES = 300_000
"""Beyond this the arithmetic outlasts one piece of work; `gema evaluate --keep` has the time."""

_STORE = """
INSERT INTO ranking_evaluation (id, model, ranked_at, ranked_on, horizon_days, holder_count,
                                rewarded_count, figures, computed_at)
VALUES ($1, $2, $3, ($3 AT TIME ZONE $4)::date, $5, $6, $7, $8, now())
ON CONFLICT (model, ranked_on, horizon_days) DO UPDATE
   SET ranked_at = excluded.ranked_at, holder_count = excluded.holder_count,
       rewarded_count = excluded.rewarded_count, figures = excluded.figures,
       computed_at = excluded.computed_at
"""

logger = logging.getLogger(__name__)


async def ask_for_evaluation(db: Connection, now: datetime) -> None:
    """Ask for this month's evaluation, once."""
    month = now.astimezone(ZoneInfo(formula(FORMULA).parameters.time_zone)).strftime("%Y-%m")
    job = Job.EVALUATE_RANKING
    await enqueue(db, job, {}, key=f"{job.value}:{month}")


async def evaluate_last_days() -> Evaluated | None:
    """Rank as of 30 days ago and measure what came since; None where nothing can be measured."""
    async with connection() as db:
        share_count = await db.fetchval("SELECT count(*) FROM share")
    if share_count > MOST_SHARES:
        logger.warning("%d shares are too many to evaluate here: gema evaluate --keep", share_count)
        return None
    try:
        return await evaluate((-HORIZON_DAYS,), HORIZON_DAYS)
    except Invalid as nothing:
        logger.info("No evaluation: %s", nothing)
        return None


async def keep_evaluation(db: Connection, found: Evaluated, horizon_days: int) -> int:
    """Keep every cut at which something happened; return how many.

    Another evaluation of the same day replaces it, as later figures may have come in.
    """
    measured = [cut for cut in found.by_cut if cut.rewarded_count]
    times = {cut.day: cut.at for cut in found.cuts}
    zone = formula(FORMULA).parameters.time_zone
    for cut in measured:
        counts = (cut.holder_count, cut.rewarded_count)
        moment = (times[cut.day], zone, horizon_days)
        await db.execute(_STORE, new_id(), FORMULA, *moment, *counts, _figures(cut))
    return len(measured)


def _figures(cut: CutFigures) -> dict[str, list[list[float]]]:
    """Return by method what stands at each number of people: [k, nDCG, captured]."""
    return {
        name: [[k, figure.ndcg, figure.captured] for k, figure in by_cutoff.items()]
        for name, by_cutoff in cut.figures.items()
        if by_cutoff is not None
    }
