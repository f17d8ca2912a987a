"""The points of all callers in Valkey, so that every process of the API counts the same minute.

Reads go on when Valkey does not answer: the minute of this process then stands in, and Valkey is
asked again a second later. What must not run uncounted asks `Shared.require_counters`.
"""

import asyncio
import hashlib
import logging
import time
from datetime import UTC, datetime

from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.schema.points import WINDOW_SECONDS, Account, MinuteLedger, PointsWindow

logger = logging.getLogger("gema.points")

_TIMEOUT_SECONDS = 0.15
_PAUSE_SECONDS = 1.0
# One hash for each caller: points by second. Valkey's clock decides, so that hosts agree.
_CHARGE = """
local now = tonumber(redis.call('TIME')[1])
local limit, points, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held, spent, last, charges = redis.call('HGETALL', KEYS[1]), 0, now - window, {}
for i = 1, #held, 2 do
  local second, sum = tonumber(held[i]), tonumber(held[i + 1])
  if second <= now - window then
    redis.call('HDEL', KEYS[1], held[i])
  else
    spent = spent + sum
    last = math.max(last, second)
    charges[#charges + 1] = {second, sum}
  end
end
if spent + points > limit then
  table.sort(charges, function(a, b) return a[1] < b[1] end)
  local missing, wait = spent + points - limit, window
  for _, charge in ipairs(charges) do
    missing = missing - charge[2]
    if missing <= 0 then
      wait = math.max(1, charge[1] + window - now)
      break
    end
  end
  return {spent, last + window, wait}
end
if points > 0 then
  redis.call('HINCRBY', KEYS[1], tostring(now), points)
  redis.call('EXPIRE', KEYS[1], window)
  last = now
end
return {spent + points, last + window, 0}
"""


class ValkeyLedger:
    """A sliding minute per caller, shared by all processes."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(
            redis_url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
        )
        self._script = self._redis.register_script(_CHARGE)
        self._own = MinuteLedger()
        self._asked_again_at = 0.0

    async def charge(self, account: Account, points: int) -> PointsWindow:
        """Take points if the minute still holds them, and say what is left."""
        if time.monotonic() < self._asked_again_at:
            return await self._own.charge(account, points)
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await self._charged(account, points)
        except (RedisError, OSError) as error:
            self._asked_again_at = time.monotonic() + _PAUSE_SECONDS
            logger.warning("points are counted here alone: %s", type(error).__name__)
            return await self._own.charge(account, points)

    async def _charged(self, account: Account, points: int) -> PointsWindow:
        # Nothing personal stands in Valkey, so the caller is there as a hash.
        key = "points:" + hashlib.sha256(account.key.encode()).hexdigest()[:32]
        arguments = [account.limit, points, WINDOW_SECONDS]
        spent, reset_at, wait = await self._script(keys=[key], args=arguments)
        return PointsWindow(
            limit=account.limit,
            remaining=max(0, account.limit - spent),
            reset_at=datetime.fromtimestamp(reset_at, UTC),
            is_exceeded=wait > 0,
            retry_after_seconds=wait,
        )

    async def close(self) -> None:
        """Hang up."""
        await self._redis.aclose()
