"""How each network fares, for whoever watches the installation."""

from datetime import datetime
from typing import Self

import strawberry

from api.domain.access import Role
from api.reads import platform_health as reads
from api.schema.context import Info
from api.schema.permissions import Requires
from api.schema.scalars import BigInt
from api.schema.vocabulary import Platform


@strawberry.type(description="How one network fares.")
class PlatformHealth:
    """One network."""

    platform: Platform = strawberry.field(description="The network.")
    is_enabled: bool = strawberry.field(description="True while it is asked at all.")
    last_success_at: datetime | None = strawberry.field(
        description="Timestamp of the last good answer; null before it: unknown since ever."
    )
    last_error_at: datetime | None = strawberry.field(description="Timestamp of the last failure.")
    last_error_code: str | None = strawberry.field(description="Code of the last failure.")
    paused_until: datetime | None = strawberry.field(
        description="Timestamp until which paid calls wait for a budget; null while none wait."
    )
    next_try_at: datetime | None = strawberry.field(
        description="Timestamp of the next try while a limit holds; null while nothing waits."
    )
    budget_micro_usd: BigInt | None = strawberry.field(
        description="Cap of this month in micro-dollars; null where nothing was ever paid for."
    )
    spent_micro_usd: BigInt | None = strawberry.field(
        description="Spent this month in micro-dollars; null where nothing was ever paid for."
    )

    @classmethod
    def of(cls, row: reads.PlatformHealthRow) -> Self:
        """Show a row."""
        cap, spent = row.cap_micro_usd, row.spent_micro_usd
        return cls(
            platform=row.platform,
            is_enabled=row.is_enabled,
            last_success_at=row.last_success_at,
            last_error_at=row.last_error_at,
            last_error_code=row.last_error_code,
            paused_until=row.paused_until,
            next_try_at=row.next_try_at,
            budget_micro_usd=None if cap is None else BigInt(cap),
            spent_micro_usd=None if spent is None else BigInt(spent),
        )


@strawberry.type
class PlatformHealthQuery:
    """Root fields about the networks."""

    @strawberry.field(
        description="How every network fares: last success, last error, budget and next try.",
        extensions=[Requires(Role.ADMIN, Role.AUDITOR, Role.CAMPAIGN_MANAGER)],
    )
    async def platform_health(self, info: Info) -> list[PlatformHealth] | None:
        """Read all of them."""
        return [PlatformHealth.of(row) for row in await reads.platform_health()]
