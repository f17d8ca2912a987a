"""What paid reads may cost: a reservation before each call, settled after it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from api.domain.platform import Platform


class PaidUnit(StrEnum):
    """What a network charges for. Prices, with the date from which they hold, belong to the ledger.

    INCLUDED units come along with others in one answer; whether they cost is for the price list.
    """

    POST_READ = "POST_READ"
    USER_READ = "USER_READ"
    INCLUDED_POST_READ = "INCLUDED_POST_READ"
    INCLUDED_USER_READ = "INCLUDED_USER_READ"
    OWN_READ = "OWN_READ"


Reads = Mapping[PaidUnit, frozenset[str]]
"""The ids that an answer contained. To be counted, since a resource is charged once a UTC day."""


class Reservation(Protocol):
    """A sum that is held for one call."""

    async def settle(self, reads: Reads) -> None:
        """Replace the reserved upper bound by what was read; nothing read costs nothing.

        A reservation that is never settled stands as an estimate: nobody knows what the network
        charged for a call whose answer was cut.
        """


class Ledger(Protocol):
    """The budget of one network for each UTC day and month."""

    async def reserve(
        self, platform: Platform, endpoint: str, units: Mapping[PaidUnit, int]
    ) -> Reservation:
        """Hold the most that a call can cost.

        Raises:
            QuotaExhausted: the sum does not fit under the cap; nothing is held.
        """


class UnmeteredLedger:
    """The ledger of networks that ask no money: every call fits, nothing is written down."""

    async def reserve(
        self,
        platform: Platform,
        endpoint: str,
        units: Mapping[PaidUnit, int],
    ) -> Reservation:
        return _Nothing()


class _Nothing:
    async def settle(self, reads: Reads) -> None: ...
