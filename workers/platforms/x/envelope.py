"""What all answers of X have in common: rows, partial errors, included users, a continuation."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from api.domain.platform import Coverage
from workers.platforms import wire
from workers.platforms.errors import ContractError, Transient
from workers.platforms.facts import IssueCode, ItemIssue
from workers.platforms.redaction import redact_json
from workers.platforms.x.problems import failure, issue_of

METRICS = "public_metrics"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One answer, opened: every error in it is an issue, every readable item a row."""

    content: wire.Row
    rows: tuple[wire.Row, ...]
    issues: tuple[ItemIssue, ...]
    next: str | None = None

    @property
    def coverage(self) -> Coverage:
        """Return COMPLETE at the end of a list, and UNKNOWN while more follows."""
        return Coverage.COMPLETE if self.next is None else Coverage.UNKNOWN

    @property
    def handles(self) -> Mapping[str, str]:
        """Return the handles of the included users by id."""
        users = map(wire.row, wire.rows(wire.row(self.content.get("includes")).get("users")))
        pairs = ((wire.text(user, "id"), wire.text(user, "username")) for user in users)
        return {native_id: handle for native_id, handle in pairs if native_id and handle}


def open_list(body: object, subject_id: str) -> Envelope:
    """Open one page of the list of something that belongs to a subject.

    Raises:
        PlatformError: the subject is gone or private, or the shape is not that of a list. A list
            without `meta` is refused: taken for an empty one, it would remove known shares.
    """
    content = _content(body)
    if "meta" not in content:
        raise failure(_subject_issue(content), content)
    issues = _issues(content, ())
    if "data" not in content and (gone := _issue_about(issues, subject_id)):
        raise failure(gone, content)
    return Envelope(content, _rows(content), (*issues, *_odd_rows(content)), _next(content))


def open_lookup(body: object, asked: Collection[str]) -> Envelope:
    """Open the answer to a question for named items; each that is not answered is an issue."""
    content = _content(body)
    if "data" not in content and "errors" not in content:
        raise failure(None, content)
    return Envelope(content, _rows(content), (*_issues(content, asked), *_odd_rows(content)))


def require_metrics(envelope: Envelope, *asked: tuple[str, ...]) -> None:
    """Refuse a page in which no item carries an asked metric, under any of its names.

    A single item without it is just unknown; a page without it means that X did not understand the
    question, and storing "unknown" for everybody would hide that.
    """
    is_one_bare_item = len(envelope.rows) == 1 and METRICS not in envelope.rows[0]
    if not is_one_bare_item:
        metrics = [wire.row(row.get(METRICS)) for row in envelope.rows]
        for names in asked:
            _require(envelope, any(wire.count(one, *names) is not None for one in metrics))


def require_member(envelope: Envelope, name: str) -> None:
    """Refuse a page in which no item carries a member that was asked for."""
    _require(envelope, any(name in row for row in envelope.rows))


def _require(envelope: Envelope, is_carried: bool) -> None:
    if is_carried or not envelope.rows:
        return
    if any(issue.code is IssueCode.TRANSIENT for issue in envelope.issues):
        raise Transient("X could not complete the answer")
    raise ContractError("No item carries what was asked.", redact_json(envelope.content))


def _content(body: object) -> wire.Row:
    if not isinstance(body, dict) or not isinstance(body.get("data", []), list):
        raise ContractError("The answer has another shape.", redact_json(body))
    return body


def _rows(content: wire.Row) -> tuple[wire.Row, ...]:
    return tuple(row for row in wire.rows(content.get("data")) if isinstance(row, dict))


def _odd_rows(content: wire.Row) -> Iterator[ItemIssue]:
    for row in wire.rows(content.get("data")):
        if not isinstance(row, dict):
            yield ItemIssue("", IssueCode.UNREADABLE)


def _issues(content: wire.Row, asked: Collection[str]) -> tuple[ItemIssue, ...]:
    errors = map(wire.row, wire.rows(content.get("errors")))
    return tuple(ItemIssue(_name(error, asked), issue_of(error)) for error in errors)


def _name(error: wire.Row, asked: Collection[str]) -> str:
    """Return what was asked for, as it was asked: X may repeat a handle in another case."""
    said = [name for key in ("resource_id", "value") if (name := wire.text(error, key))]
    by_lower_case = {name.lower(): name for name in asked}
    known = (by_lower_case[name.lower()] for name in said if name.lower() in by_lower_case)
    return next(known, said[0] if said else "")


def _subject_issue(content: wire.Row) -> IssueCode | None:
    return next((issue.code for issue in _issues(content, ())), None)


def _issue_about(issues: Collection[ItemIssue], subject_id: str) -> IssueCode | None:
    return next((issue.code for issue in issues if issue.ref == subject_id), None)


def _next(content: wire.Row) -> str | None:
    meta = content["meta"]
    token = meta.get("next_token") if isinstance(meta, dict) else ""
    if token is None or (isinstance(token, str) and token):
        return token
    raise ContractError("The continuation cannot be used.", redact_json(content))
