"""Compares day buckets with the gains behind them, and repairs what differs."""

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from api.actions.gains.totals import check_totals as check
from api.actions.gains.totals import repair_totals as repair

if TYPE_CHECKING:
    from workers.tasks.kit import Kit, Work

SAMPLE_COUNT = 2_000

logger = logging.getLogger(__name__)


async def check_totals(ctx: dict[str, Any]) -> None:
    """Look at some holders, others every day; a difference is an error in the log and a repair."""
    kit: Kit = ctx["kit"]
    today = datetime.now(ZoneInfo(kit.settings.time_zone)).date()
    if wrong := await check(today.isoformat(), SAMPLE_COUNT):
        logger.error("The day buckets of %d holders differ from their gains", len(wrong))


async def repair_totals(_kit: "Kit", work: "Work") -> None:
    """Add up what one holder has, from the observations on."""
    async with work.transaction() as db:
        await repair(db, UUID(work.args["asn_id"]))
        await work.finish(db)
