"""Events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from api.domain.access import Scope, Viewer
from api.domain.event import EventStatus
from api.models import connection
from api.reads import scope
from api.reads.card import AGENCY, AgencyRow, if_known
from api.reads.conditions import Condition, all_of, searched
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_START = Keyset("events.STARTS_AT", (Key("ev.starts_at", Kind.TIME), Key("ev.id", Kind.UUID)))

_EVENT = f"""
ev.id, ev.title, ev.venue, ev.starts_at, ev.ends_at, ev.capacity, ev.status,
ev.version,
(SELECT {AGENCY} FROM agency ag WHERE ag.id = ev.agency_id) AS agency,
(SELECT l.id FROM invite_list l WHERE l.event_id = ev.id AND l.status <> 'DISCARDED'
  ORDER BY l.status <> 'DRAFT' DESC, l.created_at DESC, l.id DESC LIMIT 1) AS invite_list_id
"""
_ATTENDANCE = """
(SELECT coalesce(jsonb_object_agg(status, number), '{}')
   FROM (SELECT i.status, count(*) AS number FROM invitation i WHERE i.event_id = ev.id
          GROUP BY i.status
         UNION ALL
         SELECT 'SENT', count(*) FROM invitation i
          WHERE i.event_id = ev.id AND i.invited_at IS NOT NULL) counted)
"""


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """How the invitations of an event stand."""

    invited: int
    accepted: int
    declined: int
    expired: int
    checked_in: int
    no_show: int

    @classmethod
    def of(cls, counts: dict[str, int]) -> "AttendanceRow":
        """Read the counts by state; whoever checked in or stayed away had accepted."""
        came, away = counts.get("CHECKED_IN", 0), counts.get("NO_SHOW", 0)
        accepted = counts.get("ACCEPTED", 0) + came + away
        declined, expired = counts.get("DECLINED", 0), counts.get("EXPIRED", 0)
        return cls(counts.get("SENT", 0), accepted, declined, expired, came, away)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event; its list is the standing one, else the latest draft. Holders see no figures."""

    id: UUID
    title: str
    venue: str | None
    starts_at: datetime
    ends_at: datetime | None
    capacity: int
    status: str
    version: int
    agency: AgencyRow | None
    invite_list_id: UUID | None
    attendance: AttendanceRow | None

    @classmethod
    def of(cls, record: Record) -> "EventRow":
        """Read `_EVENT`."""
        return cls(
            id=record["id"],
            title=record["title"],
            venue=record["venue"],
            starts_at=record["starts_at"],
            ends_at=record["ends_at"],
            capacity=record["capacity"],
            status=record["status"],
            version=record["version"],
            agency=if_known(AgencyRow.of, record["agency"]),
            invite_list_id=record["invite_list_id"],
            attendance=if_known(AttendanceRow.of, record["attendance"]),
        )


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Narrows events; all parts are optional and combined by AND."""

    agency_id: UUID | None = None
    status: EventStatus | None = None
    search: str | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `ev` of event."""
        return all_of(
            start_index,
            (
                ("ev.agency_id = {}::uuid", self.agency_id),
                ("ev.status = {}", self.status),
                ("ev.title ILIKE '%' || {}::text || '%'", searched(self.search)),
            ),
        )


async def events(
    viewer: Viewer, narrowed: EventFilter, request: PageRequest, *, is_descending: bool
) -> Page[EventRow]:
    """Return a page of the events in scope by start."""
    window = request.open(BY_START.directed(is_descending=is_descending), narrowed_by=narrowed)
    where = _reached(viewer, narrowed)
    statement = f"""
        SELECT {_columns(viewer)}, {window.key_columns} FROM event ev
         WHERE {where.sql} AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, EventRow.of)


async def count_events(viewer: Viewer, narrowed: EventFilter) -> int:
    """Return how many events the same filter reaches."""
    where = _reached(viewer, narrowed)
    async with connection() as db:
        total: int = await db.fetchval(
            f"SELECT count(*) FROM event ev WHERE {where.sql}", *where.parameters
        )
    return total


def _reached(viewer: Viewer, narrowed: EventFilter) -> Condition:
    visible = scope.events(viewer, "ev", 1)
    return visible.and_(narrowed.condition(1 + len(visible.parameters)))


async def events_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, EventRow]:
    """Return those of these events that are in scope."""
    visible = scope.events(viewer, "ev", 2)
    statement = f"""
        SELECT {_columns(viewer)} FROM event ev
         WHERE ev.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: EventRow.of(record) for record in records}


def _columns(viewer: Viewer) -> str:
    """Return the columns of an event; how others answered is no business of a guest."""
    attendance = "null::jsonb" if viewer.scope is Scope.SELF else _ATTENDANCE
    return f"{_EVENT}, {attendance} AS attendance"
