"""Deletes what has been kept long enough."""

from typing import Any

from api.actions.outbox import forget_finished_work


async def retention(ctx: dict[str, Any]) -> None:
    """Delete finished messages and old dead letters."""
    await forget_finished_work()
