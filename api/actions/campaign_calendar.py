"""What time does to campaigns: quiet periods pause them, and their end closes them."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from asyncpg import Connection, Record

from api.actions.campaign import moved
from api.actions.campaign_run import MOVE, provinces_of, quiet_periods
from api.actions.trail import record
from api.domain.access import SYSTEM
from api.domain.campaign import CampaignStatus, QuietPeriod, status_by_calendar
from api.models import transaction

# Whoever holds a campaign now decides about it; the next tick looks again.
_PUBLIC = """
SELECT id, status, ends_at, audience FROM campaign
 WHERE status IN ('ACTIVE', 'PAUSED') ORDER BY id FOR UPDATE SKIP LOCKED
"""


async def follow_calendar(now: datetime, zone: str) -> int:
    """Close public campaigns that are over, pause those that must keep silence; return how many.

    Nothing resumes by itself: after the silence a person decides.
    """
    async with transaction() as db:
        periods = await quiet_periods(db)
        rows = await db.fetch(_PUBLIC)
        moves = [await _follow(db, row, periods, now.astimezone(ZoneInfo(zone))) for row in rows]
    return sum(moves)


async def _follow(
    db: Connection, row: Record, periods: Sequence[QuietPeriod], now: datetime
) -> bool:
    present = CampaignStatus(row["status"])
    where = (row["ends_at"], now, periods, provinces_of(row))
    status, reason = status_by_calendar(present, *where)
    if status is present:
        return False
    verb = "close_campaign" if status is CampaignStatus.CLOSED else "pause_campaign"
    await db.execute(MOVE, row["id"], status.value)
    await record(db, SYSTEM, moved(verb, row, status, reason))
    return True
