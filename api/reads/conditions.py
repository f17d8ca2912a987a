"""Conditions of statements: SQL of ours, and the values of its placeholders in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition of ours and the values of its placeholders, in order."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def and_(self, other: "Condition") -> "Condition":
        """Join another condition whose placeholders follow."""
        return Condition(f"{self.sql} AND {other.sql}", (*self.parameters, *other.parameters))


EVERYTHING = Condition("true")
NOTHING = Condition("false")


def all_of(start_index: int, parts: Iterable[tuple[str, object]]) -> Condition:
    """Join by AND those parts whose value is given; `{}` in a part stands for its placeholder.

    A part without a value is left out of the statement instead of being switched off in it, so that
    each statement is planned for what it asks.
    """
    given = [(sql, value) for sql, value in parts if value is not None]
    placed = [f"({sql.replace('{}', f'${start_index + at}')})" for at, (sql, _) in enumerate(given)]
    return Condition(" AND ".join(placed) or "true", tuple(value for _, value in given))


def searched(text: str | None) -> str | None:
    """Return what a search looks for with LIKE, None where nothing is searched."""
    return None if text is None else literally(text.strip())


def literally(text: str) -> str:
    """Return text that LIKE takes word for word."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
