"""Creates events."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import Invalid, NotFound, Problem
from api.models import new_id, transaction
from api.reads import scope

TITLE_LENGTH = 200
VENUE_LENGTH = 200
LARGEST_CAPACITY = 100_000

_INSERT = """
INSERT INTO event (id, title, agency_id, venue, starts_at, ends_at, capacity, status, version,
                   created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'DRAFT', 1, $8, now())
"""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An occasion to which holders will be invited."""

    title: str
    agency_id: UUID
    venue: str | None
    starts_at: datetime
    ends_at: datetime | None
    capacity: int


async def create_event(viewer: Viewer, new: NewEvent, idempotency_key: str | None) -> UUID:
    """Create an event of an agency in the viewer's scope; return its id.

    Raises:
        Invalid: BLANK, TOO_LONG or INVALID with the field.
        NotFound: the agency is missing or out of scope.
        IdempotencyMismatch: the key was used with other input.
    """
    if problems := problems_of(new):
        raise Invalid.of(problems)
    attempt = Attempt("eventCreate", idempotency_key, asdict(new))
    async with transaction() as db:
        await require_agency(db, viewer, new.agency_id)
        event_id = new_id()
        stands = await first_result(db, viewer, attempt, event_id)
        if stands != event_id:
            return stands
        row = (new.venue, new.starts_at, new.ends_at, new.capacity, viewer.subject)
        await db.execute(_INSERT, event_id, new.title.strip(), new.agency_id, *row)
        change = Change("create_event", "Event", event_id, after=asdict(new))
        await record(db, viewer, change)
        return event_id


async def require_agency(db: Connection, viewer: Viewer, agency_id: UUID) -> None:
    """Refuse an agency that is missing or out of scope; both look the same."""
    visible = scope.agencies(viewer, "ag.id", 2)
    found = await db.fetchval(
        f"SELECT ag.id FROM agency ag WHERE ag.id = $1 AND {visible.sql}",
        agency_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["agencyId"])


def problems_of(new: NewEvent) -> list[Problem]:
    """Return everything that is wrong with a plan, in the order of its fields."""
    problems = []
    if not new.title.strip():
        problems.append(Problem("BLANK", "An event needs a title.", ("title",)))
    if len(new.title) > TITLE_LENGTH:
        message = f"A title has at most {TITLE_LENGTH} characters."
        problems.append(Problem("TOO_LONG", message, ("title",)))
    if new.venue is not None and len(new.venue) > VENUE_LENGTH:
        message = f"A venue has at most {VENUE_LENGTH} characters."
        problems.append(Problem("TOO_LONG", message, ("venue",)))
    if not 1 <= new.capacity <= LARGEST_CAPACITY:
        message = f"The capacity must be 1 to {LARGEST_CAPACITY}."
        problems.append(Problem("INVALID", message, ("capacity",)))
    if new.ends_at is not None and new.ends_at <= new.starts_at:
        problems.append(Problem("INVALID", "An event ends after it starts.", ("endsAt",)))
    return problems
