"""How the Graph API states errors and usage. The code of an error decides, not its status."""

from collections.abc import Mapping
from datetime import datetime

from workers.platforms import wire
from workers.platforms.base import AuthKind
from workers.platforms.errors import (
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    PlatformError,
    RateLimited,
    Transient,
)
from workers.platforms.graph.usage import regained_at, usage_reading
from workers.platforms.ledger import Reads
from workers.platforms.limiter import Reading
from workers.platforms.redaction import redact_json
from workers.platforms.transport import Answer, Call

_OK, _TOO_MANY, _FIRST_SERVER_ERROR = 200, 429, 500
_TRANSIENT = frozenset({1, 2})
_LIMITS = frozenset({4, 17, 32, 341, 613})
_BLOCKED, _NO_TOKEN, _SESSION, _NO_PERMISSION = 368, 104, 190, 10
_PERMISSIONS = range(200, 300)
_PARAMETER, _NOT_THERE, _EXPIRED = 100, 33, 463
_INVALID_USER = 110


class GraphDialect:
    """Reads errors and usage of both networks."""

    def judge(self, answer: Answer, call: Call, now: datetime) -> None:
        error = wire.row(wire.row(answer.body).get("error"))
        code = wire.count(error, "code")
        if code is not None:
            raise _failure(code, error, answer, call, now)
        if answer.status != _OK:
            raise _failure_by_status(answer, call, now)

    def reading(self, headers: Mapping[str, str], now: datetime) -> Reading | None:
        return usage_reading(headers, now)

    def reads(self, answer: Answer, call: Call) -> Reads:
        return {}


def _failure(
    code: int, error: wire.Row, answer: Answer, call: Call, now: datetime
) -> PlatformError:
    subcode = wire.count(error, "error_subcode")
    if code in _TRANSIENT:
        return Transient(f"code {code}")
    if code in _LIMITS:
        return RateLimited(regained_at(answer.headers, now), call.bucket.scope)
    if code == _SESSION:
        return _lost_session(call, is_expired=subcode == _EXPIRED)
    if code in (_NO_PERMISSION, _BLOCKED, _NO_TOKEN) or code in _PERMISSIONS:
        return MissingPermission(f"{call.family} (code {code})")
    if code == _INVALID_USER or (code == _PARAMETER and subcode == _NOT_THERE):
        return NotFound()
    return _broken(answer, is_cursor_refused=_names_cursor(error))


def _failure_by_status(answer: Answer, call: Call, now: datetime) -> PlatformError:
    if answer.status == _TOO_MANY:
        return RateLimited(regained_at(answer.headers, now), call.bucket.scope)
    if answer.status >= _FIRST_SERVER_ERROR:
        return Transient(f"status {answer.status}")
    return _broken(answer)


def _lost_session(call: Call, *, is_expired: bool) -> PlatformError:
    """Only the token of a person can be withdrawn by that person; ours is for the operator."""
    if call.auth.kind is AuthKind.ACCOUNT:
        return AuthRevoked(is_expired=is_expired)
    return MissingPermission("the token of the application is refused")


def _names_cursor(error: wire.Row) -> bool:
    return "cursor" in (wire.text(error, "message") or "").lower()


def _broken(answer: Answer, *, is_cursor_refused: bool = False) -> ContractError:
    return ContractError(
        "The Graph API refused the request or answered in an undocumented way.",
        redact_json(answer.body),
        is_cursor_refused=is_cursor_refused,
    )
