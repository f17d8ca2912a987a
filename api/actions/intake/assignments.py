"""Assignments: from when to when a person was posted to which agency."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.agencies.record import read_agency_code
from api.actions.intake.cells import Cells, refuse, shown
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.postings import Postings
from api.actions.intake.registry import (
    agencies_by_code,
    lock_people,
    people_by_number,
    read_number,
)
from api.actions.intake.report import Outcome


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One row of the file; without a column `to_on` the end stays as it is stored."""

    line: int = field(compare=False)
    blind_index: bytes = field(repr=False)
    agency_code: str
    from_on: date
    to_on: date | None
    has_end: bool


def read(cells: Cells, importing: Importing) -> AssignmentRow:
    """Read one row."""
    number = read_number(cells)
    from_on = cells.day("from_on")
    to_on = cells.day("to_on") if cells.optional("to_on") else None
    if to_on is not None and to_on <= from_on:
        refuse("to_on", "INVALID", f"{shown(str(to_on))} is not after the first day.")
    return AssignmentRow(
        line=cells.line,
        blind_index=importing.sealer.blind_index(number.digits),
        agency_code=read_agency_code(cells, "agency_code"),
        from_on=from_on,
        to_on=to_on,
        has_end=cells.has("to_on"),
    )


async def store(db: Connection, rows: Sequence[AssignmentRow], importing: Importing) -> Outcome:
    """Open and close postings row by row, so that a file may close one and open the next."""
    del importing
    outcome = Outcome()
    people = await people_by_number(db, (row.blind_index for row in rows))
    agencies = await agencies_by_code(db, (row.agency_code for row in rows))
    await lock_people(db, people.values())
    postings = await Postings.load(db, people.values())
    for row in rows:
        asn_id, agency_id = people.get(row.blind_index), agencies.get(row.agency_code)
        if asn_id is None:
            reason = "Nobody has or had this number."
            outcome.refuse(row.line, "employee_number", "NOT_FOUND", reason)
        elif agency_id is None:
            reason = f"No agency has the code {shown(row.agency_code)}."
            outcome.refuse(row.line, "agency_code", "NOT_FOUND", reason)
        else:
            _apply(postings, asn_id, agency_id, row, outcome)
    await postings.write(db)
    return outcome


def _apply(
    postings: Postings, asn_id: UUID, agency_id: UUID, row: AssignmentRow, outcome: Outcome
) -> None:
    known = postings.find(asn_id, agency_id, row.from_on)
    to_on = row.to_on if row.has_end or known is None else known.to_on
    if known is not None and known.to_on == to_on:
        outcome.unchanged_count += 1
    elif not postings.is_free(asn_id, row.from_on, to_on, known):
        reason = "The person has another primary posting in this period."
        outcome.refuse(row.line, "from_on", "TAKEN", reason)
    elif known is None:
        postings.open(asn_id, agency_id, row.from_on, to_on)
        outcome.new_count += 1
    else:
        known.to_on, known.is_changed = to_on, not known.is_new
        outcome.changed_count += 1


KIND = Kind(
    name="assignments",
    columns=Columns(required=("employee_number", "agency_code", "from_on"), optional=("to_on",)),
    read=read,
    store=store,
)
