"""Ranks at past moments as production would have, and measures what came after. Stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.ranking.baseline import compute_baseline
from api.actions.ranking.board import add_up, board_rows, open_measured
from api.actions.ranking.measure import measure
from api.actions.ranking.run import LONG_WORK
from api.actions.watermark import take_watermark
from api.domain.amplification import FORMULA, Formula, formula
from api.domain.evaluation import (
    BASELINES,
    Figure,
    baseline_scores,
    figures,
    mean_figures,
    resharer_counts,
    truth_at,
)
from api.domain.ranking import Watermark
from api.errors import Invalid
from api.models import transaction
from api.reads.history import History, account_ids, history

CUT_DAYS = (8, 11, 14, 18, 22)
HORIZON_DAYS = 10
CUTOFFS = (25, 50)

_TEMPORARY = "DROP TABLE measured, verdict, bucket, prior, board"


@dataclass(frozen=True, slots=True)
class Cut:
    """A moment at which a ranking was made, and everybody's score there."""

    day: int
    at: datetime
    scores: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Mean figures by method, and the scores of amp-1 at every cut with an id to label them."""

    figures: Mapping[str, Mapping[int, Figure]]
    cuts: tuple[Cut, ...]
    names: Mapping[UUID, str] = field(default_factory=dict)


async def evaluate(
    cut_days: Sequence[int] = CUT_DAYS,
    horizon_days: int = HORIZON_DAYS,
) -> Evaluated:
    """Rank at each cut after the first share with what was known then, and compare the methods.

    Raises:
        Invalid: there is no share to evaluate, or nothing happened after any cut.
    """
    model = formula(FORMULA)
    async with transaction() as db:
        await db.execute(LONG_WORK)
        recorded = await history(db)
        if not recorded.shares:
            raise Invalid("There are no shares to evaluate.")
        watermark = await take_watermark(db)
        start_at = min(shared_at for _, shared_at in recorded.shares.values())
        moments = [(day, start_at + timedelta(days=day)) for day in cut_days]
        cuts = tuple(
            [
                Cut(day, at, await _scores(db, Watermark(at, watermark), model))
                for day, at in moments
            ]
        )
        return Evaluated(_compared(recorded, cuts, horizon_days), cuts, await account_ids(db))


async def _scores(db: Connection, moment: Watermark, model: Formula) -> dict[UUID, int]:
    judged = await measure(db, moment, model)
    baseline = await compute_baseline(db, judged, moment, model)
    await open_measured(db)
    await add_up(db, baseline, moment, model.parameters)
    scores = {row.holder_id: row.score for row in await board_rows(db)}
    await db.execute(_TEMPORARY)
    return scores


def _compared(
    recorded: History, cuts: tuple[Cut, ...], horizon_days: int
) -> dict[str, dict[int, Figure]]:
    by_method: dict[str, list[dict[int, Figure] | None]] = {n: [] for n in (*BASELINES, FORMULA)}
    for cut in cuts:
        truth = truth_at(recorded.shares, recorded.reshares, cut.at, horizon_days)
        counts = resharer_counts(recorded.shares, recorded.reshares, cut.at)
        for name in BASELINES:
            by_method[name].append(figures(baseline_scores(name, counts), truth, CUTOFFS))
        scores = {holder: cut.scores.get(holder, 0) for holder in truth}
        by_method[FORMULA].append(figures(scores, truth, CUTOFFS))
    means = {name: mean_figures(cuts_of) for name, cuts_of in by_method.items()}
    if not all(means.values()):
        raise Invalid("Nothing was passed on after any cut, so there is nothing to compare with.")
    return means
