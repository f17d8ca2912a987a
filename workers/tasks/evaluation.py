"""Holds the ranking of thirty days ago against what came since, every month."""

from datetime import UTC, datetime
from typing import Any

from api.actions.ranking import ask_for_evaluation, evaluate_last_days, keep_evaluation
from api.actions.ranking.kept import HORIZON_DAYS
from api.models import transaction
from workers.tasks.kit import Kit, Work


async def ask_every_month(ctx: dict[str, Any]) -> None:
    """Ask for the evaluation of the month."""
    async with transaction() as db:
        await ask_for_evaluation(db, datetime.now(UTC))


async def evaluate_ranking(_kit: Kit, work: Work) -> None:
    """Rank as of then, measure, and keep the figures; twice keeps one row."""
    found = await evaluate_last_days()
    async with work.transaction() as db:
        if found is not None:
            await keep_evaluation(db, found, HORIZON_DAYS)
        await work.finish(db)
