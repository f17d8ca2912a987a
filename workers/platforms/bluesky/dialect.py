"""How servers of the AT Protocol state errors and limits."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from workers.platforms import wire
from workers.platforms.base import AuthKind
from workers.platforms.errors import (
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    PlatformError,
    Protected,
    RateLimited,
    Transient,
)
from workers.platforms.ledger import Reads
from workers.platforms.limiter import Reading
from workers.platforms.redaction import redact_json
from workers.platforms.transport import Answer, Call

SHORTEST_WAIT = timedelta(seconds=5)
"""Pause after a limit whose stated end has passed already: the clocks differ."""

_OK, _UNAUTHORIZED, _FORBIDDEN, _TIMED_OUT, _TOO_MANY = 200, 401, 403, 408, 429
_FIRST_SERVER_ERROR, _NOT_IMPLEMENTED = 500, 501
_HIDDEN = frozenset(
    {
        "AccountDeactivated",
        "AccountTakedown",
        "RepoDeactivated",
        "RepoSuspended",
        "RepoTakendown",
    }
)
_LOST = frozenset({"ExpiredToken", "InvalidToken"})
_GONE = frozenset({"NotFound", "RepoNotFound", "HandleNotFound"})
_GONE_MESSAGE = re.compile(
    r"(?i)(profile|actor|post) not found|(could not find|unable to resolve|not found).*"
)


class BlueskyDialect:
    """Reads errors and limits of AppView and record server."""

    def judge(self, answer: Answer, call: Call, now: datetime) -> None:
        if answer.status != _OK:
            raise _failure(answer, call, now)

    def reading(self, headers: Mapping[str, str], now: datetime) -> Reading | None:
        remaining = headers.get("ratelimit-remaining", "")
        reset_at = _epoch(headers.get("ratelimit-reset", ""))
        if reset_at is None or not re.fullmatch(r"[0-9]{1,9}", remaining):
            return None
        return Reading(int(remaining), reset_at)

    def reads(self, answer: Answer, call: Call) -> Reads:
        return {}


def _failure(answer: Answer, call: Call, now: datetime) -> PlatformError:
    if answer.status == _TOO_MANY:
        return RateLimited(_limited_until(answer.headers, call, now), call.bucket.scope)
    is_account = call.auth.kind is AuthKind.ACCOUNT
    name = wire.text(wire.row(answer.body), "error")
    if is_account and (answer.status == _UNAUTHORIZED or name in _LOST):
        return AuthRevoked(is_expired=name == "ExpiredToken")
    if answer.status in (_UNAUTHORIZED, _FORBIDDEN):
        return MissingPermission("Bluesky asks for a login")
    is_server_error = answer.status >= _FIRST_SERVER_ERROR and answer.status != _NOT_IMPLEMENTED
    if is_server_error or answer.status == _TIMED_OUT:
        return Transient(f"status {answer.status}")
    return _named_failure(wire.row(answer.body))


def _named_failure(content: wire.Row) -> PlatformError:
    name, message = wire.text(content, "error"), wire.text(content, "message") or ""
    if name in _HIDDEN:
        return Protected()
    if name in _GONE or _GONE_MESSAGE.fullmatch(message):
        return NotFound()
    return ContractError(
        "Bluesky refused the request or answered in an undocumented way.",
        redact_json(content),
        is_cursor_refused="cursor" in message.lower(),
    )


def _limited_until(headers: Mapping[str, str], call: Call, now: datetime) -> datetime:
    window = timedelta(seconds=call.bucket.seconds)
    stated = _epoch(headers.get("ratelimit-reset", ""))
    pause = headers.get("retry-after", "")
    if stated is None and re.fullmatch(r"[0-9]{1,6}", pause):
        stated = now + timedelta(seconds=int(pause))
    return max(stated or now + window, now + SHORTEST_WAIT)


def _epoch(seconds: str) -> datetime | None:
    is_time = re.fullmatch(r"[0-9]{1,11}", seconds)
    return datetime.fromtimestamp(int(seconds), UTC) if is_time else None
