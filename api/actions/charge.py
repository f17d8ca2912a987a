"""The budget of paid reads: a sum is held before each call and settled after it."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from asyncpg import Connection

from api.domain.platform import Platform
from api.domain.prices import RESOURCES, price_micro_usd, upper_bound_micro_usd
from api.models import new_id, transaction

_OPEN = """
INSERT INTO platform_budget (id, platform, month_on, cap_micro_usd, spent_micro_usd)
VALUES ($1, $2, $3, $4, 0)
ON CONFLICT (platform, month_on) DO UPDATE SET cap_micro_usd = excluded.cap_micro_usd
 WHERE platform_budget.cap_micro_usd <> excluded.cap_micro_usd
"""
# One statement, as every call of a network waits for its one row of the month.
_HOLD = """
WITH held AS (
     UPDATE platform_budget SET spent_micro_usd = spent_micro_usd + $3
      WHERE platform = $1 AND month_on = $2 AND cap_micro_usd = $4
        AND spent_micro_usd + $3 <= cap_micro_usd
     RETURNING id)
INSERT INTO platform_charge (id, platform, endpoint, unit_count, unit_price_micro_usd,
                             total_micro_usd, is_estimate, charged_at)
SELECT $5, $1, $6, $7, 0, $3, true, $8 FROM held
RETURNING id
"""
# The network charges a thing once a UTC day, so only what is new today is paid.
_NEW_TODAY = """
INSERT INTO charged_resource (id, platform, day_on, kind, resource)
SELECT new_id(), $1, $2, $3, read FROM unnest($4::bytea[]) AS read
ON CONFLICT (platform, day_on, kind, resource) DO NOTHING
RETURNING resource
"""
_SETTLE = """
UPDATE platform_charge SET total_micro_usd = $2, unit_count = $3, is_estimate = false
 WHERE id = $1 AND is_estimate RETURNING platform
"""
_GIVE_BACK = """
UPDATE platform_budget SET spent_micro_usd = spent_micro_usd - $3
 WHERE platform = $1 AND month_on = $2
"""
_FORGET = "DELETE FROM charged_resource WHERE day_on < $1"


async def hold_charge(
    platform: Platform, endpoint: str, units: Mapping[str, int], cap_micro_usd: int
) -> tuple[UUID, int] | None:
    """Hold the most that a call can cost; None when it does not fit under the month's cap."""
    now = datetime.now(UTC)
    most = upper_bound_micro_usd(platform, units, now.date())
    charge_id, month_on = new_id(), now.date().replace(day=1)
    asked = (platform.value, month_on, most, cap_micro_usd)
    told = (charge_id, endpoint, sum(units.values()), now)
    async with transaction() as db:
        if await db.fetchval(_HOLD, *asked, *told) is None:
            # A new month, a new cap, or nothing left.
            await db.execute(_OPEN, new_id(), platform.value, month_on, cap_micro_usd)
            if await db.fetchval(_HOLD, *asked, *told) is None:
                return None
    return charge_id, most


async def settle_charge(
    charge: tuple[UUID, int], platform: Platform, reads: Mapping[str, frozenset[str]]
) -> None:
    """Replace what was held by what the network charges for these reads."""
    charge_id, held = charge
    today = datetime.now(UTC).date()
    async with transaction() as db:
        await db.execute(_FORGET, today)
        total, count = 0, 0
        for unit, ids in sorted(reads.items()):
            new_count = await _new_today(db, platform, today, (unit, ids))
            total += new_count * price_micro_usd(platform, unit, today)
            count += new_count
        if await db.fetchval(_SETTLE, charge_id, total, count) is not None:
            month_on = today.replace(day=1)
            await db.execute(_GIVE_BACK, platform.value, month_on, held - total)


async def _new_today(
    db: Connection, platform: Platform, today: date, read: tuple[str, frozenset[str]]
) -> int:
    unit, ids = read
    # A shortened hash: enough to tell things apart for a day, and no list of people.
    hashes = sorted(hashlib.sha256(one.encode()).digest()[:12] for one in ids)
    rows = await db.fetch(_NEW_TODAY, platform.value, today, RESOURCES[unit], hashes)
    return len(rows)


def next_month(now: datetime) -> datetime:
    """Return the moment at which the next month's budget begins."""
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)  # noqa: PLR2004
    return datetime(year, month, 1, tzinfo=UTC)
