"""Stores civil servants: a number that is known, current or past, names its person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.asns.changes import Changes
from api.actions.intake.asns.record import AsnRow, read_asn
from api.actions.intake.cells import shown
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.postings import Postings
from api.actions.intake.registry import (
    agencies_by_code,
    erased_hashes,
    lock_people,
    people_by_number,
)
from api.actions.intake.report import Outcome
from api.models import new_id
from api.models.safe import address_safe

_STORED = """
SELECT n.blind_index, a.full_name, a.sort_name, n.kind
  FROM asn a JOIN employee_number n ON n.asn_id = a.id
 WHERE a.id = ANY($1::uuid[])
"""
_ADDRESSES = "SELECT asn_id, sealed FROM contact_address WHERE asn_id = ANY($1::uuid[])"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about those whom a file names."""

    people: Mapping[bytes, UUID]
    agencies: Mapping[str, UUID]
    erased: frozenset[bytes]
    postings: Postings
    said: Mapping[bytes, tuple[str, str, str]]
    addresses: Mapping[UUID, bytes]

    @classmethod
    async def load(cls, db: Connection, rows: Sequence[AsnRow]) -> "_Known":
        indexes = [row.blind_index for row in rows]
        people = await people_by_number(db, indexes)
        await lock_people(db, people.values())
        return cls(
            people=people,
            agencies=await agencies_by_code(db, (row.agency_code for row in rows)),
            erased=await erased_hashes(db, indexes),
            postings=await Postings.load(db, people.values()),
            addresses={r[0]: r[1] for r in await db.fetch(_ADDRESSES, [*people.values()])},
            said={r[0]: (r[1], r[2], r[3]) for r in await db.fetch(_STORED, [*people.values()])},
        )

    def is_refused(self, row: AsnRow, outcome: Outcome) -> bool:
        """Refuse a row that cannot be stored."""
        asn_id, agency_id = self.people.get(row.blind_index), self.agencies.get(row.agency_code)
        if row.blind_index in self.erased:
            reason = "This person was erased and comes back only by joining again."
            outcome.refuse(row.line, "employee_number", "INVALID_STATE", reason)
        elif agency_id is None:
            reason = f"No agency has the code {shown(row.agency_code)}."
            outcome.refuse(row.line, "agency_code", "NOT_FOUND", reason)
        elif asn_id is not None and not self._may_post(asn_id, agency_id, row):
            reason = "The person has another primary posting then; import assignments to move them."
            outcome.refuse(row.line, "agency_code", "TAKEN", reason)
        else:
            return False
        return True

    def _may_post(self, asn_id: UUID, agency_id: UUID, row: AsnRow) -> bool:
        is_posted = self.postings.find(asn_id, agency_id, row.from_on) is not None
        return is_posted or self.postings.is_free(asn_id, row.from_on, None)

    def apply(self, row: AsnRow, changes: Changes, importing: Importing, outcome: Outcome) -> None:
        """Note what a good row changes."""
        asn_id, agency_id = self.people.get(row.blind_index), self.agencies[row.agency_code]
        if asn_id is None:
            asn_id = new_id()
            changes.add(asn_id, row, importing)
            changes.write_to(asn_id, row, importing)
            self.postings.open(asn_id, agency_id, row.from_on, None)
            outcome.new_count += 1
            return
        is_corrected = self.said[row.blind_index] != row.said
        is_posted = self.postings.find(asn_id, agency_id, row.from_on) is not None
        if is_corrected:
            changes.correct(asn_id, row)
        if not is_posted:
            self.postings.open(asn_id, agency_id, row.from_on, None)
        is_moved = row.email is not None and row.email != self._address(asn_id, importing)
        if is_moved:
            changes.write_to(asn_id, row, importing)
        is_changed = is_corrected or not is_posted or is_moved
        outcome.changed_count += is_changed
        outcome.unchanged_count += not is_changed

    def _address(self, asn_id: UUID, importing: Importing) -> str | None:
        sealed = self.addresses.get(asn_id)
        if sealed is None:
            return None
        return address_safe(importing.sealer.secrets).open(f"asn:{asn_id}", sealed).decode()


async def store(db: Connection, rows: Sequence[AsnRow], importing: Importing) -> Outcome:
    """Add new people with a primary posting, and correct the names of those who are known."""
    outcome, changes = Outcome(), Changes()
    known = await _Known.load(db, rows)
    for row in rows:
        if not known.is_refused(row, outcome):
            known.apply(row, changes, importing, outcome)
    await changes.write(db)
    await known.postings.write(db)
    return outcome


KIND = Kind(
    name="asns",
    columns=Columns(
        required=("employee_number", "employment_kind", "full_name", "agency_code", "from_on"),
        optional=("email",),
    ),
    read=read_asn,
    store=store,
    identity=lambda row: row.blind_index,
)
