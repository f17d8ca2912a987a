"""How much of a limit is used, in percent, as the headers tell it."""

from dataclasses import dataclass
from typing import Any

import orjson

from workers.sandbox.graph.errors import (
    APP_LIMIT,
    PAGE_LIMIT,
    USER_LIMIT,
    GraphError,
)
from workers.sandbox.graph.tokens import Holder, Token
from workers.sandbox.limits import Allowance
from workers.sandbox.network import Network
from workers.sandbox.stage import Stage

_CALLS_OF_ONE = 200
_CALLS_OF_A_BUSINESS = 4_800
_OVER = 101


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request finds used, and what its answer says about it."""

    token: Token
    percent: int
    regain_minutes: int
    is_business: bool
    is_early: bool

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing is left."""
        return self.percent >= _OVER

    def headers(self, kind: str) -> dict[str, str]:
        """Return the usage header for this kind of token."""
        counts: dict[str, Any] = {
            "call_count": self.percent,
            "total_cputime": self.percent // 3,
            "total_time": self.percent // 2,
        }
        if not self.is_business:
            return {"x-app-usage": orjson.dumps(counts).decode()}
        regain = self.regain_minutes if self.is_refused else 0
        entry = {"type": kind, **counts, "estimated_time_to_regain_access": regain}
        subject = str(self.token.account.id) if self.token.account else "0"
        return {"x-business-use-case-usage": orjson.dumps({subject: [entry]}).decode()}

    def refusal(self) -> GraphError:
        """Return the error when nothing is left."""
        if self.is_business:
            return GraphError(PAGE_LIMIT)
        return GraphError(USER_LIMIT if self.token.holder is Holder.USER else APP_LIMIT)


def take(stage: Stage, network: Network, token: Token, path: str, *, is_business: bool) -> Usage:
    """Use one call of the limit that a token counts against."""
    limits = stage.limits
    family = f"{network.platform} {'business' if is_business else 'app'}"
    bucket = token.text if is_business else "app"
    if strike := stage.faults.strike("rate_limit", path):
        limits.exhaust(family, bucket, strike.seconds)
    user_count = sum(account.is_consenting for account in network.members.values())
    limit = _CALLS_OF_A_BUSINESS if is_business else _CALLS_OF_ONE * max(1, user_count)
    allowance = limits.take(family, bucket, limit)
    percent = _percent(allowance)
    if strike := stage.faults.strike("usage", path):
        percent = max(percent, strike.limit)
    regain_minutes = max(1, -int(-(allowance.reset_at - stage.clock.real_at) // 60))
    return Usage(token, percent, regain_minutes, is_business, allowance.is_early)


def _percent(allowance: Allowance) -> int:
    if allowance.is_refused:
        return _OVER
    return (allowance.limit - allowance.remaining) * 100 // allowance.limit
