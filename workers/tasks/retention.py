"""Deletes what has been kept long enough."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from api.actions.idempotency import forget_old_keys
from api.actions.link import forget_visits
from api.actions.outbox import forget_finished_work
from api.actions.webhook import empty_bodies

if TYPE_CHECKING:
    from workers.tasks.kit import Kit


async def retention(ctx: dict[str, Any]) -> None:
    """Delete finished messages, old dead letters and answers to old idempotency keys."""
    await forget_finished_work()
    await forget_old_keys()


async def forget(ctx: dict[str, Any]) -> None:
    """Destroy the salts of visitors, delete old visits, empty events that were read."""
    kit: Kit = ctx["kit"]
    await empty_bodies()
    await forget_visits(datetime.now(ZoneInfo(kit.settings.time_zone)).date())
