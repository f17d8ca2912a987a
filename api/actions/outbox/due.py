"""Asks for the work that PostgreSQL says is due and that nobody has asked for."""

from collections.abc import Sequence

from api.models import transaction
from api.queue import enqueue
from api.reads.due import DueWork


async def enqueue_due(works: Sequence[DueWork]) -> None:
    """Write a message for each piece of work; one that was asked for meanwhile folds away."""
    async with transaction() as lent:
        for work in works:
            await enqueue(lent, work.job, work.args, key=work.key)
