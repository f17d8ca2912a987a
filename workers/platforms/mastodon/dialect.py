"""How Mastodon states errors and limits."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

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
from workers.platforms.ledger import Reads
from workers.platforms.limiter import Reading
from workers.platforms.redaction import redact_json
from workers.platforms.transport import Answer, Call

SHORTEST_WAIT = timedelta(seconds=5)
"""Pause after a limit whose stated end has passed already: the clocks differ."""

_OK, _TIMED_OUT, _TOO_MANY, _FIRST_SERVER_ERROR, _NOT_IMPLEMENTED = 200, 408, 429, 500, 501
_UNAUTHORIZED = 401
_REFUSED = (401, 403)
_GONE = (404, 410)


class MastodonDialect:
    """Reads errors and limits of one host."""

    def judge(self, answer: Answer, call: Call, now: datetime) -> None:
        if answer.status != _OK:
            raise _failure(answer, call, now)

    def reading(self, headers: Mapping[str, str], now: datetime) -> Reading | None:
        remaining = headers.get("x-ratelimit-remaining", "")
        reset_at = _reset_at(headers)
        if reset_at is None or not re.fullmatch(r"[0-9]{1,9}", remaining):
            return None
        return Reading(int(remaining), reset_at)

    def reads(self, answer: Answer, call: Call) -> Reads:
        return {}


def _failure(answer: Answer, call: Call, now: datetime) -> PlatformError:
    if answer.status == _TOO_MANY:
        reset_at = _reset_at(answer.headers) or now + timedelta(seconds=call.bucket.seconds)
        return RateLimited(max(reset_at, now + SHORTEST_WAIT), call.bucket.scope)
    if answer.status in _GONE:
        return NotFound()
    if answer.status == _UNAUTHORIZED and call.auth.kind is AuthKind.ACCOUNT:
        return AuthRevoked()
    if answer.status in _REFUSED:
        return MissingPermission("the host asks for a token that may read this")
    is_server_error = answer.status >= _FIRST_SERVER_ERROR and answer.status != _NOT_IMPLEMENTED
    if is_server_error or answer.status == _TIMED_OUT:
        return Transient(f"status {answer.status}")
    return ContractError(
        "Mastodon refused the request or answered in an undocumented way.",
        redact_json(answer.body),
    )


def _reset_at(headers: Mapping[str, str]) -> datetime | None:
    """Read the end of the window: an ISO time on real servers, epoch seconds elsewhere."""
    stated = headers.get("x-ratelimit-reset", "").strip()
    if re.fullmatch(r"[0-9]{1,11}(\.[0-9]{1,9})?", stated):
        return datetime.fromtimestamp(int(float(stated)), UTC)
    try:
        moment = datetime.fromisoformat(stated)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
