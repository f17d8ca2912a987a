"""Mutations about invitations: sent, answered, taken back, checked in."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from api.actions.invitations import (
    CheckIn,
    check_in,
    respond,
    send_invitations,
    withdraw_invitation,
)
from api.domain.access import Role
from api.domain.invitation import InvitationAnswer
from api.reads.invitation import InvitationRow, guest
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import uuid_of
from api.schema.invitation import Invitation, find_invitations
from api.schema.keyed import Keyed
from api.schema.permissions import Public, Requires
from api.schema.refusal import Payload, Refusable

ORGANISERS = (Role.ADMIN, Role.EVENT_ORGANISER)

described(
    InvitationAnswer,
    "An answer to an invitation.",
    {"ACCEPT": "I will come.", "DECLINE": "I will not come; this never lowers a score."},
)


@strawberry.input(description="A frozen list whose people are invited.")
class InvitationsSendInput(Keyed):
    """A list to send."""

    invite_list_id: strawberry.ID = strawberry.field(description="The frozen list.")
    reply_by: datetime = strawberry.field(
        description="Timestamp until which people may answer: an hour to seven days from now, and "
        "an hour before the event starts at the latest."
    )


@strawberry.input(description="An answer, given with the token of a reply link.")
class InvitationRespondInput:
    """An answer."""

    token: str = strawberry.field(description="Token of the link; it works once.")
    answer: InvitationAnswer = strawberry.field(description="The answer.")


@strawberry.input(description="An invitation that is taken back.")
class InvitationWithdrawInput(Keyed):
    """A withdrawal."""

    invitation_id: strawberry.ID = strawberry.field(description="The invitation.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters.")


@strawberry.input(description="A scan of a ticket at the door.")
class InvitationCheckInInput:
    """A scan."""

    ticket: str = strawberry.field(description="Text of the QR code.")
    at: datetime | None = strawberry.field(
        default=UNSET, description="Timestamp of the scan, if a device syncs later; now if absent."
    )
    reason: str | None = strawberry.field(
        default=UNSET, description="Why; needed where the person counts as absent already."
    )


@strawberry.type(description="Result of invitationsSend.")
class InvitationsSendPayload(Payload):
    """Result of invitationsSend."""

    sent_count: int | None = strawberry.field(
        default=None, description="People who were invited; their mails leave one by one."
    )


@strawberry.type(description="Result of invitationRespond.")
class InvitationRespondPayload(Payload):
    """Result of invitationRespond."""

    invitation: Invitation | None = strawberry.field(default=None, description="The invitation.")


@strawberry.type(description="Result of invitationWithdraw.")
class InvitationWithdrawPayload(Payload):
    """Result of invitationWithdraw."""

    invitation: Invitation | None = strawberry.field(default=None, description="The invitation.")


@strawberry.type(description="Result of invitationCheckIn.")
class InvitationCheckInPayload(Payload):
    """Result of invitationCheckIn."""

    invitation: Invitation | None = strawberry.field(default=None, description="The invitation.")


@strawberry.type
class InvitationMutation:
    """Mutations about invitations."""

    @strawberry.mutation(
        description="Invites everybody with a seat on a frozen list who agreed to be written to.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def invitations_send(
        self,
        info: Info,
        input: InvitationsSendInput,  # noqa: A002
    ) -> InvitationsSendPayload | None:
        """Send a list."""
        key = uuid_of(input.invite_list_id, "InviteList", "inviteListId")
        count = await send_invitations(info.context.caller, key, input.reply_by, input.attempt_key)
        return InvitationsSendPayload(sent_count=count)

    @strawberry.mutation(
        description="Answers an invitation with the token of its reply link.",
        extensions=[Refusable(), Public()],
    )
    async def invitation_respond(
        self,
        info: Info,
        input: InvitationRespondInput,  # noqa: A002
    ) -> InvitationRespondPayload | None:
        """Answer and show how the invitation stands."""
        secrets = info.context.settings.secrets
        key = await respond(secrets, input.token, input.answer, info.context.request_id)
        row = await guest(key)
        shown = None if row is None else InvitationRow(row.id, row.status, row.checked_in_at)
        return InvitationRespondPayload(invitation=None if shown is None else Invitation.of(shown))

    @strawberry.mutation(
        description="Takes an invitation back; the waiting list fills the seat.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def invitation_withdraw(
        self,
        info: Info,
        input: InvitationWithdrawInput,  # noqa: A002
    ) -> InvitationWithdrawPayload | None:
        """Take it back and read it again."""
        wanted = uuid_of(input.invitation_id, "Invitation", "invitationId")
        key = await withdraw_invitation(
            info.context.caller, wanted, input.reason, input.attempt_key
        )
        return InvitationWithdrawPayload(invitation=(await find_invitations(info, [key])).get(key))

    @strawberry.mutation(
        description="Notes that a person came, by their signed ticket; twice is once.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def invitation_check_in(
        self,
        info: Info,
        input: InvitationCheckInInput,  # noqa: A002
    ) -> InvitationCheckInPayload | None:
        """Check in and read the invitation again."""
        secrets = info.context.settings.secrets
        scan = CheckIn(input.ticket, input.at or None, input.reason or None)
        key = await check_in(info.context.caller, secrets, scan)
        return InvitationCheckInPayload(invitation=(await find_invitations(info, [key])).get(key))
