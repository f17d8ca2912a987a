"""Events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.event import EventStatus
from api.reads import event as reads
from api.reads.paging import PageRequest
from api.schema.asn import Agency
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import IdArgument, Node, encode_id, uuid_if_given, uuid_of
from api.schema.invite_list import InviteList, find_lists
from api.schema.node import findable
from api.schema.ordering import OrderDirection
from api.schema.paging import Connection, Paged
from api.schema.people import search_text
from api.schema.permissions import SIGNED_IN, Requires

_value = strawberry.enum_value


described(
    EventStatus,
    "Where an event stands.",
    {
        "DRAFT": "Being planned.",
        "PUBLISHED": "Announced.",
        "HELD": "Took place.",
        "CANCELLED": "Called off.",
    },
)


@strawberry.type(description="How the invitations of an event stand.")
class Attendance:
    """Counts of invitations."""

    invited: int = strawberry.field(description="Invitations sent.")
    accepted: int = strawberry.field(description="People who said yes.")
    declined: int = strawberry.field(description="People who said no.")
    expired: int = strawberry.field(description="Invitations without an answer in time.")
    checked_in: int = strawberry.field(description="People who came.")
    no_show: int = strawberry.field(description="People who said yes and did not come.")

    @classmethod
    def of(cls, row: reads.AttendanceRow) -> Self:
        """Show a row."""
        return cls(
            invited=row.invited,
            accepted=row.accepted,
            declined=row.declined,
            expired=row.expired,
            checked_in=row.checked_in,
            no_show=row.no_show,
        )


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
    version: int = strawberry.field(description="Grows with every change; mutations ask for it.")
    agency: Agency | None = strawberry.field(description="The agency that invites.")
    attendance: Attendance | None = strawberry.field(
        description="How invitations stand; null for holders."
    )

    @strawberry.field(
        description="The frozen list, else the latest draft; null without one, and for holders."
    )
    async def invite_list(self, info: Info) -> InviteList | None:
        """Read the list."""
        if self.row.invite_list_id is None:
            return None
        key = self.row.invite_list_id
        return (await find_lists(info, [key])).get(key)

    @classmethod
    def of(cls, row: reads.EventRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Event", row.id),
            row=row,
            title=row.title,
            venue=row.venue,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            capacity=row.capacity,
            status=EventStatus(row.status),
            version=row.version,
            agency=None if row.agency is None else Agency.of(row.agency),
            attendance=None if row.attendance is None else Attendance.of(row.attendance),
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


@strawberry.input(description="Narrows events; all parts are combined by AND.")
class EventFilter:
    """Narrows events."""

    agency_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only events of this agency."
    )
    status: EventStatus | None = strawberry.field(default=UNSET, description="Where they stand.")
    search: str | None = strawberry.field(
        default=UNSET, description="Part of the title, 2 to 100 characters; never a pattern."
    )

    def narrowed(self) -> reads.EventFilter:
        """Return the filter with a key instead of an id."""
        return reads.EventFilter(
            agency_id=uuid_if_given(self.agency_id, "Agency", "filter.agencyId"),
            status=self.status or None,
            search=search_text(self.search),
        )


FilterArgument: TypeAlias = Annotated[
    EventFilter | None, strawberry.argument(description="Which events.")
]
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
        self,
        info: Info,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
        order_by: OrderArgument = UNSET,
    ) -> Connection[Event] | None:
        """Read one page."""
        viewer = info.context.caller
        narrowed = filter.narrowed() if filter else reads.EventFilter()
        is_descending = order_by.direction.is_descending if order_by else False
        found = await reads.events(viewer, narrowed, page, is_descending=is_descending)
        return Connection.of(found, Event.of, lambda: reads.count_events(viewer, narrowed))

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
