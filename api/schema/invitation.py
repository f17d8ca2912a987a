"""Invitations."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from api.domain.invitation import MailState
from api.reads import invitation as reads
from api.schema.context import Info
from api.schema.enums import described
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


described(
    MailState,
    "What became of the latest mail about an invitation.",
    {
        "SENDING": "Is being handed over.",
        "SENT": "The mail server took it.",
        "REFUSED": "The mail server will never take it: write to the person another way.",
        "NO_ADDRESS": "No address is known: write to the person another way.",
        "NO_CONSENT": "The person does not agree to be written to.",
        "OUTDATED": "Something changed before it left, so it was not sent.",
    },
)


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

    mail_state: MailState | None = strawberry.field(
        description="What became of the latest mail; null while none is due."
    )

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
            mail_state=None if row.mail_state is None else MailState(row.mail_state),
        )


@findable("Invitation")
async def find_invitations(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Invitation]:
    """Return those of these invitations that are in scope."""
    found = await reads.invitations_by_id(info.context.caller, keys)
    return {key: Invitation.of(row) for key, row in found.items()}
