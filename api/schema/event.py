"""Events and the mutations of event organisers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.actions.event import NewEvent, create_event
from api.actions.invite_list import ListRequest, dry_run_list, freeze_list, propose_list
from api.domain.access import STAFF, Role
from api.domain.selection import QuotaDimension, QuotaRule
from api.reads import event as reads
from api.reads.paging import PageRequest
from api.schema.asn import Agency
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import IdArgument, Node, encode_id, uuid_of
from api.schema.invite_list import InviteList, InviteListStatus, computed
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.ordering import OrderDirection
from api.schema.paging import Connection, Paged
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.refusal import Payload, Refusable

_value = strawberry.enum_value
ORGANISERS = (Role.ADMIN, Role.EVENT_ORGANISER)

described(
    QuotaDimension,
    "What a quota counts.",
    {
        "AGENCY": "People of one agency.",
        "PROVINCE": "People of one province.",
        "NEWCOMER": "People who were never invited before.",
    },
)


@strawberry.enum(description="Where an event stands.")
class EventStatus(Enum):
    """Where an event stands."""

    DRAFT = _value("DRAFT", description="Being planned.")
    PUBLISHED = _value("PUBLISHED", description="Announced.")
    HELD = _value("HELD", description="Took place.")
    CANCELLED = _value("CANCELLED", description="Called off.")


@strawberry.type(description="How the invitations of an event stand.")
class Attendance:
    """Counts of invitations."""

    invited: int = strawberry.field(description="Invitations sent.")
    accepted: int = strawberry.field(description="People who said yes.")
    declined: int = strawberry.field(description="People who said no.")
    expired: int = strawberry.field(description="Invitations without an answer in time.")
    checked_in: int = strawberry.field(description="People who came.")
    no_show: int = strawberry.field(description="People who said yes and did not come.")


@strawberry.type(description="An occasion to which badge holders are invited.")
class Event(Node):
    """An event."""

    row: strawberry.Private[reads.EventRow]
    title: str = strawberry.field(description="Title of the event.")
    venue: str | None = strawberry.field(description="Where it takes place.")
    starts_at: datetime = strawberry.field(description="Timestamp of the start.")
    ends_at: datetime | None = strawberry.field(description="Timestamp of the end.")
    capacity: int = strawberry.field(description="Seats for badge holders.")
    status: EventStatus = strawberry.field(description="Where the event stands.")
    agency: Agency | None = strawberry.field(description="The agency that invites.")
    attendance: Attendance | None = strawberry.field(description="How invitations stand.")

    @strawberry.field(description="The frozen list, else the latest draft; null without one.")
    async def invite_list(self, info: Info) -> InviteList | None:
        """Read the list."""
        if self.row.invite_list_id is None:
            return None
        viewer = info.context.caller
        lists = loader(info, "inviteLists", lambda keys: reads.lists_by_id(viewer, keys))
        found = await lists.load(self.row.invite_list_id)
        return None if found is None else InviteList.of(found)

    @classmethod
    def of(cls, row: reads.EventRow) -> Self:
        """Show a row."""
        counts = row.attendance
        return cls(
            id=encode_id("Event", row.id),
            row=row,
            title=row.title,
            venue=row.venue,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            capacity=row.capacity,
            status=EventStatus(row.status),
            agency=None if row.agency is None else Agency.of(row.agency),
            attendance=Attendance(
                invited=counts.invited,
                accepted=counts.accepted,
                declined=counts.declined,
                expired=counts.expired,
                checked_in=counts.checked_in,
                no_show=counts.no_show,
            ),
        )


@strawberry.enum(description="What events are sorted by.")
class EventOrderField(Enum):
    """What events are sorted by."""

    STARTS_AT = _value("STARTS_AT", description="When they start.")


@strawberry.input(description="How to sort events.")
class EventOrder:
    """How to sort events."""

    field: EventOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way to sort."
    )


OrderArgument: TypeAlias = Annotated[
    EventOrder | None, strawberry.argument(description="By start, earliest first if absent.")
]


@strawberry.type
class EventQuery:
    """Root fields about events."""

    @strawberry.field(
        description="Events in your scope; holders see those they are invited to.",
        extensions=[Paged(), Requires(*SIGNED_IN)],
    )
    async def events(
        self, info: Info, page: PageRequest, order_by: OrderArgument = UNSET
    ) -> Connection[Event] | None:
        """Read one page."""
        viewer = info.context.caller
        is_descending = order_by.direction.is_descending if order_by else False
        found = await reads.events(viewer, page, is_descending=is_descending)
        return Connection.of(found, Event.of, lambda: reads.count_events(viewer))

    @strawberry.field(description="One event.", extensions=[Requires(*SIGNED_IN)])
    async def event(self, info: Info, id: IdArgument) -> Event | None:  # noqa: A002
        """Read one event."""
        return await find_event(info, uuid_of(id, "Event"))


async def find_event(info: Info, key: UUID) -> Event | None:
    """Return an event in scope."""
    return (await find_events(info, [key])).get(key)


@findable("Event")
async def find_events(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Event]:
    """Return those of these events that are in scope."""
    found = await reads.events_by_id(info.context.caller, keys)
    return {key: Event.of(row) for key, row in found.items()}


@findable("InviteList")
async def find_lists(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, InviteList]:
    """Return those of these lists whose event is in scope; holders see none."""
    if info.context.caller.role not in STAFF:
        return {}
    found = await reads.lists_by_id(info.context.caller, keys)
    return {key: InviteList.of(row) for key, row in found.items()}


@strawberry.input(description="A new event.")
class EventCreateInput:
    """A new event."""

    title: str = strawberry.field(description="Title, up to 200 characters.")
    agency_id: strawberry.ID = strawberry.field(description="The agency that invites.")
    venue: str | None = strawberry.field(default=UNSET, description="Where it takes place.")
    starts_at: datetime = strawberry.field(description="Timestamp of the start.")
    ends_at: datetime | None = strawberry.field(default=UNSET, description="Timestamp of the end.")
    capacity: int = strawberry.field(description="Seats for badge holders, at least 1.")
    idempotency_key: str | None = strawberry.field(
        default=UNSET, description="Repeats with this key answer with the first result."
    )


@strawberry.input(description="A rule for how many seats a group may or must have.")
class QuotaRuleInput:
    """A quota."""

    dimension: QuotaDimension = strawberry.field(description="What the quota counts.")
    key_id: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="Agency or province; the rule holds for each one if absent.",
    )
    minimum: int | None = strawberry.field(default=UNSET, description="Seats it must have.")
    maximum: int | None = strawberry.field(default=UNSET, description="Seats it may have.")
    maximum_percent: int | None = strawberry.field(
        default=UNSET, description="Percentage of the seats that it may have, rounded up."
    )

    def rule(self, position: int) -> QuotaRule:
        """Return the rule with a key instead of an id."""
        type_name = "Agency" if self.dimension is QuotaDimension.AGENCY else "Province"
        key = uuid_of(self.key_id, type_name, f"quotas.{position}.keyId") if self.key_id else None
        return QuotaRule(
            dimension=self.dimension,
            key=None if key is None else str(key),
            minimum=given(self.minimum),
            maximum=given(self.maximum),
            maximum_percent=given(self.maximum_percent),
        )


def given(value: int | None) -> int | None:
    """Return a value, None when it is absent."""
    return None if value is UNSET else value


@strawberry.input(description="What an invite list should be made of.")
class InviteListProposeInput:
    """A wish for a list."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    score_run_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The run that scores come from; the latest if absent."
    )
    seats: int | None = strawberry.field(
        default=UNSET, description="Seats to fill; the capacity if absent."
    )
    quotas: list[QuotaRuleInput] | None = strawberry.field(
        default=UNSET,
        description="Quotas; each agency at most 15 percent and newcomers 10 percent if absent.",
    )
    cool_down_days: int | None = strawberry.field(
        default=60, description="Days without an invitation after the last one."
    )
    seed: str | None = strawberry.field(
        default=UNSET, description="Breaks ties; follows from event and run if absent."
    )
    dry_run: bool | None = strawberry.field(
        default=False, description="True computes the list and stores nothing."
    )
    idempotency_key: str | None = strawberry.field(
        default=UNSET, description="Repeats with this key answer with the first result."
    )

    def request(self) -> ListRequest:
        """Return the wish with keys instead of ids."""
        run = uuid_of(self.score_run_id, "ScoreRun", "scoreRunId") if self.score_run_id else None
        return ListRequest(
            event_id=uuid_of(self.event_id, "Event", "eventId"),
            score_run_id=run,
            seats=given(self.seats),
            quotas=tuple(quota.rule(at) for at, quota in enumerate(self.quotas or ())),
            cool_down_days=60 if self.cool_down_days is None else self.cool_down_days,
            seed=self.seed or None,
        )


@strawberry.input(description="The draft to freeze, by what the organiser saw.")
class InviteListFreezeInput:
    """A draft to freeze."""

    invite_list_id: strawberry.ID = strawberry.field(description="The list.")
    sha256: str = strawberry.field(description="Hash that you saw; another one is a CONFLICT.")


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
        new = NewEvent(
            title=input.title,
            agency_id=uuid_of(input.agency_id, "Agency", "agencyId"),
            venue=input.venue or None,
            starts_at=input.starts_at,
            ends_at=input.ends_at or None,
            capacity=input.capacity,
        )
        key = await create_event(info.context.caller, new, input.idempotency_key or None)
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
        key = await propose_list(viewer, request, input.idempotency_key or None)
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
        await freeze_list(info.context.caller, key, input.sha256)
        return InviteListFreezePayload(invite_list=(await find_lists(info, [key])).get(key))


__all__ = ["EventMutation", "EventQuery", "InviteListStatus"]
