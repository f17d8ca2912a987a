"""The rows of a table, read and gathered into the portions that are stored together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from api.actions.intake.cells import Cells
from api.actions.intake.kind import Importing, Kind
from api.actions.intake.report import Outcome, RowError
from api.errors import Refusal

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Table:
    """A header that was checked, and rows of cells with their lines."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Chunk(Generic[R]):
    """Records to store together, and what became of the rows that gave none."""

    said: dict[int, int]
    """Hashes of the subjects that the file has named so far, and of what it said of them."""
    records: list[R] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)

    def take(self, kind: Kind[R], line: int, record: R) -> None:
        """Add a record, unless the file has said the same or something else of its subject."""
        if kind.identity is None:
            self.records.append(record)
            return
        subject, content = hash(kind.identity(record)), hash(record)
        if subject not in self.said:
            self.said[subject] = content
            self.records.append(record)
        elif self.said[subject] == content:
            self.outcome.unchanged_count += 1
        else:
            reason = "An earlier row of this file says something else about the same subject."
            self.outcome.refuse(line, None, "CONFLICT", reason)


def chunks(kind: Kind[R], table: Table, importing: Importing) -> Iterator[Chunk[R]]:
    """Yield the rows of a table, `chunk_rows` at a time."""
    chunk: Chunk[R] = Chunk({})
    for line, cells in table.rows:
        chunk.outcome.read_count += 1
        try:
            record = _read(kind, table.header, importing, line, cells)
        except Refusal as refusal:
            chunk.outcome.errors.append(RowError.of(line, refusal))
        else:
            chunk.take(kind, line, record)
        if chunk.outcome.read_count == kind.chunk_rows:
            yield chunk
            chunk = Chunk(chunk.said)
    if chunk.outcome.read_count:
        yield chunk


def _read(
    kind: Kind[R], header: Sequence[str], importing: Importing, line: int, cells: list[str]
) -> R:
    if len(cells) != len(header):
        raise Refusal(f"The row has {len(cells)} cells, the header {len(header)}.", code="INVALID")
    values = dict(zip(header, cells, strict=True))
    return kind.read(Cells(line, values, importing.latest_at), importing)
