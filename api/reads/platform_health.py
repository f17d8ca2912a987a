"""How each network fares: for whoever watches the installation, never about a person."""

from dataclasses import dataclass
from datetime import datetime

from api.domain.platform import Platform
from api.models import connection

# The next try is the earliest list that waits for a window to open, or the end of a pause.
_HEALTH = """
SELECT network.platform, coalesce(s.is_enabled, false) AS is_enabled, s.last_success_at,
       s.last_error_at, s.last_error_code,
       CASE WHEN s.paused_until > now() THEN s.paused_until END AS paused_until,
       CASE WHEN s.paused_until > now() THEN s.paused_until
            ELSE (SELECT min(k.not_before) FROM sync_cursor k
                   WHERE k.platform = network.platform AND k.not_before > now()) END AS next_try_at,
       b.cap_micro_usd, b.spent_micro_usd
  FROM unnest($1::text[]) WITH ORDINALITY AS network(platform, place)
  LEFT JOIN platform_state s ON s.platform = network.platform
  LEFT JOIN platform_budget b ON b.platform = network.platform
        AND b.month_on = date_trunc('month', now() AT TIME ZONE 'UTC')::date
 ORDER BY network.place
"""


@dataclass(frozen=True, slots=True)
class PlatformHealthRow:
    """One network; sums are of this UTC month, null where nothing was ever paid for.

    `paused_until` is set while paid calls wait for money, `next_try_at` while any list waits.
    """

    platform: Platform
    is_enabled: bool
    last_success_at: datetime | None
    last_error_at: datetime | None
    last_error_code: str | None
    paused_until: datetime | None
    next_try_at: datetime | None
    cap_micro_usd: int | None
    spent_micro_usd: int | None


async def platform_health() -> list[PlatformHealthRow]:
    """Return how every network fares, in the order of `Platform`."""
    async with connection() as db:
        rows = await db.fetch(_HEALTH, [platform.value for platform in Platform])
    return [
        PlatformHealthRow(**{**dict(row), "platform": Platform(row["platform"])}) for row in rows
    ]
