"""Notes how the workers fare with each network: switched on, last success, last error, a pause."""

from collections.abc import Mapping
from datetime import UTC, datetime

from asyncpg import Connection

from api.domain.platform import Platform
from api.models import new_id, transaction

_SWITCH = """
INSERT INTO platform_state (id, platform, is_enabled, updated_at) VALUES ($1, $2, $3, now())
ON CONFLICT (platform) DO UPDATE SET is_enabled = excluded.is_enabled, updated_at = now()
 WHERE platform_state.is_enabled <> excluded.is_enabled
"""
_SUCCESS = """
INSERT INTO platform_state (id, platform, is_enabled, last_success_at, updated_at)
VALUES ($1, $2, true, now(), now())
ON CONFLICT (platform) DO UPDATE SET last_success_at = now(), updated_at = now()
"""
_FAILURE = """
INSERT INTO platform_state (id, platform, is_enabled, last_error_at, last_error_code, updated_at)
VALUES ($1, $2, true, now(), $3, now())
ON CONFLICT (platform) DO UPDATE
   SET last_error_at = now(), last_error_code = excluded.last_error_code, updated_at = now()
"""
_PAUSE = """
INSERT INTO platform_state (id, platform, is_enabled, paused_until, updated_at)
VALUES ($1, $2, true, $3, now())
ON CONFLICT (platform) DO UPDATE SET paused_until = excluded.paused_until, updated_at = now()
 WHERE platform_state.paused_until IS DISTINCT FROM excluded.paused_until
"""
_RAISE_CAP = """
UPDATE platform_budget SET cap_micro_usd = $3
 WHERE platform = $1 AND month_on = $2 AND cap_micro_usd < $3 RETURNING id
"""
_RESUME = """
UPDATE platform_state SET paused_until = NULL, updated_at = now()
 WHERE platform = $1 AND paused_until IS NOT NULL
"""
_RELEASE = """
UPDATE sync_cursor SET not_before = NULL, error_code = NULL, updated_at = now()
 WHERE platform = $1 AND error_code = 'QUOTA_EXHAUSTED' AND not_before > now()
"""


async def switch_platforms(
    enabled: Mapping[Platform, bool], caps_micro_usd: Mapping[Platform, int]
) -> None:
    """Note which networks are switched on; a cap that was raised ends a pause for want of money."""
    month_on = datetime.now(UTC).date().replace(day=1)
    async with transaction() as db:
        for platform, is_enabled in enabled.items():
            await db.execute(_SWITCH, new_id(), platform.value, is_enabled)
        for platform, cap in caps_micro_usd.items():
            if await db.fetchval(_RAISE_CAP, platform.value, month_on, cap) is not None:
                await db.execute(_RESUME, platform.value)
                await db.execute(_RELEASE, platform.value)


async def note_success(platform: Platform) -> None:
    """Note that a network answered as asked."""
    async with transaction() as db:
        await db.execute(_SUCCESS, new_id(), platform.value)


async def note_failure(platform: Platform, code: str) -> None:
    """Note that a network did not answer as asked, by the code of the error."""
    async with transaction() as db:
        await db.execute(_FAILURE, new_id(), platform.value, code)


async def note_pause(db: Connection, platform: Platform, until: datetime) -> None:
    """Note that the paid calls of a network wait, in the transaction that parks its lists."""
    await db.execute(_PAUSE, new_id(), platform.value, until)
