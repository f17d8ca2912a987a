"""What the caller may still spend."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.permissions import Public


@strawberry.type(description="What this operation costs and what is left.")
class RateLimit:
    """The caller's running minute."""

    cost: int = strawberry.field(description="Points that this operation costs.")
    limit: int = strawberry.field(description="Points in a window of one minute.")
    remaining: int = strawberry.field(description="Points left in this window.")
    reset_at: datetime = strawberry.field(
        description="Timestamp at which the window is full again."
    )


DryRun = Annotated[
    bool,
    strawberry.argument(description="True answers only this field and tells the cost of the rest."),
]


@strawberry.type
class RateLimitQuery:
    """The root field about points."""

    @strawberry.field(description="Points used and left for the caller.", extensions=[Public()])
    def rate_limit(self, info: Info, dry_run: DryRun = False) -> RateLimit | None:
        """Show the bill of the running operation."""
        bill = info.context.bill
        if bill is None:
            return None
        window = bill.window
        return RateLimit(
            cost=bill.cost,
            limit=window.limit,
            remaining=window.remaining,
            reset_at=window.reset_at,
        )
