"""Invitations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from api.reads import invitation as reads
from api.schema.context import Info
from api.schema.identity import Node, encode_id
from api.schema.node import findable

_value = strawberry.enum_value


@strawberry.enum(description="Where an invitation stands.")
class InvitationStatus(Enum):
    """Where an invitation stands."""

    PROPOSED = _value("PROPOSED", description="On a list, not yet sent.")
    WAITLISTED = _value("WAITLISTED", description="Waits for a free seat.")
    INVITED = _value("INVITED", description="Sent; no answer yet.")
    ACCEPTED = _value("ACCEPTED", description="Will come.")
    DECLINED = _value("DECLINED", description="Will not come; this never lowers a score.")
    EXPIRED = _value("EXPIRED", description="No answer in time.")
    WITHDRAWN = _value("WITHDRAWN", description="Taken back, with a reason.")
    CHECKED_IN = _value("CHECKED_IN", description="Came.")
    NO_SHOW = _value("NO_SHOW", description="Accepted and did not come.")


@strawberry.type(description="An invitation of one person to one event.")
class Invitation(Node):
    """An invitation."""

    status: InvitationStatus = strawberry.field(description="Where the invitation stands.")
    checked_in_at: datetime | None = strawberry.field(description="Timestamp of the check-in.")
    invited_at: datetime | None = strawberry.field(
        description="Timestamp of the invitation; null while it is not sent."
    )
    answer_by: datetime | None = strawberry.field(
        description="Timestamp until which it can be answered."
    )
    answered_at: datetime | None = strawberry.field(description="Timestamp of the answer.")

    @classmethod
    def of(cls, row: reads.InvitationRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Invitation", row.id),
            status=InvitationStatus(row.status),
            checked_in_at=row.checked_in_at,
            invited_at=row.invited_at,
            answer_by=row.answer_by,
            answered_at=row.answered_at,
        )


@findable("Invitation")
async def find_invitations(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Invitation]:
    """Return those of these invitations that are in scope."""
    found = await reads.invitations_by_id(info.context.caller, keys)
    return {key: Invitation.of(row) for key, row in found.items()}
