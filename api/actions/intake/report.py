"""What an import did, or would do."""

from collections import Counter
from dataclasses import dataclass, field

from api.errors import GemaError, Refusal


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that was refused: where, with which code, and why in words."""

    line: int
    column: str | None
    code: str
    reason: str

    @classmethod
    def of(cls, line: int, refusal: Refusal) -> "RowError":
        """Name the line of a refusal."""
        problem = refusal.problems[0]
        return cls(line, problem.field[0] if problem.field else None, problem.code, problem.message)


@dataclass(slots=True)
class Outcome:
    """Counts of rows; `read_count` is the sum of the others."""

    read_count: int = 0
    new_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    rolled_back_count: int = 0
    """Good rows that were not kept because another row was refused."""
    errors: list[RowError] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    """What else happened, in words, with how often."""

    def refuse(self, line: int, column: str | None, code: str, reason: str) -> None:
        """Count a row as refused."""
        self.errors.append(RowError(line, column, code, reason))

    def add(self, other: "Outcome") -> None:
        """Add the counts of another part of the same file."""
        self.read_count += other.read_count
        self.new_count += other.new_count
        self.changed_count += other.changed_count
        self.unchanged_count += other.unchanged_count
        self.errors.extend(other.errors)
        self.notes.update(other.notes)

    def undo(self) -> None:
        """Count the good rows as rolled back."""
        good = (self.new_count, self.changed_count, self.unchanged_count)
        self.rolled_back_count = sum(good)
        self.new_count = self.changed_count = self.unchanged_count = 0
        self.notes.clear()

    def to_json(self) -> dict[str, int]:
        """Return the counts as the audit trail hashes them."""
        return {
            "read": self.read_count,
            "new": self.new_count,
            "changed": self.changed_count,
            "unchanged": self.unchanged_count,
            "refused": len(self.errors),
        }


class FileRefused(GemaError):
    """The file cannot be used; nothing was stored."""

    def __init__(self, code: str, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line
