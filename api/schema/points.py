"""How many points a caller has left in the running minute.

`PointsLedger` is the interface; `MinuteLedger` keeps it in this process. A ledger that several
processes share answers with the same `PointsWindow`.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Protocol

from api.domain.access import Viewer

VIEWER_POINTS = 300_000
NETWORK_POINTS = 30_000
WINDOW_SECONDS = 60
_CALLERS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class PointsWindow:
    """The state of one caller's minute after a charge; a refused charge takes nothing."""

    limit: int
    remaining: int
    reset_at: datetime
    is_exceeded: bool = False
    retry_after_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """Whose points are spent, and how many a minute brings."""

    key: str
    limit: int


def account_of(viewer: Viewer | None, host: str | None) -> Account:
    """Return the account of a signed-in viewer, or of an anonymous caller's network."""
    if viewer is not None:
        return Account(f"viewer:{viewer.subject}", VIEWER_POINTS)
    return Account(f"network:{_network(host)}", NETWORK_POINTS)


def _network(host: str | None) -> str:
    try:
        address = ip_address(host or "")
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))  # noqa: PLR2004


class PointsLedger(Protocol):
    """Keeps the points of all callers."""

    async def charge(self, account: Account, points: int) -> PointsWindow:
        """Take points if the minute still holds them, and say what is left."""


@dataclass(slots=True)
class _Minute:
    spent: int = 0
    charges: deque[tuple[int, int]] = field(default_factory=deque)


class MinuteLedger:
    """A sliding minute per caller in the memory of this process, in steps of a second."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._minutes: OrderedDict[str, _Minute] = OrderedDict()

    async def charge(self, account: Account, points: int) -> PointsWindow:
        """Take points if the minute still holds them, and say what is left."""
        now = int(self._clock())
        minute = self._minute(account.key, now)
        if minute.spent + points > account.limit:
            return self._refused(account, minute, points, now)
        if points:
            _spend(minute, now, points)
        return PointsWindow(account.limit, account.limit - minute.spent, _reset_at(minute, now))

    def _minute(self, key: str, now: int) -> _Minute:
        minute = self._minutes.setdefault(key, _Minute())
        self._minutes.move_to_end(key)
        if len(self._minutes) > _CALLERS_KEPT:
            self._minutes.popitem(last=False)
        while minute.charges and minute.charges[0][0] <= now - WINDOW_SECONDS:
            minute.spent -= minute.charges.popleft()[1]
        return minute

    def _refused(self, account: Account, minute: _Minute, points: int, now: int) -> PointsWindow:
        return PointsWindow(
            limit=account.limit,
            remaining=account.limit - minute.spent,
            reset_at=_reset_at(minute, now),
            is_exceeded=True,
            retry_after_seconds=_wait(minute, minute.spent + points - account.limit, now),
        )


def _spend(minute: _Minute, now: int, points: int) -> None:
    minute.spent += points
    if minute.charges and minute.charges[-1][0] == now:
        points += minute.charges.pop()[1]
    minute.charges.append((now, points))


def _reset_at(minute: _Minute, now: int) -> datetime:
    last = minute.charges[-1][0] + WINDOW_SECONDS if minute.charges else now
    return datetime.fromtimestamp(last, UTC)


def _wait(minute: _Minute, missing: int, now: int) -> int:
    for second, points in minute.charges:
        missing -= points
        if missing <= 0:
            return max(1, second + WINDOW_SECONDS - now)
    return WINDOW_SECONDS
