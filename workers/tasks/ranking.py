"""Computes the live ranking, and the baselines behind it."""

from api.actions.gains import ask_for_ranking
from api.actions.ranking import RunRequest, begin_baseline, build_on, refresh_ranking
from api.domain.amplification import FORMULA, formula
from workers.tasks.kit import Kit, Work


async def refresh(_kit: Kit, _work: Work) -> None:
    """Add all scores up again; running twice keeps one run, as nothing is new the second time."""
    await refresh_ranking(RunRequest())


async def build_baseline(_kit: Kit, work: Work) -> None:
    """Build this month's baseline beside the live one, a piece of the holders at a time."""
    model = formula(FORMULA)
    await begin_baseline(model)
    while await build_on(model):
        if work.is_time_up:
            async with work.transaction() as db:
                await work.pause(db)
            return
    async with work.transaction() as db:
        await ask_for_ranking(db)
        await work.finish(db)
