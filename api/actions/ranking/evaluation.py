"""Ranks at past moments as production would have, and measures what came after. Stores nothing."""

import asyncio
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
from api.reads.history import History, account_ids, follower_counts, history

CUT_DAYS = (8, 11, 14, 18, 22)
HORIZON_DAYS = 10
CUTOFFS = (25, 50)
FOLLOWERS = "followers"

_TEMPORARY = "DROP TABLE measured, verdict, bucket, prior, board"


@dataclass(frozen=True, slots=True)
class Cut:
    """A moment at which a ranking was made, and everybody's score and followers there."""

    day: int
    at: datetime
    scores: Mapping[UUID, int]
    followers: Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class CutFigures:
    """What each method found at one cut; nothing where nothing happened after it.

    The truth covers `rewarded_count` of the `holder_count` ranked people: those who were passed on.
    """

    day: int
    holder_count: int
    rewarded_count: int
    figures: Mapping[str, Mapping[int, Figure] | None]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Mean figures by method, and the scores of amp-1 at every cut with an id to label them."""

    figures: Mapping[str, Mapping[int, Figure]]
    cuts: tuple[Cut, ...]
    names: Mapping[UUID, str] = field(default_factory=dict)
    by_cut: tuple[CutFigures, ...] = ()


async def evaluate(
    cut_days: Sequence[int] = CUT_DAYS,
    horizon_days: int = HORIZON_DAYS,
) -> Evaluated:
    """Rank at each cut after the first share with what was known then, and compare the methods.

    A negative cut counts back from now: -30 with a horizon of 30 measures the last thirty days.

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
        ends = min(at for _, at in recorded.shares.values()), await db.fetchval("SELECT now()")
        moments = [(day, ends[day < 0] + timedelta(days=day)) for day in cut_days]
        cuts = tuple([await _cut(db, day, at, watermark, model) for day, at in moments])
        names = await account_ids(db)
    # Seconds of arithmetic, in which a worker's other tasks want to go on.
    by_cut = await asyncio.to_thread(_all_compared, recorded, cuts, horizon_days)
    return Evaluated(_means(by_cut), cuts, names, by_cut)


def _all_compared(
    recorded: History, cuts: Sequence[Cut], horizon_days: int
) -> tuple[CutFigures, ...]:
    return tuple(_compared(recorded, cut, horizon_days) for cut in cuts)


async def _cut(db: Connection, day: int, at: datetime, watermark: int, model: Formula) -> Cut:
    scores = await _scores(db, Watermark(at, watermark), model)
    return Cut(day, at, scores, await follower_counts(db, at))


async def _scores(db: Connection, moment: Watermark, model: Formula) -> dict[UUID, int]:
    judged = await measure(db, moment, model)
    baseline = await compute_baseline(db, judged, moment, model)
    await open_measured(db)
    await add_up(db, baseline, moment, model.parameters)
    scores = {row.holder_id: row.score for row in await board_rows(db)}
    await db.execute(_TEMPORARY)
    return scores


def _compared(recorded: History, cut: Cut, horizon_days: int) -> CutFigures:
    truth = truth_at(recorded.shares, recorded.reshares, cut.at, horizon_days)
    counts = resharer_counts(recorded.shares, recorded.reshares, cut.at)
    scores: dict[str, Mapping[UUID, float]] = {
        name: baseline_scores(name, counts) for name in BASELINES
    }
    if cut.followers:
        scores[FOLLOWERS] = cut.followers
    scores[FORMULA] = cut.scores
    found = {
        name: figures({holder: of.get(holder, 0) for holder in truth}, truth, CUTOFFS)
        for name, of in scores.items()
    }
    return CutFigures(cut.day, len(truth), sum(1 for value in truth.values() if value), found)


def _means(by_cut: Sequence[CutFigures]) -> dict[str, dict[int, Figure]]:
    """Average over the cuts; followers only where they were known at every one of them."""
    names = [n for n in by_cut[0].figures if all(n in cut.figures for cut in by_cut)]
    means = {name: mean_figures(cut.figures[name] for cut in by_cut) for name in names}
    if not all(means.values()):
        raise Invalid("Nothing was passed on after any cut, so there is nothing to compare with.")
    return means
