"""Deletes what has been kept long enough."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from api.actions.link import forget_visits
from api.actions.outbox import forget_finished_work

if TYPE_CHECKING:
    from workers.tasks.kit import Kit


async def retention(ctx: dict[str, Any]) -> None:
    """Delete finished messages and old dead letters."""
    await forget_finished_work()


async def forget(ctx: dict[str, Any]) -> None:
    """Destroy the salts of visitors and delete old visits, early in the programme's day."""
    kit: Kit = ctx["kit"]
    await forget_visits(datetime.now(ZoneInfo(kit.settings.time_zone)).date())
