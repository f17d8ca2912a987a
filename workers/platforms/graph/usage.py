"""How much of a limit is used, in percent: slow down at 75, stop at 95, before any refusal."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import orjson

from workers.platforms import wire
from workers.platforms.limiter import Reading

SLOW_PERCENT, STOP_PERCENT = 75, 95
SLOW_CALLS_PER_MINUTE = 10
PAUSE = timedelta(minutes=15)
"""How long to wait where the network does not say: a quarter of the rolling hour."""
_LONGEST_PAUSE_MINUTES = 24 * 60
_HEADERS = ("x-app-usage", "x-business-use-case-usage")
_COUNTS = ("call_count", "total_cputime", "total_time")


def usage_reading(headers: Mapping[str, str], now: datetime) -> Reading | None:
    """Return what is left by the highest percentage in the headers; None below 75."""
    percent = max(_percentages(headers), default=0)
    if percent >= STOP_PERCENT:
        return Reading(0, regained_at(headers, now))
    if percent >= SLOW_PERCENT:
        # The end of the minute stays the same for all answers in it, so that they count together.
        return Reading(SLOW_CALLS_PER_MINUTE, _next_minute(now))
    return None


def regained_at(headers: Mapping[str, str], now: datetime) -> datetime:
    """Return when a limit is free again: as stated in minutes, else after a pause of ours."""
    minutes = max(
        (wire.count(entry, "estimated_time_to_regain_access") or 0 for entry in _entries(headers)),
        default=0,
    )
    stated = timedelta(minutes=min(minutes, _LONGEST_PAUSE_MINUTES))
    return _next_minute(now + (stated or PAUSE))


def _percentages(headers: Mapping[str, str]) -> Iterator[int]:
    for entry in _entries(headers):
        for name in _COUNTS:
            percent = entry.get(name)
            if isinstance(percent, int | float):
                yield int(percent)


def _entries(headers: Mapping[str, str]) -> Iterator[wire.Row]:
    """Yield every object with counts: the app's, and those of each business use."""
    for name in _HEADERS:
        try:
            content = wire.row(orjson.loads(headers.get(name, "{}")))
        except orjson.JSONDecodeError:
            continue
        yield content
        for uses in content.values():
            yield from map(wire.row, wire.rows(uses))


def _next_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
