"""Events with their invite lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope
from api.reads.card import AGENCY, AgencyRow, AsnRow, card
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.reads.ranking import RunRow

BY_START = Keyset("events.STARTS_AT", (Key("ev.starts_at", Kind.TIME), Key("ev.id", Kind.UUID)))
BY_POSITION = Keyset("inviteList.entries", (Key("e.position", Kind.INT),))
BY_WAITING = Keyset("inviteList.waitingList", (Key("e.waiting_position", Kind.INT),))

_EVENT = f"""
ev.id, ev.title, ev.venue, ev.starts_at, ev.ends_at, ev.capacity, ev.status,
(SELECT {AGENCY} FROM agency ag WHERE ag.id = ev.agency_id) AS agency,
(SELECT l.id FROM invite_list l WHERE l.event_id = ev.id AND l.status <> 'DISCARDED'
  ORDER BY l.status <> 'DRAFT' DESC, l.created_at DESC, l.id DESC LIMIT 1) AS invite_list_id,
(SELECT l.status FROM invite_list l WHERE l.event_id = ev.id AND l.status <> 'DISCARDED'
  ORDER BY l.status <> 'DRAFT' DESC, l.created_at DESC, l.id DESC LIMIT 1) AS invite_list_status,
(SELECT jsonb_object_agg(status, number) FROM (
    SELECT i.status, count(*) AS number FROM invitation i WHERE i.event_id = ev.id
     GROUP BY i.status) counted) AS attendance
"""

_LIST = """
SELECT l.id, l.event_id, l.status, l.seat_count, l.seed, l.sha256, l.outcome, l.frozen_at,
       ev.capacity, r.id AS run_id, r.model, r.as_of, r.share_count AS run_share_count,
       r.holder_count, r.rows_sha256, r.parameters_sha256
  FROM invite_list l JOIN event ev ON ev.id = l.event_id JOIN score_run r ON r.id = l.score_run_id
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
    def of(cls, counts: dict[str, int] | None) -> "AttendanceRow":
        """Read the counts by state; whoever checked in or stayed away had accepted."""
        by_state = counts or {}
        came, away = by_state.get("CHECKED_IN", 0), by_state.get("NO_SHOW", 0)
        accepted = by_state.get("ACCEPTED", 0) + came + away
        declined, expired = by_state.get("DECLINED", 0), by_state.get("EXPIRED", 0)
        open_count = by_state.get("INVITED", 0)
        invited = open_count + accepted + declined + expired
        return cls(invited, accepted, declined, expired, came, away)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event; its list is the standing one, else the latest draft."""

    id: UUID
    title: str
    venue: str | None
    starts_at: datetime
    ends_at: datetime | None
    capacity: int
    status: str
    agency: AgencyRow | None
    invite_list_id: UUID | None
    invite_list_status: str | None
    attendance: AttendanceRow

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
            agency=AgencyRow.of(record["agency"]),
            invite_list_id=record["invite_list_id"],
            invite_list_status=record["invite_list_status"],
            attendance=AttendanceRow.of(record["attendance"]),
        )


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What one quota changed: who is in because of it, and who would be in without it."""

    quota: str
    admitted: tuple[UUID, ...]
    instead: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ListRow:
    """An invite list with its run and what its quotas cost."""

    id: UUID
    event_id: UUID
    status: str
    capacity: int
    seat_count: int
    seed: str
    sha256: str
    run: RunRow
    score_without_quotas: int
    score_with_quotas: int
    lost_ppm: int
    effects: tuple[EffectRow, ...]
    frozen_at: datetime | None

    @classmethod
    def of(cls, record: Mapping[str, Any], run: RunRow) -> "ListRow":
        """Read the columns of `_LIST` that are about the list."""
        outcome = record["outcome"]
        return cls(
            id=record["id"],
            event_id=record["event_id"],
            status=record["status"],
            capacity=record["capacity"],
            seat_count=record["seat_count"],
            seed=record["seed"],
            sha256=record["sha256"],
            run=run,
            score_without_quotas=int(outcome["score_without_quotas"]),
            score_with_quotas=int(outcome["score_with_quotas"]),
            lost_ppm=outcome["lost_ppm"],
            effects=tuple(_effect(item) for item in outcome["effects"]),
            frozen_at=record["frozen_at"],
        )


def _effect(item: dict[str, Any]) -> EffectRow:
    admitted, instead = (tuple(UUID(one) for one in item[key]) for key in ("admitted", "instead"))
    return EffectRow(item["quota"], admitted, instead)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """The invitation that belongs to an entry."""

    id: UUID
    status: str
    checked_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One person on a list."""

    id: UUID
    seat: int | None
    waiting_position: int | None
    decision: str
    rank: int
    score: int
    reasons: tuple[tuple[str, str], ...]
    asn: AsnRow | None
    invitation: InvitationRow | None

    @classmethod
    def of(cls, record: Record) -> "EntryRow":
        """Read one record of a list's page."""
        has_invitation = record["invitation_id"] is not None
        return cls(
            id=record["id"],
            seat=record["seat"],
            waiting_position=record["waiting_position"],
            decision=record["decision"],
            rank=record["rank"],
            score=int(record["score"]),
            reasons=tuple((item["code"], item["message"]) for item in record["reasons"]),
            asn=AsnRow.of(record["card"]),
            invitation=InvitationRow(
                record["invitation_id"], record["invitation_status"], record["checked_in_at"]
            )
            if has_invitation
            else None,
        )


async def events(viewer: Viewer, request: PageRequest, *, is_descending: bool) -> Page[EventRow]:
    """Return a page of the events in scope by start."""
    window = request.open(BY_START.directed(is_descending=is_descending))
    visible = scope.events(viewer, "ev", 1)
    after = 1 + len(visible.parameters)
    statement = f"""
        SELECT {_EVENT}, {window.key_columns} FROM event ev
         WHERE {visible.sql} AND {window.predicate(after)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *visible.parameters, *window.parameters)
    return window.page(records, EventRow.of)


async def count_events(viewer: Viewer) -> int:
    """Return how many events are in scope."""
    visible = scope.events(viewer, "ev", 1)
    async with connection() as db:
        total: int = await db.fetchval(
            f"SELECT count(*) FROM event ev WHERE {visible.sql}", *visible.parameters
        )
    return total


async def events_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, EventRow]:
    """Return those of these events that are in scope."""
    visible = scope.events(viewer, "ev", 2)
    statement = f"SELECT {_EVENT} FROM event ev WHERE ev.id = ANY($1) AND {visible.sql}"
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: EventRow.of(record) for record in records}


async def lists_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ListRow]:
    """Return those of these invite lists whose event is in scope, with their run."""
    visible = scope.events(viewer, "ev", 2)
    statement = f"{_LIST} WHERE l.id = ANY($1) AND {visible.sql}"
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: ListRow.of(record, RunRow.of(record)) for record in records}


async def entries(
    viewer: Viewer, list_id: UUID, request: PageRequest, *, is_waiting: bool
) -> Page[EntryRow]:
    """Return a page of a list: all of it with seats first, or its waiting list."""
    window = request.open(BY_WAITING if is_waiting else BY_POSITION, narrowed_by=str(list_id))
    visible = scope.events(viewer, "ev", 2)
    after = 2 + len(visible.parameters)
    waiting = "e.waiting_position IS NOT NULL" if is_waiting else "true"
    statement = f"""
        SELECT e.id, e.seat, e.waiting_position, e.decision, e.rank, e.score, e.reasons,
               {card(viewer)} AS card, i.id AS invitation_id, i.status AS invitation_status,
               i.checked_in_at, {window.key_columns}
          FROM invite_list_entry e
          JOIN invite_list l ON l.id = e.invite_list_id
          JOIN event ev ON ev.id = l.event_id
          JOIN asn a ON a.id = e.asn_id
          LEFT JOIN invitation i ON i.event_id = l.event_id AND i.asn_id = e.asn_id
         WHERE e.invite_list_id = $1 AND {waiting} AND {visible.sql} AND {window.predicate(after)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, list_id, *visible.parameters, *window.parameters)
    return window.page(records, EntryRow.of)


async def count_entries(list_id: UUID, *, is_waiting: bool) -> int:
    """Return the length of a list that the caller already sees, or of its waiting list."""
    waiting = "waiting_position IS NOT NULL" if is_waiting else "true"
    async with connection() as db:
        total: int = await db.fetchval(
            f"SELECT count(*) FROM invite_list_entry WHERE invite_list_id = $1 AND {waiting}",
            list_id,
        )
    return total
