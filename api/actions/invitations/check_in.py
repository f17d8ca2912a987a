"""Checks people in at the door by their signed ticket."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import Invalid, InvalidState, NotFound, Refusal
from api.models import transaction
from api.models.tickets import Ticket, TicketOffice
from api.reads import scope
from api.settings import Secrets

CLOCK_TOLERANCE = timedelta(minutes=5)
DAYS_TO_SYNC = timedelta(days=7)

_INVITATION = """
SELECT i.id, i.status, i.ticket_nonce, i.checked_in_at, ev.starts_at,
       coalesce(ev.ends_at, ev.starts_at) AS ends_at, ev.status AS event_status, now() AS now
  FROM invitation i JOIN event ev ON ev.id = i.event_id WHERE i.id = $1 AND i.event_id = $2
"""
_CHECK_IN = """
UPDATE invitation SET status = 'CHECKED_IN', checked_in_at = $2, version = version + 1
 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A scan: the text of the ticket, when a device scanned it, and why after the end."""

    ticket: str
    at: datetime | None = None
    reason: str | None = None


async def check_in(viewer: Viewer, keys: Secrets, scan: CheckIn) -> UUID:
    """Note that a person came; twice is once, and of two scans the earlier one counts.

    Raises:
        Invalid: the ticket is not ours, was changed or replaced, or the time lies ahead;
            BLANK where somebody counted as absent is checked in without a reason.
        NotFound: the event is out of scope.
        InvalidState: there is no acceptance, or the event was called off.
        Refusal: EXPIRED, more than a week after the end.
    """
    ticket = TicketOffice(keys).read_ticket(scan.ticket)
    key = None if ticket is None else ticket.invitation_id
    async with noted(viewer, Refused("check_in", "Invitation", key)):
        if ticket is None:
            raise Invalid("This ticket is not valid.", field=["ticket"])
        async with transaction() as db:
            return await _check_in(db, viewer, ticket, scan)


async def _check_in(db: Connection, viewer: Viewer, ticket: Ticket, scan: CheckIn) -> UUID:
    visible = scope.agencies(viewer, "ev.agency_id", 3)
    statement = f"{_INVITATION} AND {visible.sql} FOR UPDATE OF i"
    place = (ticket.invitation_id, ticket.event_id)
    row = await db.fetchrow(statement, *place, *visible.parameters)
    if row is None:
        raise NotFound(field=["ticket"])
    _require_valid(row, ticket)
    at = scan.at or row["now"]
    _require_time(row, at)
    _require_state(row, scan.reason)
    if row["checked_in_at"] is None or at < row["checked_in_at"]:
        await db.execute(_CHECK_IN, row["id"], at)
        change = Change("check_in", "Invitation", row["id"], row["status"], at, scan.reason)
        await record(db, viewer, change)
    return ticket.invitation_id


def _require_valid(row: Record, ticket: Ticket) -> None:
    if row["event_status"] == "CANCELLED":
        raise InvalidState("The event was called off.")
    if row["status"] not in {"ACCEPTED", "CHECKED_IN", "NO_SHOW"}:
        raise InvalidState(f"An invitation that is {row['status']} does not open the door.")
    if row["ticket_nonce"] != ticket.nonce:
        raise Invalid("This ticket is not valid.", field=["ticket"])


def _require_time(row: Record, at: datetime) -> None:
    if at > row["now"] + CLOCK_TOLERANCE:
        raise Invalid("Nobody is checked in ahead of time.", field=["at"])
    if row["now"] > row["ends_at"] + DAYS_TO_SYNC:
        raise Refusal("The ticket is past its time.", code="EXPIRED", field=["ticket"])


def _require_state(row: Record, reason: str | None) -> None:
    if row["status"] == "NO_SHOW" and not (reason or "").strip():
        message = "This person counts as absent; say why they are checked in after all."
        raise Invalid(message, code="BLANK", field=["reason"])
