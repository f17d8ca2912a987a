"""How a supervisor is asked to stop: counted by a handler, noticed between two steps."""

import signal
import time
from types import FrameType
from typing import Any

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STEP_SECONDS = 0.1


def _is_shielded(each: signal.Signals) -> bool:
    """Tell whether the caller wants the program to outlive its terminal, as `nohup` does."""
    return each is signal.SIGHUP and signal.getsignal(each) is signal.SIG_IGN


class StopRequested(Exception):
    """Somebody asked the supervisor to stop."""


class StopSignals:
    """Counts the requests to stop while it is in force."""

    def __init__(self) -> None:
        self._count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "StopSignals":
        heeded = [each for each in _STOPPING if not _is_shielded(each)]
        self._before = {each: signal.signal(each, self._note) for each in heeded}
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self._count += 1

    def pause(self, seconds: float) -> None:
        """Sleep.

        Raises:
            StopRequested: a request came before or during the sleep.
        """
        until = time.monotonic() + seconds
        while self._count == 0 and time.monotonic() < until:
            time.sleep(min(_STEP_SECONDS, max(0.0, until - time.monotonic())))
        if self._count:
            raise StopRequested

    def haste(self) -> float:
        """Return the share of each wait that is left: a second request halves them."""
        return 1.0 if self._count <= 1 else 0.5
