"""One row of a file of agencies, and an agency as it is stored."""

import re
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from api.actions.intake.cells import Cells
from api.domain.agency import AgencyKind

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", re.ASCII)
_PROVINCE_CODE = re.compile(r"[0-9]{2}", re.ASCII)
PROVINCE_COLUMNS = ("province_kemendagri_code", "province_bps_code")


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """What a row says; a column that the file does not have says nothing."""

    line: int = field(compare=False)
    code: str
    name: str
    kind: str
    parent_code: str | None
    has_parent: bool
    province: str | None
    province_column: str | None
    valid_from_on: date | None


@dataclass(slots=True)
class StoredAgency:
    """What the database says."""

    id: UUID
    kind: str
    parent_code: str | None
    province_id: UUID | None
    valid_from_on: date
    name: str | None
    name_from_on: date | None


def read_agency(cells: Cells) -> AgencyRow:
    """Read one row."""
    column = next((name for name in PROVINCE_COLUMNS if cells.has(name)), None)
    province = None
    if column is not None and cells.optional(column):
        province = cells.shaped(column, _PROVINCE_CODE, "a province code of two digits")
    return AgencyRow(
        line=cells.line,
        code=read_agency_code(cells, "code"),
        name=cells.text("name", 200),
        kind=cells.choice("kind", AgencyKind).value,
        parent_code=(
            read_agency_code(cells, "parent_code") if cells.optional("parent_code") else None
        ),
        has_parent=cells.has("parent_code"),
        province=province,
        province_column=column,
        valid_from_on=cells.day("valid_from_on") if cells.optional("valid_from_on") else None,
    )


def read_agency_code(cells: Cells, column: str) -> str:
    """Read the code of an agency."""
    return cells.shaped(column, _CODE, "a code of letters, digits, dots, dashes and slashes")
