"""Rate limits: one bucket for each network, endpoint family and token, shared by all workers."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from api.domain.platform import Platform
from workers.platforms.errors import RateLimited

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Whose calls are counted together, and the window that the network documents for them."""

    platform: Platform
    family: str
    token: str
    limit: int
    seconds: int
    spared_count: int = 0
    """Calls of each window that this caller leaves to others of the same bucket."""

    @property
    def scope(self) -> str:
        """Return the bucket's name; it holds no token."""
        return f"{self.platform}:{self.family}:{self.token}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer said about its window."""

    remaining_count: int
    reset_at: datetime


class Limiter(Protocol):
    """Decides whether a call may start now."""

    async def take(self, bucket: Bucket) -> None:
        """Count one call.

        Raises:
            RateLimited: the window is used up; nothing is counted.
        """

    async def correct(self, bucket: Bucket, reading: Reading) -> None:
        """Believe the network: its answer says how many calls are left and until when."""


@dataclass(slots=True)
class _Window:
    remaining_count: int
    reset_at: datetime
    is_stated: bool


class LocalLimiter:
    """Buckets inside one process: the fallback of `SharedLimiter`, and enough for one worker."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    async def take(self, bucket: Bucket) -> None:
        window = self._window(bucket)
        if window.remaining_count <= bucket.spared_count:
            raise RateLimited(window.reset_at, bucket.scope)
        window.remaining_count -= 1

    async def correct(self, bucket: Bucket, reading: Reading) -> None:
        window = self._window(bucket)
        if window.is_stated and reading.reset_at < window.reset_at:
            return
        is_same = not window.is_stated or reading.reset_at == window.reset_at
        if is_same:
            window.remaining_count = min(window.remaining_count, reading.remaining_count)
        else:
            window.remaining_count = reading.remaining_count
        window.reset_at, window.is_stated = reading.reset_at, True

    def _window(self, bucket: Bucket) -> _Window:
        now = self._clock()
        window = self._windows.get(bucket.scope)
        if window is None or window.reset_at <= now:
            window = _Window(bucket.limit, now + timedelta(seconds=bucket.seconds), is_stated=False)
            self._windows[bucket.scope] = window
        return window


class ScriptClient(Protocol):
    """The one command that the shared limiter needs of a `redis.asyncio` client."""

    def eval(self, script: str, numkeys: int, *keys_and_args: Any) -> Any:  # noqa: ANN401
        """Run a script; the result is awaited."""


_SCRIPT = """
local now, limit, window, spared = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]),
  tonumber(ARGV[4])
local remaining_told, reset_told = tonumber(ARGV[5]), tonumber(ARGV[6])
local kept = redis.call('HMGET', KEYS[1], 'remaining', 'reset', 'stated')
local remaining, reset, is_stated = tonumber(kept[1]), tonumber(kept[2]), kept[3] == '1'
if not reset or not remaining or reset <= now then
  remaining, reset, is_stated = limit, now + window, false
end
local refused_until = 0
if not reset_told then
  if remaining > spared then remaining = remaining - 1 else refused_until = reset end
elseif not is_stated or reset_told >= reset then
  if not is_stated or reset_told == reset then
    remaining = math.min(remaining, remaining_told)
  else
    remaining = remaining_told
  end
  reset, is_stated = reset_told, true
end
redis.call('HSET', KEYS[1], 'remaining', string.format('%.0f', remaining),
  'reset', string.format('%.0f', reset), 'stated', is_stated and '1' or '0')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', reset))
return refused_until
"""


class SharedLimiter:
    """Buckets in Valkey, changed by one atomic script, so that all workers share them.

    Without Valkey calls go on: buckets restart from the documented windows inside each process, and
    the answers of the network correct them.
    """

    def __init__(self, client: ScriptClient, clock: Clock, *, timeout_seconds: float = 1) -> None:
        self._client = client
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._fallback = LocalLimiter(clock)

    async def take(self, bucket: Bucket) -> None:
        refused_until = await self._run(bucket)
        if refused_until is None:
            await self._fallback.take(bucket)
        elif refused_until > 0:
            raise RateLimited(_from_milliseconds(refused_until), bucket.scope)

    async def correct(self, bucket: Bucket, reading: Reading) -> None:
        await self._fallback.correct(bucket, reading)
        await self._run(bucket, reading.remaining_count, _milliseconds(reading.reset_at))

    async def _run(self, bucket: Bucket, *told: int) -> int | None:
        now = _milliseconds(self._clock())
        arguments = (now, bucket.limit, bucket.seconds * 1000, bucket.spared_count, *told)
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return int(
                    await self._client.eval(_SCRIPT, 1, f"gema:bucket:{bucket.scope}", *arguments)
                )
        except Exception as lost:  # noqa: BLE001  The client is not known here, nor are its errors.
            logger.warning("The shared limiter does not answer: %s.", type(lost).__name__)
            return None


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _from_milliseconds(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
