"""Looks for doubts about shares, and lets go of holds that nobody decided."""

from api.actions.review import release_overdue_holds
from api.actions.review import search_doubts as search
from api.domain.coordination import ReviewRules
from workers.tasks.kit import Kit, Work


async def search_doubts(kit: Kit, work: Work) -> None:
    """Release what is overdue, then look at all that came in, one step at a time."""
    rules = ReviewRules()
    while await release_overdue_holds(work.lease, rules.hold_days):
        pass
    while await search(work.lease, kit.sealer, rules):
        if work.is_time_up:
            async with work.transaction() as db:
                await work.pause(db)
            return
