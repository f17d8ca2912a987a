"""A piece of work beside the supervisor, which keeps tending its children meanwhile."""

import threading
from collections.abc import Callable


class Background:
    """Runs a function in a thread and keeps what it raised."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as problem:  # noqa: BLE001 (raised again where it is awaited)
            self._problem = problem

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> None:
        """Raise what the work raised."""
        if self._problem:
            raise self._problem

    def abandon(self, seconds: float) -> None:
        """Give the work a last moment to end."""
        self._thread.join(seconds)
