"""Rate-limit windows: so many requests for each endpoint and token, then a wait until a reset."""

import math
from collections.abc import Callable
from dataclasses import dataclass

_MORE_THAN_ANY_LIMIT = 10**9
_GRACE_SECONDS = 0.25
"""A caller whose clock is a little ahead of ours is not early."""


@dataclass(slots=True)
class _Window:
    reset_at: int
    used_count: int = 0
    is_exhausted: bool = False
    """Whether a refusal has told the caller to wait."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the headers say, and whether this request is refused."""

    limit: int
    remaining: int
    reset_at: int
    is_refused: bool = False
    is_early: bool = False
    """Whether the caller had been told to wait and did not."""

    def headers(self) -> dict[str, str]:
        """Return X's three headers."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(self.reset_at),
        }


class RateWindows:
    """Fixed windows in the caller's time, one for each endpoint family and token."""

    def __init__(self, window_seconds: float, real_at: Callable[[], float]) -> None:
        self.window_seconds = window_seconds
        self._real_at = real_at
        self.refusal_count = 0
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, family: str, token: str, limit: int) -> Allowance:
        """Use one request of a window, or be refused until its reset."""
        window = self._window(family, token)
        if window.used_count >= limit:
            is_early, window.is_exhausted = window.is_exhausted, True
            self.refusal_count += 1
            return Allowance(limit, 0, window.reset_at, is_refused=True, is_early=is_early)
        window.used_count += 1
        return Allowance(limit, limit - window.used_count, window.reset_at)

    def exhaust(self, family: str, token: str, seconds: float) -> None:
        """Refuse everything on a window for a while, unless that is so already."""
        if self._window(family, token).is_exhausted:
            return
        reset_at = math.ceil(self._real_at() + seconds)
        self._windows[family, token] = _Window(reset_at, used_count=_MORE_THAN_ANY_LIMIT)

    def untouched(self, limit: int) -> Allowance:
        """Return what the headers say to a caller who is not known."""
        return Allowance(limit, limit, math.ceil(self._real_at() + self.window_seconds))

    def _window(self, family: str, token: str) -> _Window:
        window = self._windows.get((family, token))
        now = self._real_at()
        if window is None or now >= window.reset_at - _GRACE_SECONDS:
            window = _Window(math.ceil(now + self.window_seconds))
            self._windows[family, token] = window
        return window
