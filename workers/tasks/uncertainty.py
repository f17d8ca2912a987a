"""Draws how sure the ranks of a list, or of the latest run, are."""

import asyncio
from uuid import UUID

from api.actions.ranking import prepare_published_ranks, prepare_ranks_of_list, store_ranks
from workers.tasks.bootstrap import bootstrap
from workers.tasks.kit import Kit, Work


async def estimate_ranks(_kit: Kit, work: Work) -> None:
    """Draw and store; twice is the same, as the seed is the id of the list or run."""
    list_id = work.args.get("list")
    estimate = (
        await prepare_published_ranks()
        if list_id is None
        else await prepare_ranks_of_list(UUID(list_id))
    )
    if estimate is None:
        return
    # Seconds of arithmetic, in which the worker's other tasks want to go on.
    found = await asyncio.to_thread(bootstrap, estimate.evidence, estimate.seed_id)
    async with work.transaction() as db:
        await store_ranks(db, estimate, found)
        await work.finish(db)
