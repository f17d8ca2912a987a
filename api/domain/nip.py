"""Employee numbers: NIP of PNS (Perka BKN 22 and 43/2007) and NI PPPK, 18 digits each.

Digits 1-8 are the birth date, 9-12 the first year, 13-14 the month of a PNS or a contract code of a
PPPK, 15 the sex, 16-18 a serial. Sources disagree about the contract code, so it is never judged.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from api.errors import Invalid

LENGTH = 18
MONTHS = range(1, 13)
EARLIEST_START_YEAR = {"PNS": 1950, "PPPK": 2014}
PLAUSIBLE_START_AGES = range(17, 66)


class EmploymentKind(StrEnum):
    """The two kinds of civil servants."""

    PNS = "PNS"
    PPPK = "PPPK"


class NipWarning(StrEnum):
    """What looks odd about a number that is accepted all the same."""

    MONTH_OUTSIDE_YEAR = "MONTH_OUTSIDE_YEAR"
    KIND_DOUBTFUL = "KIND_DOUBTFUL"
    START_YEAR_IMPLAUSIBLE = "START_YEAR_IMPLAUSIBLE"
    START_AGE_IMPLAUSIBLE = "START_AGE_IMPLAUSIBLE"
    BORN_IN_FUTURE = "BORN_IN_FUTURE"
    SERIAL_ZERO = "SERIAL_ZERO"


class InvalidNip(Invalid):
    """This is not an employee number."""

    code = "INVALID_NIP"


@dataclass(frozen=True, slots=True)
class EmployeeNumber:
    """A number that passed the checks; its digits tell birth date and sex, so `repr` hides them."""

    digits: str = field(repr=False)
    last3: str
    warnings: tuple[NipWarning, ...]


def parse(text: str, kind: EmploymentKind, *, on: date | None = None) -> EmployeeNumber:
    """Read a number after removing spaces and dots; `on` is the day against which years are judged.

    Raises:
        InvalidNip: it has not 18 digits, no real birth date, or a sex digit other than 1 and 2.
    """
    digits = "".join(text.split()).replace(".", "")
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdecimal()):
        raise InvalidNip(f"An employee number has {LENGTH} digits; this one does not.")
    last3 = digits[-3:]
    born_on = _birth_date(digits)
    if born_on is None:
        raise InvalidNip(f"Employee number {mask(last3)} does not start with a real birth date.")
    if digits[14] not in "12":
        raise InvalidNip(f"Employee number {mask(last3)} has a 15th digit other than 1 and 2.")
    return EmployeeNumber(digits, last3, tuple(_warnings(digits, kind, born_on, on)))


def mask(last3: str) -> str:
    """Return the form that lists show: fifteen stars and the last three digits."""
    return "*" * (LENGTH - 3) + last3


def _birth_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _warnings(
    digits: str, kind: EmploymentKind, born_on: date, on: date | None
) -> list[NipWarning]:
    start_year, month = int(digits[8:12]), int(digits[12:14])
    is_pns = kind is EmploymentKind.PNS
    is_born_later = on is not None and born_on > on
    is_year_odd = start_year < EARLIEST_START_YEAR[kind] or (on and start_year > on.year + 1)
    found = {
        NipWarning.MONTH_OUTSIDE_YEAR: is_pns and month not in MONTHS,
        NipWarning.KIND_DOUBTFUL: is_pns and month > MONTHS[-1],
        NipWarning.START_YEAR_IMPLAUSIBLE: is_year_odd,
        NipWarning.START_AGE_IMPLAUSIBLE: start_year - born_on.year not in PLAUSIBLE_START_AGES,
        NipWarning.BORN_IN_FUTURE: is_born_later,
        NipWarning.SERIAL_ZERO: digits[15:] == "000",
    }
    return [warning for warning, is_true in found.items() if is_true]
