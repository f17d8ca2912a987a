"""One child that has to stay alive."""

import logging
import time
from collections.abc import Callable

from api.errors import StartupFailure
from api.local.child import Child, Pause, PortTaken, end
from api.local.ladder import Ladder
from api.local.restarts import Restarts

_LOG = logging.getLogger(__name__)


class Keeper:
    """Starts a child, notices its end and starts it again as its history allows."""

    def __init__(
        self, name: str, start: Callable[[Pause], Child], ladder: Ladder, restarts: Restarts
    ) -> None:
        self.name = name
        self.child: Child | None = None
        self.restarts = restarts
        self._start = start
        self._ladder = ladder
        self._started_at = 0.0
        self._start_again_at: float | None = None

    def begin(self, pause: Pause) -> None:
        """Start the child."""
        self._started_at = time.monotonic()
        self.child = self._start(pause)
        self._start_again_at = None

    def adopt(self, child: Child) -> None:
        """Keep a child that has just been started in another way."""
        self._started_at = time.monotonic()
        self.child = child

    def tend(self, pause: Pause) -> None:
        """Start the child again if it has ended and its time has come.

        Raises:
            StartupFailure: code PROGRAM_FAILED once it has ended too often.
        """
        now = time.monotonic()
        if self._start_again_at is None:
            if self.child is None or self.child.is_alive:
                return
            self._plan(now, f"ended with status {self.child.exit_status}")
        elif now >= self._start_again_at:
            try:
                self.begin(pause)
            except (StartupFailure, PortTaken) as failure:
                self._plan(time.monotonic(), f"did not start: {failure}")

    def _plan(self, now: float, what: str) -> None:
        delay = self.restarts.delay_after(self._started_at, now)
        if delay is None:
            often = f"{self.restarts.recent_count} times within a minute"
            raise StartupFailure("PROGRAM_FAILED", f"{self.name} {what}, {often}.")
        _LOG.warning("%s %s; starting it again in %.1f s", self.name, what, delay)
        self._start_again_at = now + delay

    def stop(self, haste: Callable[[], float]) -> None:
        """End the child for good."""
        if self.child is None:
            return
        end(self.child, self._ladder, haste)
        self.child = None
        self._start_again_at = None
