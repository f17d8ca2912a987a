"""How X states errors, limits and what it charges for."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from workers.platforms import wire
from workers.platforms.base import AuthKind
from workers.platforms.errors import (
    AuthRevoked,
    MissingPermission,
    PlatformError,
    QuotaExhausted,
    RateLimited,
    Transient,
)
from workers.platforms.facts import IssueCode
from workers.platforms.ledger import PaidUnit, Reads
from workers.platforms.limiter import Reading
from workers.platforms.transport import Answer, Call
from workers.platforms.x.problems import (
    failure,
    is_out_of_quota,
    known_issue,
    problems_in,
    quota_until,
)
from workers.platforms.x.words import INCLUDED_POSTS

SHORTEST_WAIT = timedelta(seconds=5)
"""Pause after a limit whose stated end has passed already: the clocks differ."""

_OK, _UNAUTHORIZED, _PAYMENT_REQUIRED, _TOO_MANY = 200, 401, 402, 429
_FIRST_SERVER_ERROR, _NOT_IMPLEMENTED = 500, 501
_LIMIT_CODE = 88
_STATUS_ISSUES = {
    403: IssueCode.MISSING_PERMISSION,
    404: IssueCode.NOT_FOUND,
    408: IssueCode.TRANSIENT,
    410: IssueCode.NOT_FOUND,
}
_INCLUDED = (PaidUnit.INCLUDED_POST_READ, PaidUnit.INCLUDED_USER_READ)


class XDialect:
    """Reads errors, limits and costs of API version 2."""

    def judge(self, answer: Answer, call: Call, now: datetime) -> None:
        content = wire.row(answer.body)
        problems = list(problems_in(content))
        if answer.status == _PAYMENT_REQUIRED or any(map(is_out_of_quota, problems)):
            raise QuotaExhausted(quota_until(problems, now))
        if answer.status != _OK:
            raise _failure(answer, problems, call, now)
        has_answer = "data" in content or "meta" in content
        if not has_answer and known_issue(problems) is IssueCode.TRANSIENT:
            raise Transient("X could not complete the answer")

    def reading(self, headers: Mapping[str, str], now: datetime) -> Reading | None:
        remaining = headers.get("x-rate-limit-remaining", "")
        reset_at = _reset_at(headers)
        if reset_at is None or not re.fullmatch(r"[0-9]{1,9}", remaining):
            return None
        return Reading(int(remaining), reset_at)

    def reads(self, answer: Answer, call: Call) -> Reads:
        content = wire.row(answer.body)
        includes = wire.row(content.get("includes"))
        posts = [one for name in INCLUDED_POSTS for one in wire.rows(includes.get(name))]
        main_unit = next(unit for unit in call.cost if unit not in _INCLUDED)
        found = {
            main_unit: _ids(_items(content.get("data"))),
            PaidUnit.INCLUDED_USER_READ: _ids(wire.rows(includes.get("users"))),
            PaidUnit.INCLUDED_POST_READ: _ids(posts),
        }
        return {unit: ids for unit, ids in found.items() if ids}


def _failure(answer: Answer, problems: list[wire.Row], call: Call, now: datetime) -> PlatformError:
    if answer.status == _TOO_MANY or any(one.get("code") == _LIMIT_CODE for one in problems):
        return RateLimited(_limited_until(answer.headers, call, now), call.bucket.scope)
    if answer.status == _UNAUTHORIZED:
        is_account = call.auth.kind is AuthKind.ACCOUNT
        return AuthRevoked() if is_account else MissingPermission("X refuses the bearer token")
    if answer.status >= _FIRST_SERVER_ERROR and answer.status != _NOT_IMPLEMENTED:
        return Transient(f"status {answer.status}")
    return failure(known_issue(problems) or _STATUS_ISSUES.get(answer.status), answer.body)


def _limited_until(headers: Mapping[str, str], call: Call, now: datetime) -> datetime:
    reset_at = _reset_at(headers) or now + timedelta(seconds=call.bucket.seconds)
    return max(reset_at, now + SHORTEST_WAIT)


def _reset_at(headers: Mapping[str, str]) -> datetime | None:
    seconds = headers.get("x-rate-limit-reset", "")
    return (
        datetime.fromtimestamp(int(seconds), UTC) if re.fullmatch(r"[0-9]{1,11}", seconds) else None
    )


def _items(data: object) -> list[object]:
    return [data] if isinstance(data, dict) else wire.rows(data)


def _ids(found: list[object]) -> frozenset[str]:
    return frozenset(str(wire.row(one).get("id", f"?{at}")) for at, one in enumerate(found))
