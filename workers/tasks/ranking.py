"""Computes the live ranking."""

from api.actions.ranking import RunRequest, refresh_ranking
from workers.tasks.kit import Kit, Work


async def refresh(_kit: Kit, _work: Work) -> None:
    """Compute all scores again; running twice keeps one run, as nothing is new the second time."""
    await refresh_ranking(RunRequest())
