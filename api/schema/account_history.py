"""What happened to a linked account, as its owner and those who see it read it."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from api.reads import account_change as reads
from api.schema.context import Info
from api.schema.loading import loader


@strawberry.enum(description="What happened to a linked account.")
class AccountChangeKind(Enum):
    """What happened."""

    HANDLE = strawberry.enum_value("HANDLE", description="It has another name.")
    ACCESS = strawberry.enum_value("ACCESS", description="It could not be read for a time.")
    OWNER = strawberry.enum_value(
        "OWNER", description="Another account has its name now: the proof of ownership lapsed."
    )


@strawberry.type(description="A dated change of a linked account.")
class AccountChange:
    """A change."""

    kind: AccountChangeKind = strawberry.field(description="What happened.")
    before: str | None = strawberry.field(description="The name before, if it is about that.")
    after: str | None = strawberry.field(
        description="The name since then; for ACCESS the code of what was lost."
    )
    begins_at: datetime = strawberry.field(description="Timestamp at which it was noticed.")
    ends_at: datetime | None = strawberry.field(
        description="Timestamp at which access was there again; null while it is lost."
    )

    @classmethod
    def of(cls, row: reads.AccountChangeRow) -> Self:
        """Show a row."""
        return cls(
            kind=AccountChangeKind(row.kind),
            before=row.before,
            after=row.after,
            begins_at=row.from_at,
            ends_at=row.to_at,
        )


async def changes_of(info: Info, account_id: UUID) -> list[AccountChange]:
    """Return the latest changes of an account whose owner is in scope."""
    viewer = info.context.caller
    found = loader(info, "account.changes", lambda ids: reads.account_changes(viewer, ids))
    return [AccountChange.of(row) for row in await found.load(account_id) or ()]


async def lost_since(info: Info, account_id: UUID) -> datetime | None:
    """Return since when an account cannot be read; None while it can."""
    changes = await changes_of(info, account_id)
    open_gaps = (one for one in changes if one.kind is AccountChangeKind.ACCESS)
    return next((one.begins_at for one in open_gaps if one.ends_at is None), None)
