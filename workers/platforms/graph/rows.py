"""What cannot be read in a list."""

from collections.abc import Iterable

from workers.platforms import wire
from workers.platforms.facts import IssueCode, ItemIssue
from workers.platforms.graph.client import Sheet


def issues_of(sheet: Sheet, read: Iterable[object]) -> tuple[ItemIssue, ...]:
    """Return an issue for every row that could not be read."""
    pairs = zip(sheet.rows, read, strict=True)
    named = [wire.text(row, "id") or "" for row, fact in pairs if fact is None]
    odd = [""] * sheet.odd_count
    return tuple(ItemIssue(name, IssueCode.UNREADABLE) for name in [*named, *odd])
