"""How a share loses weight: one factor a civil day, half after thirty."""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from zoneinfo import ZoneInfo

from api.domain.amplification.parameters import HALF_LIFE_DAYS, MICRO, WINDOW_DAYS

_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)


@cache
def decay_table(window_days: int, half_life_days: int) -> tuple[int, ...]:
    """Return the weight in millionths at each age in civil days: 10⁶ / 2^(age / half-life)."""
    return tuple(_weight_ppm(age, half_life_days) for age in range(window_days))


def _weight_ppm(age_days: int, half_life_days: int) -> int:
    exponent = _EXACT.divide(Decimal(-age_days), Decimal(half_life_days))
    factor = _EXACT.power(Decimal(2), exponent)
    return int(_EXACT.multiply(factor, Decimal(MICRO)).to_integral_value(ROUND_HALF_EVEN))


DECAY_PPM = decay_table(WINDOW_DAYS, HALF_LIFE_DAYS)
"""The table of `amp-1`, frozen."""


def civil_day(at: datetime, zone: str) -> date:
    """Return the calendar day of a moment in a time zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone has no civil day")
    return at.astimezone(ZoneInfo(zone)).date()


def is_in_window(shared_on: date, as_of_on: date, window_days: int = WINDOW_DAYS) -> bool:
    """Tell whether a share of that day counts: aged 0 to 179 civil days."""
    return 0 <= (as_of_on - shared_on).days < window_days


def decay_ppm(shared_on: date, as_of_on: date, table: tuple[int, ...] = DECAY_PPM) -> int:
    """Return the weight of a share of that day, 0 outside the window."""
    age_days = (as_of_on - shared_on).days
    return table[age_days] if 0 <= age_days < len(table) else 0
