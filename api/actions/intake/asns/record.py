"""One row of a file of civil servants."""

import re
from dataclasses import dataclass, field
from datetime import date

from api.actions.intake.agencies.record import read_agency_code
from api.actions.intake.cells import Cells
from api.actions.intake.kind import Importing
from api.actions.intake.registry import read_number
from api.domain.names import LONGEST_NAME, sort_name
from api.domain.nip import EmployeeNumber, EmploymentKind

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AsnRow:
    """What a row says."""

    line: int = field(compare=False)
    number: EmployeeNumber
    blind_index: bytes = field(repr=False)
    kind: str
    full_name: str
    agency_code: str
    from_on: date
    email: str | None = field(default=None, repr=False)

    @property
    def said(self) -> tuple[str, str, str]:
        """Return what the row says of the person, in the form that is stored."""
        return self.full_name, sort_name(self.full_name), self.kind


def read_asn(cells: Cells, importing: Importing) -> AsnRow:
    """Read one row."""
    kind = cells.choice("employment_kind", EmploymentKind)
    number = read_number(cells, kind)
    return AsnRow(
        line=cells.line,
        number=number,
        blind_index=importing.sealer.blind_index(number.digits),
        kind=kind.value,
        full_name=cells.text("full_name", LONGEST_NAME),
        agency_code=read_agency_code(cells, "agency_code"),
        from_on=cells.day("from_on"),
        email=_email(cells),
    )


def _email(cells: Cells) -> str | None:
    if cells.optional("email") is None:
        return None
    return cells.shaped("email", _EMAIL, "an e-mail address").lower()
