"""Changes of a list by hand, as a list shows them."""

from datetime import datetime
from typing import Self

import strawberry

from api.domain.selection import OverrideAction
from api.reads import invite_list as reads
from api.schema.asn import Asn
from api.schema.context import Info
from api.schema.enums import described
from api.schema.people_cards import people

described(
    OverrideAction,
    "What a person changes on a list by hand.",
    {"ADMIT": "Gives a seat.", "REMOVE": "Takes off the list."},
)


@strawberry.type(description="A change of a list by hand.")
class InviteListOverride:
    """A change by hand."""

    row: strawberry.Private[reads.OverrideRow]
    action: OverrideAction = strawberry.field(description="What was done.")
    reason: str = strawberry.field(description="Why, in the words of the person who asked.")
    breaks: list[str] = strawberry.field(description="Quotas that the change breaks.")
    asked_by: str = strawberry.field(description="Who asked.")
    asked_at: datetime = strawberry.field(description="Timestamp of the request.")
    confirmed_by: str | None = strawberry.field(
        description="The second person; null where no quota is broken."
    )
    sha256_before: str = strawberry.field(description="Hash of the list before.")
    sha256_after: str | None = strawberry.field(
        description="Hash of the list after; null while a second person is waited for."
    )

    @strawberry.field(description="The person; null when not visible to you.")
    async def asn(self, info: Info) -> Asn | None:
        """Read the card."""
        return next(iter(await people(info, (self.row.asn_id,))), None)

    @classmethod
    def of(cls, row: reads.OverrideRow) -> Self:
        """Show a row."""
        return cls(
            row=row,
            action=OverrideAction(row.action),
            reason=row.reason,
            breaks=list(row.breaks),
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            confirmed_by=row.confirmed_by,
            sha256_before=row.before,
            sha256_after=row.after,
        )
