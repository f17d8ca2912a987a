"""What networks charge for reads, in millionths of a US dollar, each price with its first day.

Source of X's prices: its published pay-per-use list of 2026. A resource is charged once a UTC day.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from api.domain.platform import Platform

Price = tuple[date, int]

PRICES: Mapping[Platform, Mapping[str, tuple[Price, ...]]] = MappingProxyType(
    {
        Platform.X: MappingProxyType(
            {
                "POST_READ": ((date(2026, 1, 1), 5_000),),
                "INCLUDED_POST_READ": ((date(2026, 1, 1), 5_000),),
                "USER_READ": ((date(2026, 1, 1), 10_000),),
                "INCLUDED_USER_READ": ((date(2026, 1, 1), 10_000),),
                "OWN_READ": ((date(2026, 1, 1), 1_000),),
            }
        )
    }
)

RESOURCES: Mapping[str, str] = MappingProxyType(
    {
        "POST_READ": "POST",
        "INCLUDED_POST_READ": "POST",
        "OWN_READ": "POST",
        "USER_READ": "USER",
        "INCLUDED_USER_READ": "USER",
    }
)
"""What kind of thing a unit reads: the same thing is charged once, by whatever call it comes."""


def price_micro_usd(platform: Platform, unit: str, on: date) -> int:
    """Return the price of one unit on a day; what a network does not charge for costs 0."""
    listed = PRICES.get(platform, {}).get(unit, ())
    return next((price for since, price in reversed(listed) if since <= on), 0)


def upper_bound_micro_usd(platform: Platform, units: Mapping[str, int], on: date) -> int:
    """Return the most that a call can cost."""
    return sum(price_micro_usd(platform, unit, on) * count for unit, count in units.items())
