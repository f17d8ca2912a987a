"""The ledger of paid reads, kept in PostgreSQL and shared by all workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from api.actions.charge import hold_charge, next_month, settle_charge
from api.domain.platform import Platform
from workers.platforms.base import QuotaExhausted
from workers.platforms.ledger import PaidUnit, Reads


@dataclass(frozen=True, slots=True)
class BudgetLedger:
    """Holds every paid call under the month's cap of its network."""

    caps_micro_usd: Mapping[Platform, int]

    async def reserve(
        self, platform: Platform, endpoint: str, units: Mapping[PaidUnit, int]
    ) -> "HeldCharge":
        """Hold the most that a call can cost.

        Raises:
            QuotaExhausted: the cap is reached; paid work waits for the next month.
        """
        plain = {unit.value: count for unit, count in units.items()}
        charge = await hold_charge(platform, endpoint, plain, self.caps_micro_usd.get(platform, 0))
        if charge is None:
            raise QuotaExhausted(next_month(datetime.now(UTC)))
        return HeldCharge(platform, charge)


@dataclass(frozen=True, slots=True)
class HeldCharge:
    """A sum that is held for one call; never settled, it stands as an estimate."""

    platform: Platform
    charge: tuple[UUID, int]

    async def settle(self, reads: Reads) -> None:
        """Replace the sum by what was read."""
        plain = {unit.value: ids for unit, ids in reads.items()}
        await settle_charge(self.charge, self.platform, plain)
