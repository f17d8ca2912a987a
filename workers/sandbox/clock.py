"""Time in the sandbox: an epoch, the time that has passed since, and jumps made by hand."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """World time follows elapsed time from the epoch; the caller's time stays what it is.

    Only `advance` separates the two: rate-limit windows and charges follow `real_at`, because
    callers compare a stated reset with their own clock.
    """

    def __init__(self, epoch: int, real_start: float, elapsed: Callable[[], float]) -> None:
        self.epoch = epoch
        self._real_start = real_start
        self._elapsed = elapsed
        self._mark = elapsed()
        self._jumped_seconds = 0

    @classmethod
    def ticking(cls, epoch: int, real_start: float) -> "Clock":
        """Return a clock that runs on from the epoch."""
        start = time.monotonic()
        return cls(epoch, real_start, lambda: time.monotonic() - start)

    @classmethod
    def standing(cls, epoch: int) -> "Clock":
        """Return a clock that moves only when it is advanced."""
        return cls(epoch, float(epoch), lambda: 0.0)

    @property
    def now(self) -> int:
        """World time in whole Unix seconds."""
        return self.epoch + int(self._elapsed() - self._mark) + self._jumped_seconds

    @property
    def real_at(self) -> float:
        """The caller's time in Unix seconds."""
        return self._real_start + self._elapsed()

    def advance(self, seconds: int) -> None:
        """Jump ahead in world time."""
        self._jumped_seconds += seconds

    def restart(self, epoch: int) -> None:
        """Return to an epoch."""
        self.epoch = epoch
        self._mark = self._elapsed()
        self._jumped_seconds = 0


def rfc3339(at: int) -> str:
    """Write Unix seconds as a time in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_date(at: int) -> str:
    """Write the UTC day of Unix seconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def unix_seconds(text: str) -> int:
    """Read a time with an offset.

    Raises:
        ValueError: the text is no time, or has no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return int(moment.timestamp())
