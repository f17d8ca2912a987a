"""Mutations that change, announce or call off an event."""

from datetime import datetime

import strawberry

from api.actions.event_change import cancel_event, publish_event, update_event
from api.schema.campaign_input import VERSION
from api.schema.context import Info
from api.schema.event import Event, find_event
from api.schema.event_change import ORGANISERS
from api.schema.identity import uuid_of
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable

_CHANGEABLE = ("title", "venue", "starts_at", "ends_at", "capacity")


@strawberry.input(description="New plans for an event; what is absent stays as it is.")
class EventUpdateInput:
    """A change."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    version: int = strawberry.field(description=VERSION)
    title: strawberry.Maybe[str] = strawberry.field(description="Title, up to 200 characters.")
    venue: strawberry.Maybe[str | None] = strawberry.field(
        description="Where it takes place; null clears it."
    )
    starts_at: strawberry.Maybe[datetime] = strawberry.field(description="Timestamp of the start.")
    ends_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="Timestamp of the end; null clears it."
    )
    capacity: strawberry.Maybe[int] = strawberry.field(
        description="Seats for badge holders, not fewer than are taken."
    )

    def changes(self) -> dict[str, object]:
        """Return what is given; null is a value."""
        given = {name: getattr(self, name) for name in _CHANGEABLE}
        return {name: some.value for name, some in given.items() if some is not None}


@strawberry.type(description="Result of eventUpdate.")
class EventUpdatePayload(Payload):
    """Result of eventUpdate."""

    event: Event | None = strawberry.field(default=None, description="The event.")


@strawberry.input(description="Announces an event that was being planned.")
class EventPublishInput:
    """An announcement."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    version: int = strawberry.field(description=VERSION)


@strawberry.type(description="Result of eventPublish.")
class EventPublishPayload(Payload):
    """Result of eventPublish."""

    event: Event | None = strawberry.field(default=None, description="The event.")


@strawberry.input(description="Calls an event off.")
class EventCancelInput:
    """A cancellation."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    version: int = strawberry.field(description=VERSION)
    reason: str = strawberry.field(
        description="Why, up to 500 characters; it stands on the invitations."
    )


@strawberry.type(description="Result of eventCancel.")
class EventCancelPayload(Payload):
    """Result of eventCancel."""

    event: Event | None = strawberry.field(default=None, description="The event.")


@strawberry.type
class EventStateMutation:
    """Mutations that change, announce or call off an event."""

    @strawberry.mutation(
        description="Changes the plans for an event; with a new title, place or time the invited "
        "get their mail again.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def event_update(
        self,
        info: Info,
        input: EventUpdateInput,  # noqa: A002
    ) -> EventUpdatePayload | None:
        """Change an event and read it back."""
        key = uuid_of(input.event_id, "Event", "eventId")
        await update_event(info.context.caller, key, input.version, input.changes())
        return EventUpdatePayload(event=await find_event(info, key))

    @strawberry.mutation(
        description="Announces an event; sending its invitations does so too.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def event_publish(
        self,
        info: Info,
        input: EventPublishInput,  # noqa: A002
    ) -> EventPublishPayload | None:
        """Announce an event and read it back."""
        key = uuid_of(input.event_id, "Event", "eventId")
        await publish_event(info.context.caller, key, input.version)
        return EventPublishPayload(event=await find_event(info, key))

    @strawberry.mutation(
        description="Calls off an event: drafts are discarded, invitations withdrawn, and whoever "
        "was invited is told by mail.",
        extensions=[Refusable(), Requires(*ORGANISERS)],
    )
    async def event_cancel(
        self,
        info: Info,
        input: EventCancelInput,  # noqa: A002
    ) -> EventCancelPayload | None:
        """Call an event off and read it back."""
        key = uuid_of(input.event_id, "Event", "eventId")
        await cancel_event(info.context.caller, key, input.version, input.reason)
        return EventCancelPayload(event=await find_event(info, key))
