"""Stores agencies: new ones with their name, changed ones in place, and names as dated rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.agencies.record import (
    PROVINCE_COLUMNS,
    AgencyRow,
    StoredAgency,
    read_agency,
)
from api.actions.intake.agencies.tree import rows_that_fit
from api.actions.intake.cells import Cells, shown
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.report import Outcome
from api.actions.stage import Stage
from api.models import new_id

# Parents may stand anywhere in a file, so that it is stored as one; the state has some thousands.
WHOLE_FILE_ROWS = 1_000_000

_AGENCY_COLUMNS = {
    "id": "uuid",
    "code": "text",
    "kind": "text",
    "parent_id": "uuid",
    "province_id": "uuid",
    "valid_from_on": "date",
}
_NEW = Stage("agency_stage", _AGENCY_COLUMNS)
_CHANGED = Stage("agency_change_stage", _AGENCY_COLUMNS)
_NAMES = Stage(
    "agency_name_stage",
    {"id": "uuid", "agency_id": "uuid", "name": "text", "valid_from_on": "date"},
)
_STORED = """
SELECT a.code, a.id, a.kind, p.code AS parent_code, a.province_id, a.valid_from_on, n.name,
       n.valid_from_on AS name_from_on
  FROM agency a
  LEFT JOIN agency p ON p.id = a.parent_id
  LEFT JOIN agency_name n ON n.agency_id = a.id AND n.valid_to_on IS NULL
 WHERE a.valid_to_on IS NULL
"""
_PROVINCES = "SELECT id, kemendagri_code, bps_code FROM province"
_MOVE_NAMES = """
UPDATE agency_name n SET valid_from_on = g.valid_from_on
  FROM agency_change_stage g JOIN agency a USING (id)
 WHERE n.agency_id = a.id AND n.valid_from_on = a.valid_from_on
   AND (n.valid_to_on IS NULL OR n.valid_to_on > g.valid_from_on)
"""
_UPDATE = """
UPDATE agency a SET kind = g.kind, parent_id = g.parent_id, province_id = g.province_id,
       valid_from_on = g.valid_from_on
  FROM agency_change_stage g WHERE a.id = g.id
"""
# A name that began today was never seen on an earlier day: it is corrected and not closed.
_CORRECT_NAMES = """
UPDATE agency_name n SET name = g.name FROM agency_name_stage g
 WHERE n.agency_id = g.agency_id AND n.valid_to_on IS NULL AND n.valid_from_on >= g.valid_from_on
"""
_CLOSE_NAMES = """
UPDATE agency_name n SET valid_to_on = g.valid_from_on FROM agency_name_stage g
 WHERE n.agency_id = g.agency_id AND n.valid_to_on IS NULL AND n.valid_from_on < g.valid_from_on
"""
_OPEN_NAMES = """
INSERT INTO agency_name (id, agency_id, name, valid_from_on)
SELECT g.id, g.agency_id, g.name, g.valid_from_on FROM agency_name_stage g
 WHERE NOT EXISTS (SELECT 1 FROM agency_name n
                    WHERE n.agency_id = g.agency_id AND n.valid_to_on IS NULL)
"""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the codes of a file lead."""

    stored: Mapping[str, StoredAgency]
    ids: Mapping[str, UUID]
    provinces: Mapping[tuple[str, str], UUID]

    def wanted(self, row: AgencyRow, importing: Importing) -> tuple[object, ...]:
        """Return what the row of an agency ought to be; what the file leaves out stays as it is."""
        now = self.stored.get(row.code)
        parent_code = row.parent_code if row.has_parent or now is None else now.parent_code
        province_id = now.province_id if now and row.province_column is None else None
        if row.province is not None and row.province_column is not None:
            province_id = self.provinces[row.province_column, row.province]
        valid_from_on = row.valid_from_on or (now.valid_from_on if now else importing.today)
        parent_id = None if parent_code is None else self.ids[parent_code]
        return (self.ids[row.code], row.code, row.kind, parent_id, province_id, valid_from_on)

    def current(self, agency: StoredAgency, code: str) -> tuple[object, ...]:
        """Return what the row of a stored agency is."""
        parent_id = None if agency.parent_code is None else self.stored[agency.parent_code].id
        place = (parent_id, agency.province_id, agency.valid_from_on)
        return (agency.id, code, agency.kind, *place)


async def store(db: Connection, rows: Sequence[AgencyRow], importing: Importing) -> Outcome:
    """Store agencies; a changed name closes the old one today and opens the new one."""
    outcome = Outcome()
    stored = {code: StoredAgency(*fields) for code, *fields in await db.fetch(_STORED)}
    provinces = await _provinces(db)
    known = [row for row in rows if _is_province_known(row, provinces, outcome)]
    parents = {code: agency.parent_code for code, agency in stored.items()}
    fitting = rows_that_fit(parents, known, outcome)
    ids = {row.code: new_id() for row in fitting} | {c: a.id for c, a in stored.items()}
    await _write(db, fitting, _Places(stored, ids, provinces), importing, outcome)
    return outcome


async def _write(
    db: Connection,
    rows: Sequence[AgencyRow],
    places: _Places,
    importing: Importing,
    outcome: Outcome,
) -> None:
    new, changed, names = [], [], []
    for row in rows:
        wanted, now = places.wanted(row, importing), places.stored.get(row.code)
        is_renamed = now is not None and now.name != row.name
        if now is None:
            new.append(wanted)
            names.append((new_id(), wanted[0], row.name, wanted[-1]))
        elif is_renamed:
            names.append((new_id(), now.id, row.name, importing.today))
        if now is not None and places.current(now, row.code) != wanted:
            changed.append(wanted)
        elif now is not None and not is_renamed:
            outcome.unchanged_count += 1
    outcome.new_count = await _NEW.add_to(db, "agency", new)
    outcome.changed_count = len(rows) - len(new) - outcome.unchanged_count
    await _change(db, changed, names)


async def _change(
    db: Connection, changed: Sequence[tuple[object, ...]], names: Sequence[tuple[object, ...]]
) -> None:
    await _CHANGED.fill(db, changed)
    await db.execute(_MOVE_NAMES)
    await db.execute(_UPDATE)
    await _NAMES.fill(db, names)
    for statement in (_CORRECT_NAMES, _CLOSE_NAMES, _OPEN_NAMES):
        await db.execute(statement)


async def _provinces(db: Connection) -> dict[tuple[str, str], UUID]:
    rows = await db.fetch(_PROVINCES)
    kemendagri, bps = PROVINCE_COLUMNS
    return {(kemendagri, row["kemendagri_code"]): row["id"] for row in rows} | {
        (bps, row["bps_code"]): row["id"] for row in rows
    }


def _is_province_known(
    row: AgencyRow, provinces: Mapping[tuple[str, str], UUID], outcome: Outcome
) -> bool:
    column = row.province_column
    if row.province is None or column is None or (column, row.province) in provinces:
        return True
    reason = f"No province has the code {shown(row.province)} in this code system."
    outcome.refuse(row.line, column, "NOT_FOUND", reason)
    return False


def _read(cells: Cells, importing: Importing) -> AgencyRow:
    del importing
    return read_agency(cells)


KIND = Kind(
    name="agencies",
    columns=Columns(
        required=("code", "name", "kind"),
        optional=("parent_code", "valid_from_on"),
        either=PROVINCE_COLUMNS,
    ),
    read=_read,
    store=store,
    identity=lambda row: row.code,
    chunk_rows=WHOLE_FILE_ROWS,
)
