"""Reading the cells of one row: each value is checked, or refused with its column and a code.

Cells that start with =, +, - or @ are plain text here; exports neutralise them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NoReturn, TypeVar

from api.errors import Refusal

E = TypeVar("E", bound=StrEnum)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_UNIX_SECONDS = re.compile(r"[0-9]{1,11}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,18}", re.ASCII)
# Control characters, and marks that turn the direction of the text around them.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_SHOWN_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Cells:
    """One row of a file; nothing in it may lie later than `latest_at`."""

    line: int
    values: Mapping[str, str]
    latest_at: datetime

    def has(self, column: str) -> bool:
        """Tell whether the file has this column at all."""
        return column in self.values

    def optional(self, column: str) -> str | None:
        """Return a cell without the spaces around it, or None when it is blank or missing."""
        return self.values.get(column, "").strip() or None

    def text(self, column: str, longest: int) -> str:
        """Return a cell of plain text that must not be blank."""
        value = self.optional(column)
        if value is None:
            refuse(column, "BLANK", "This cell must not be blank.")
        if len(value) > longest:
            refuse(column, "TOO_LONG", f"At most {longest} characters fit here.")
        if _HIDDEN.search(value):
            refuse(column, "INVALID", "Control characters are not allowed here.")
        return value

    def shaped(self, column: str, pattern: re.Pattern[str], shape: str) -> str:
        """Return a cell that must have a certain shape, such as a code."""
        value = self.text(column, 200)
        if not pattern.fullmatch(value):
            refuse(column, "INVALID", f"{shown(value)} is not {shape}.")
        return value

    def choice(self, column: str, words: type[E]) -> E:
        """Return a cell that must be one of a list of words."""
        value = self.text(column, 200)
        if value not in words.__members__.values():
            refuse(column, "INVALID", f"{shown(value)} is not one of {', '.join(words)}.")
        return words(value)

    def count(self, column: str) -> int:
        """Return a whole number that is not negative."""
        value = self.text(column, 200)
        if not _COUNT.fullmatch(value):
            refuse(column, "INVALID", f"{shown(value)} is not a whole number of at least 0.")
        return int(value)

    def day(self, column: str) -> date:
        """Return a day, written YYYY-MM-DD."""
        value = self.text(column, 200)
        found = _day(value)
        if found is None:
            refuse(column, "INVALID", f"{shown(value)} is not a day, written YYYY-MM-DD.")
        return found

    def moment(self, column: str, *, may_be_unix: bool = False) -> datetime:
        """Return a time, written RFC 3339 with an offset or, where allowed, in Unix seconds."""
        value = self.text(column, 200)
        found = _moment(value, may_be_unix)
        if found is None:
            wanted = "RFC 3339 with an offset" + (" or Unix seconds" if may_be_unix else "")
            refuse(column, "INVALID", f"{shown(value)} is not a time, written {wanted}.")
        if found > self.latest_at:
            refuse(column, "INVALID", f"{shown(value)} lies in the future.")
        return found


def refuse(column: str, code: str, reason: str) -> NoReturn:
    """Refuse the row because of one of its cells."""
    raise Refusal(reason, code=code, field=[column])


def shown(value: str) -> str:
    """Return a value as an error may repeat it: short, and without what a terminal would obey."""
    cut = value if len(value) <= _SHOWN_LENGTH else value[:_SHOWN_LENGTH] + "…"
    return '"' + "".join(each if each.isprintable() else "?" for each in cut) + '"'


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _moment(value: str, may_be_unix: bool) -> datetime | None:
    try:
        if may_be_unix and _UNIX_SECONDS.fullmatch(value):
            return datetime.fromtimestamp(int(value), UTC)
        if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
