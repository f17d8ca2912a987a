"""Careful looks into JSON that others wrote: what is missing or odd is None, never a crash."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

Row = Mapping[str, object]


def row(value: object) -> Row:
    """Return an object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[object]:
    """Return a list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(source: Row, *names: str) -> str | None:
    """Return the first of these members that is a text with something in it."""
    return next(
        (value for value in _members(source, names) if isinstance(value, str) and value), None
    )


def count(source: Row, *names: str) -> int | None:
    """Return the first of these members that is a whole number from 0 upwards."""
    for value in _members(source, names):
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def flag(source: Row, name: str) -> bool | None:
    """Return a member that is true or false."""
    value = source.get(name)
    return value if isinstance(value, bool) else None


def moment(source: Row, name: str) -> datetime | None:
    """Return a member that is a time with an offset, in UTC."""
    try:
        stated = datetime.fromisoformat(text(source, name) or "")
        return stated.astimezone(UTC) if stated.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _members(source: Row, names: Iterable[str]) -> Iterable[object]:
    return (source.get(name) for name in names)
