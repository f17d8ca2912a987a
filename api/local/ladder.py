"""Signals from mild to hard, and how long each is given."""

import signal
import time
from collections.abc import Callable, Sequence

Ladder = Sequence[tuple[signal.Signals, float]]
"""Signals from mild to hard, each with the seconds that it is given."""
Haste = Callable[[], float]
"""Returns the share of each wait that is left."""

_STEP_SECONDS = 0.05


def full_waits() -> float:
    """Return 1: nobody is in a hurry."""
    return 1.0


def descend(
    ladder: Ladder,
    send: Callable[[signal.Signals], None],
    is_alive: Callable[[], bool],
    haste: Haste = full_waits,
) -> signal.Signals | None:
    """Send signals from mild to hard until the process has ended; return the last one sent."""
    last = None
    for each, seconds in ladder:
        if not is_alive():
            break
        last = each
        send(each)
        began_at = time.monotonic()
        while is_alive() and time.monotonic() - began_at < seconds * haste():
            time.sleep(_STEP_SECONDS)
    return last
