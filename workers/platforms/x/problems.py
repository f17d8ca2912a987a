"""What a problem that X reports stands for, for one item or for a whole call."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from workers.platforms import wire
from workers.platforms.errors import (
    ContractError,
    MissingPermission,
    NotFound,
    PlatformError,
    Protected,
    Transient,
)
from workers.platforms.facts import IssueCode
from workers.platforms.redaction import redact_json

_KIND = re.compile(r"https://api\.(?:x|twitter)\.com/(?:[^?#]*/)?(?P<kind>[a-z0-9-]+)/?")
_ISSUES: Mapping[str, IssueCode] = {
    "resource-not-found": IssueCode.NOT_FOUND,
    "disallowed-resource": IssueCode.PROTECTED,
    "resource-unavailable": IssueCode.PROTECTED,
    "not-authorized-for-resource": IssueCode.PROTECTED,
    "client-forbidden": IssueCode.MISSING_PERMISSION,
    "not-authorized-for-field": IssueCode.MISSING_PERMISSION,
    "field-unauthorized": IssueCode.MISSING_PERMISSION,
    "internal-error": IssueCode.TRANSIENT,
    "field-hydration-failure": IssueCode.TRANSIENT,
}
_CURSOR_PARAMETERS = ("pagination_token", "next_token")


def problems_in(content: wire.Row) -> Iterator[wire.Row]:
    """List the problems of an answer: the answer itself when it is one, then its `errors`."""
    if "type" in content or "title" in content:
        yield content
    for error in wire.rows(content.get("errors")):
        yield wire.row(error)


def kind_of(problem: wire.Row) -> str:
    """Return the kind of a problem, the last segment of its type; empty for `about:blank`."""
    match = _KIND.fullmatch(wire.text(problem, "type") or "")
    return match["kind"] if match else ""


def issue_of(problem: wire.Row) -> IssueCode:
    """Return why one item of an answer is missing."""
    return _ISSUES.get(kind_of(problem), IssueCode.UNKNOWN_VALUE)


def known_issue(problems: Iterable[wire.Row]) -> IssueCode | None:
    """Return the first reason among problems that X documents."""
    return next((code for one in problems if (code := _ISSUES.get(kind_of(one)))), None)


def failure(code: IssueCode | None, content: object) -> PlatformError:
    """Return what a reason means when it concerns a whole call and not one of its items."""
    match code:
        case IssueCode.NOT_FOUND:
            return NotFound()
        case IssueCode.PROTECTED:
            return Protected()
        case IssueCode.MISSING_PERMISSION:
            return MissingPermission("X refuses the application")
        case IssueCode.TRANSIENT:
            return Transient("X could not complete the answer")
        case _:
            return _undocumented(content)


def is_out_of_quota(problem: wire.Row) -> bool:
    """Tell whether a problem says that paid reads or credits are used up."""
    kind = kind_of(problem)
    name = kind or wire.text(problem, "title") or ""
    return kind == "usage-capped" or "credit" in name.lower()


def quota_until(problems: Iterable[wire.Row], now: datetime) -> datetime:
    """Return when to ask again: after the month for a monthly cap, else after the UTC day."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if any(wire.text(problem, "period") == "Monthly" for problem in problems):
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    return midnight + timedelta(days=1)


def _undocumented(content: object) -> ContractError:
    refused = [
        wire.row(wire.row(error).get("parameters"))
        for error in wire.rows(wire.row(content).get("errors"))
    ]
    is_cursor_refused = any(name in one for one in refused for name in _CURSOR_PARAMETERS)
    return ContractError(
        "X refused the request or answered in an undocumented way.",
        redact_json(content),
        is_cursor_refused=is_cursor_refused,
    )
