"""Changes, announces and calls off events; the invited hear of it by mail."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.event import NewEvent, problems_of
from api.actions.invitations.post import MailKind, ask_for_mails
from api.actions.invitations.standing import CUT_OFF
from api.actions.reason import required_reason
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.actions.version import require_version
from api.domain.access import Viewer
from api.domain.event import EventStatus, require_open, require_transition
from api.errors import Invalid, InvalidState, NotFound, Problem
from api.models import transaction
from api.reads import scope

# Whoever answers or is invited locks the list first: so does whoever changes the event.
_LISTS = "SELECT id FROM invite_list WHERE event_id = $1 ORDER BY id FOR UPDATE"
_EVENT = "SELECT *, now() AS now FROM event WHERE id = $1 FOR UPDATE"
_UPDATE = """
UPDATE event SET title = $2, venue = $3, starts_at = $4, ends_at = $5, capacity = $6,
       version = version + 1
 WHERE id = $1
"""
_MOVE = "UPDATE event SET status = $2, version = version + 1 WHERE id = $1"
_INVITED = """
SELECT count(*) FILTER (WHERE status IN ('INVITED', 'ACCEPTED', 'CHECKED_IN')) AS seated,
       max(answer_by) FILTER (WHERE status = 'INVITED') AS last_answer_by
  FROM invitation WHERE event_id = $1
"""
_RENEW = """
UPDATE invitation SET version = version + 1
 WHERE event_id = $1 AND status IN ('INVITED', 'ACCEPTED') RETURNING id, version, status
"""
_TAKE_BACK = """
WITH old AS (
    SELECT id, status FROM invitation
     WHERE event_id = $1 AND status IN ('PROPOSED', 'WAITLISTED', 'INVITED', 'ACCEPTED')
     ORDER BY id FOR UPDATE)
UPDATE invitation i SET status = 'WITHDRAWN', ticket_nonce = NULL, version = i.version + 1,
       reasons = i.reasons || $2::jsonb
  FROM old WHERE i.id = old.id RETURNING i.id, i.version, old.status AS stood
"""
_END_LISTS = """
UPDATE invite_list SET status = CASE status WHEN 'DRAFT' THEN 'DISCARDED' ELSE 'CLOSED' END
 WHERE event_id = $1 AND status IN ('DRAFT', 'SENT')
"""


async def update_event(
    viewer: Viewer, event_id: UUID, version: int, changes: Mapping[str, object]
) -> UUID:
    """Change these fields of an event; with a new title, place or time the invited are written to.

    Raises:
        Invalid: as for a new event; fewer seats than are taken; a start before answers are due.
        NotFound: the event is missing or out of scope.
        Conflict: somebody else has changed it.
        InvalidState: it was held or called off.
    """
    async with noted(viewer, _asked("update_event", event_id)), transaction() as db:
        row = await _locked(db, viewer, event_id, version)
        require_open(EventStatus(row["status"]))
        before = _planned(row)
        after = replace(before, **changes)  # type: ignore[arg-type]
        if problems := [*problems_of(after), *await _clashes(db, row, after)]:
            raise Invalid.of(problems)
        if after != before:
            await _store(db, event_id, before, after)
            change = Change("update_event", "Event", event_id, asdict(before), asdict(after))
            await record(db, viewer, change)
    return event_id


async def publish_event(viewer: Viewer, event_id: UUID, version: int) -> UUID:
    """Announce an event that was being planned.

    Raises:
        NotFound, Conflict: as every change of an event.
        InvalidState: it is no draft, or has started.
    """
    async with noted(viewer, _asked("publish_event", event_id)), transaction() as db:
        row = await _locked(db, viewer, event_id, version)
        require_transition(EventStatus(row["status"]), EventStatus.PUBLISHED)
        _require_ahead(row)
        await db.execute(_MOVE, event_id, EventStatus.PUBLISHED.value)
        await record(db, viewer, _moved("publish_event", row, EventStatus.PUBLISHED))
    return event_id


async def cancel_event(viewer: Viewer, event_id: UUID, version: int, reason: str) -> UUID:
    """Call an event off: invitations are withdrawn, and whoever was invited is told by mail.

    Raises:
        Invalid: the reason is empty or too long.
        NotFound, Conflict: as every change of an event.
        InvalidState: it was held or called off, or has started.
    """
    async with noted(viewer, _asked("cancel_event", event_id)):
        why = required_reason(reason)
        async with transaction() as db:
            row = await _locked(db, viewer, event_id, version)
            require_transition(EventStatus(row["status"]), EventStatus.CANCELLED)
            _require_ahead(row)
            await db.execute(_MOVE, event_id, EventStatus.CANCELLED.value)
            await _take_back(db, event_id, why)
            await record(db, viewer, _moved("cancel_event", row, EventStatus.CANCELLED, why))
    return event_id


def _asked(action: str, event_id: UUID) -> Refused:
    return Refused(action, "Event", event_id)


async def _locked(db: Connection, viewer: Viewer, event_id: UUID, version: int) -> Record:
    visible = scope.agencies(viewer, "ev.agency_id", 2)
    found = await db.fetchval(
        f"SELECT ev.id FROM event ev WHERE ev.id = $1 AND {visible.sql}",
        event_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["eventId"])
    await db.fetch(_LISTS, event_id)
    row = await db.fetchrow(_EVENT, event_id)
    require_version(row, version)
    return row


def _planned(row: Record) -> NewEvent:
    return NewEvent(
        title=row["title"],
        agency_id=row["agency_id"],
        venue=row["venue"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        capacity=row["capacity"],
    )


def _require_ahead(row: Record) -> None:
    if row["starts_at"] <= row["now"]:
        raise InvalidState("The event has started.")


def _moved(verb: str, row: Record, status: EventStatus, reason: str | None = None) -> Change:
    return Change(verb, "Event", row["id"], row["status"], status.value, reason)


async def _clashes(db: Connection, row: Record, after: NewEvent) -> list[Problem]:
    """Return what would break a promise to those who are invited."""
    invited, problems = await db.fetchrow(_INVITED, row["id"]), []
    if after.capacity < invited["seated"]:
        message = f"{invited['seated']} seats are taken."
        problems.append(Problem("INVALID", message, ("capacity",)))
    due = invited["last_answer_by"]
    if due is not None and after.starts_at - CUT_OFF < due:
        message = "Answers are due later than an hour before this start."
        problems.append(Problem("INVALID", message, ("startsAt",)))
    return problems


async def _store(db: Connection, event_id: UUID, before: NewEvent, after: NewEvent) -> None:
    row = (after.title.strip(), after.venue, after.starts_at, after.ends_at, after.capacity)
    await db.execute(_UPDATE, event_id, *row)
    if replace(after, capacity=before.capacity) == before:
        return
    told = await db.fetch(_RENEW, event_id)
    kinds = {"INVITED": MailKind.INVITATION, "ACCEPTED": MailKind.TICKET}
    for status, kind in kinds.items():
        versions = {one["id"]: one["version"] for one in told if one["status"] == status}
        await ask_for_mails(db, kind, versions)


async def _take_back(db: Connection, event_id: UUID, why: str) -> None:
    reason = [{"code": "EVENT_CANCELLED", "message": why}]
    gone = await db.fetch(_TAKE_BACK, event_id, reason)
    knew = {one["id"]: one["version"] for one in gone if one["stood"] in {"INVITED", "ACCEPTED"}}
    await ask_for_mails(db, MailKind.WITHDRAWAL, knew)
    await db.execute(_END_LISTS, event_id)
