"""Creates programmes."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from uuid import UUID

from api.actions.event import require_agency
from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import Invalid, Problem
from api.models import new_id, transaction

NAME_LENGTH = 200
SUMMARY_LENGTH = 10_000
SLUG_LENGTH = 60

_INSERT = """
INSERT INTO program (id, slug, name, summary, source_url, agency_id, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
"""


@dataclass(frozen=True, slots=True)
class NewProgram:
    """A government programme that campaigns will inform about."""

    name: str
    agency_id: UUID
    summary: str | None
    source_url: str


async def create_program(viewer: Viewer, new: NewProgram, idempotency_key: str | None) -> UUID:
    """Create a programme of an agency in the viewer's scope; return its id.

    Raises:
        Invalid: BLANK or TOO_LONG with the field.
        NotFound: the agency is missing or out of scope.
        IdempotencyMismatch: the key was used with other input.
    """
    if problems := _problems(new):
        raise Invalid.of(problems)
    attempt = Attempt("programCreate", idempotency_key, asdict(new))
    async with transaction() as db:
        await require_agency(db, viewer, new.agency_id)
        program_id = new_id()
        stands = await first_result(db, viewer, attempt, program_id)
        if stands != program_id:
            return stands
        row = (new.name.strip(), new.summary, new.source_url, new.agency_id, viewer.subject)
        await db.execute(_INSERT, program_id, _slug(new.name, program_id), *row)
        change = Change("create_program", "Program", program_id, after=asdict(new))
        await record(db, viewer, change)
        return program_id


def _problems(new: NewProgram) -> list[Problem]:
    problems = []
    if not new.name.strip():
        problems.append(Problem("BLANK", "A programme needs a name.", ("name",)))
    if len(new.name) > NAME_LENGTH:
        message = f"A name has at most {NAME_LENGTH} characters."
        problems.append(Problem("TOO_LONG", message, ("name",)))
    if len(new.summary or "") > SUMMARY_LENGTH:
        message = f"A summary has at most {SUMMARY_LENGTH} characters."
        problems.append(Problem("TOO_LONG", message, ("summary",)))
    return problems


def _slug(name: str, program_id: UUID) -> str:
    """Return words for links; the end of the id keeps programmes of one name apart."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH]
    return f"{words}-{program_id.hex[-6:]}".lstrip("-")
