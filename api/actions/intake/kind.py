"""What is known about a kind of file: its columns, how a row reads and how rows are stored."""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.cells import Cells, shown
from api.actions.intake.report import FileRefused, Outcome
from api.domain.access import Viewer
from api.models.sealed import Sealer

R = TypeVar("R")

CHUNK_ROWS = 20_000
# Clocks differ, and a time without a date line in mind may be a day ahead.
CLOCK_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Importing:
    """One import: who asks, with which keys, and what counts as now."""

    id: UUID
    viewer: Viewer
    sealer: Sealer
    now: datetime
    today: date

    @property
    def latest_at(self) -> datetime:
        """Return the time beyond which nothing can have happened."""
        return self.now + CLOCK_TOLERANCE


@dataclass(frozen=True, slots=True)
class Columns:
    """The header of a kind of file; of `either` a file has at most one."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    either: tuple[str, ...] = ()

    def check(self, header: Sequence[str]) -> None:
        """Refuse a header that is not exactly right.

        Raises:
            FileRefused: code HEADER_MISSING, HEADER_DUPLICATE or HEADER_WRONG.
        """
        if not any(header):
            raise FileRefused("HEADER_MISSING", f"The file is empty. {self._wanted}", 1)
        if twice := [name for name, times in Counter(header).items() if times > 1]:
            raise FileRefused("HEADER_DUPLICATE", f"Twice in the header: {_listed(twice)}.", 1)
        problems = [*self._missing(header), *self._unknown(header), *self._both(header)]
        if problems:
            hint = _delimiter_hint(header)
            raise FileRefused("HEADER_WRONG", " ".join([*problems, hint or self._wanted]), 1)

    def _missing(self, header: Collection[str]) -> list[str]:
        missing = [name for name in self.required if name not in header]
        return [f"Missing in the header: {_listed(missing)}."] if missing else []

    def _unknown(self, header: Collection[str]) -> list[str]:
        known = {*self.required, *self.optional, *self.either}
        unknown = [name for name in header if name not in known]
        problems = [f"Unknown in the header: {_listed(unknown)}."] if unknown else []
        if self.either and any("province" in name for name in unknown):
            problems.append("A province column names its code system.")
        return problems

    def _both(self, header: Collection[str]) -> list[str]:
        given = [name for name in self.either if name in header]
        return [f"Only one of these may be given: {_listed(given)}."] if len(given) > 1 else []

    @property
    def _wanted(self) -> str:
        either = [" or ".join(self.either)] if self.either else []
        optional = [f"{name} (optional)" for name in (*self.optional, *either)]
        return f"The columns are: {', '.join([*self.required, *optional])}."


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """A kind of file, whose rows read as records of type R."""

    name: str
    columns: Columns
    read: Callable[[Cells, Importing], R]
    """Raises Refusal for a bad row."""
    store: Callable[[Connection, Sequence[R], Importing], Awaitable[Outcome]]
    identity: Callable[[R], Hashable] | None = None
    """What may stand only once in a file, unless both rows say the same."""
    chunk_rows: int = CHUNK_ROWS
    """How many rows are stored in one transaction."""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in names)


def _delimiter_hint(header: Sequence[str]) -> str | None:
    is_one_cell = len(header) == 1 and re.search(r"[;\t|]", header[0])
    return "Columns are separated by commas." if is_one_cell else None
