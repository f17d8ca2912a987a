"""When a program that ended is started again."""

from collections import deque

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 10.0
HEALTHY_SECONDS = 60.0


class Restarts:
    """The history of one program's ends; times are seconds of a clock that never jumps."""

    def __init__(self, limit_count: int | None = None) -> None:
        self._limit_count = limit_count
        self._ended_at: deque[float] = deque()
        self._delay = FIRST_DELAY_SECONDS

    def delay_after(self, started_at: float, ended_at: float) -> float | None:
        """Return the seconds to wait before the next start, or None to give up."""
        if ended_at - started_at >= HEALTHY_SECONDS:
            self._delay = FIRST_DELAY_SECONDS
        self._ended_at.append(ended_at)
        while ended_at - self._ended_at[0] > HEALTHY_SECONDS:
            self._ended_at.popleft()
        if self._limit_count is not None and len(self._ended_at) > self._limit_count:
            return None
        delay = self._delay
        self._delay = min(self._delay * 2, LONGEST_DELAY_SECONDS)
        return delay

    @property
    def recent_count(self) -> int:
        """How often the program ended in the last minute before its last end."""
        return len(self._ended_at)
