"""How often one caller may look into what is hidden; counted in Valkey, and never without it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.domain.access import Viewer
from api.errors import RateLimited, Unavailable

LOOKS_AN_HOUR = 30
_HOUR_SECONDS = 3_600

Counter = Callable[[str, int], Awaitable[int]]
"""Adds one under a name that is forgotten after some seconds; returns the sum.

Raises:
    Unavailable: the sum cannot be kept now.
"""


async def _no_counter(_name: str, _seconds: int) -> int:
    raise Unavailable


@dataclass(frozen=True, slots=True)
class Allowance:
    """Looks at hidden data, by caller; a refused look counts like any other."""

    count: Counter = _no_counter

    async def take(self, viewer: Viewer) -> None:
        """Take one look.

        Raises:
            RateLimited: the caller has had all looks of the hour.
            Unavailable: nobody can tell how many they had.
        """
        if await self.count(f"looks:{viewer.subject}", _HOUR_SECONDS) > LOOKS_AN_HOUR:
            raise RateLimited(_HOUR_SECONDS)
