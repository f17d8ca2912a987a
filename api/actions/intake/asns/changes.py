"""What an import writes about people: new ones with their sealed numbers, and corrections."""

from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.asns.record import AsnRow
from api.actions.intake.kind import Importing
from api.actions.stage import Stage
from api.models import new_id
from api.models.safe import address_safe

_PEOPLE = Stage(
    "asn_stage",
    {
        "id": "uuid",
        "full_name": "text",
        "sort_name": "text",
        "is_active": "boolean",
        "is_pseudonymous": "boolean",
        "created_at": "timestamptz",
    },
)
_NUMBERS = Stage(
    "employee_number_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "kind": "text",
        "sealed": "bytea",
        "blind_index": "bytea",
        "last3": "text",
        "valid_from_on": "date",
        "warnings": "jsonb",
    },
)
_KEYS = Stage("employee_number_key_stage", {"id": "uuid", "blind_index": "bytea", "asn_id": "uuid"})
_CORRECTIONS = Stage(
    "asn_correction_stage",
    {
        "id": "uuid",
        "full_name": "text",
        "sort_name": "text",
        "kind": "text",
        "blind_index": "bytea",
        "warnings": "jsonb",
    },
)
_ADDRESSES = Stage(
    "contact_address_stage",
    {"id": "uuid", "asn_id": "uuid", "sealed": "bytea", "updated_at": "timestamptz"},
)
_READDRESS = """
INSERT INTO contact_address (id, asn_id, sealed, updated_at)
SELECT id, asn_id, sealed, updated_at FROM contact_address_stage
ON CONFLICT (asn_id) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at
"""
_RENAME = """
UPDATE asn a SET full_name = g.full_name, sort_name = g.sort_name
  FROM asn_correction_stage g WHERE a.id = g.id
"""
_RECLASSIFY = """
UPDATE employee_number n SET kind = g.kind, warnings = g.warnings
  FROM asn_correction_stage g
 WHERE n.asn_id = g.id AND n.blind_index = g.blind_index AND n.kind <> g.kind
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows to write."""

    people: list[tuple[object, ...]] = field(default_factory=list)
    numbers: list[tuple[object, ...]] = field(default_factory=list)
    keys: list[tuple[object, ...]] = field(default_factory=list)
    addresses: list[tuple[object, ...]] = field(default_factory=list)
    corrections: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, asn_id: UUID, row: AsnRow, importing: Importing) -> None:
        """Add a person with the number by which the file knows them."""
        number_id = new_id()
        sealed = importing.sealer.seal_number(asn_id, number_id, row.number.digits)
        name, sorted_by, kind = row.said
        proof = (kind, sealed, row.blind_index, row.number.last3, row.from_on)
        self.people.append((asn_id, name, sorted_by, True, False, importing.now))
        self.numbers.append((number_id, asn_id, *proof, list(row.number.warnings)))
        self.keys.append((new_id(), row.blind_index, asn_id))

    def correct(self, asn_id: UUID, row: AsnRow) -> None:
        """Replace the name, and the kind of the number, by what the file says."""
        self.corrections.append((asn_id, *row.said, row.blind_index, list(row.number.warnings)))

    def write_to(self, asn_id: UUID, row: AsnRow, importing: Importing) -> None:
        """Keep the e-mail address of the file, sealed."""
        if row.email is not None:
            safe = address_safe(importing.sealer.secrets)
            sealed = safe.seal(f"asn:{asn_id}", row.email.encode())
            self.addresses.append((new_id(), asn_id, sealed, importing.now))

    async def write(self, db: Connection) -> None:
        """Store all of it."""
        await _PEOPLE.add_to(db, "asn", self.people)
        await _NUMBERS.add_to(db, "employee_number", self.numbers)
        await _KEYS.add_to(db, "employee_number_key", self.keys)
        await _CORRECTIONS.fill(db, self.corrections)
        await _ADDRESSES.fill(db, self.addresses)
        await db.execute(_READDRESS)
        await db.execute(_RENAME)
        await db.execute(_RECLASSIFY)
