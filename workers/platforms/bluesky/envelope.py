"""What all answers of the protocol have in common: a named list and a continuation."""

from dataclasses import dataclass

from api.domain.platform import Coverage
from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.facts import IssueCode, ItemIssue
from workers.platforms.redaction import redact_json


@dataclass(frozen=True, slots=True)
class Envelope:
    """One answer, opened: every object in its list a row, everything else an issue."""

    rows: tuple[wire.Row, ...]
    issues: tuple[ItemIssue, ...]
    next: str | None

    @property
    def coverage(self) -> Coverage:
        """Return COMPLETE at the end of a list, and UNKNOWN while more follows."""
        return Coverage.COMPLETE if self.next is None else Coverage.UNKNOWN


def open_list(body: object, name: str) -> Envelope:
    """Open an answer that holds a list of this name.

    Raises:
        ContractError: there is none. Taken for an empty one, it would remove known shares.
    """
    content = wire.row(body)
    found = content.get(name)
    if not isinstance(found, list):
        raise ContractError("The answer has no such list.", redact_json(body))
    rows = tuple(one for one in found if isinstance(one, dict))
    odd = (ItemIssue("", IssueCode.UNREADABLE),) * (len(found) - len(rows))
    return Envelope(rows, odd, _next(content))


def _next(content: wire.Row) -> str | None:
    cursor = content.get("cursor")
    if cursor is None or cursor == "":
        return None
    if not isinstance(cursor, str):
        raise ContractError("The continuation is no text.", redact_json(content))
    return cursor
