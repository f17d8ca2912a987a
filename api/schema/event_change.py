"""Mutations of event organisers."""

import strawberry

from api.actions.event import create_event
from api.actions.invite_list import dry_run_list, freeze_list, propose_list
from api.domain.access import Role
from api.schema.context import Info
from api.schema.event import Event, find_event
from api.schema.event_input import EventCreateInput, InviteListFreezeInput, InviteListProposeInput
from api.schema.identity import uuid_of
from api.schema.invite_list import InviteList, computed, find_lists
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable

ORGANISERS = (Role.ADMIN, Role.EVENT_ORGANISER)


@strawberry.type(description="Result of eventCreate.")
class EventCreatePayload(Payload):
    """Result of eventCreate."""

    event: Event | None = strawberry.field(default=None, description="The new event.")


@strawberry.type(description="Result of inviteListPropose.")
class InviteListProposePayload(Payload):
    """Result of inviteListPropose."""

    invite_list: InviteList | None = strawberry.field(default=None, description="The proposal.")


@strawberry.type(description="Result of inviteListFreeze.")
class InviteListFreezePayload(Payload):
    """Result of inviteListFreeze."""

    invite_list: InviteList | None = strawberry.field(default=None, description="The frozen list.")


@strawberry.type
class EventMutation:
    """Mutations of event organisers."""

    @strawberry.mutation(
        description="Creates an event.", extensions=[Refusable(), Requires(*ORGANISERS)]
    )
    async def event_create(
        self,
        info: Info,
        input: EventCreateInput,  # noqa: A002
    ) -> EventCreatePayload | None:
        """Create an event and read it back."""
        viewer = info.context.caller
        key = await create_event(viewer, input.event(), input.attempt_key)
        return EventCreatePayload(event=await find_event(info, key))

    @strawberry.mutation(
        description="Proposes the best list that the rules allow.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def invite_list_propose(
        self,
        info: Info,
        input: InviteListProposeInput,  # noqa: A002
    ) -> InviteListProposePayload | None:
        """Compute a list; keep it unless this is a dry run."""
        viewer, request = info.context.caller, input.request()
        if input.dry_run:
            return InviteListProposePayload(
                invite_list=await computed(await dry_run_list(viewer, request))
            )
        key = await propose_list(viewer, request, input.attempt_key)
        return InviteListProposePayload(invite_list=(await find_lists(info, [key])).get(key))

    @strawberry.mutation(
        description="Freezes a draft; it never changes again.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def invite_list_freeze(
        self,
        info: Info,
        input: InviteListFreezeInput,  # noqa: A002
    ) -> InviteListFreezePayload | None:
        """Freeze a list and read it back."""
        key = uuid_of(input.invite_list_id, "InviteList", "inviteListId")
        await freeze_list(info.context.caller, key, input.sha256, input.attempt_key)
        return InviteListFreezePayload(invite_list=(await find_lists(info, [key])).get(key))
