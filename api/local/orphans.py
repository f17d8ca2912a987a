"""Processes that a killed launcher left behind: stopped before a start, never adopted."""

import os
import signal

from api.local import postgres, valkey
from api.local.home import LocalHome
from api.local.identity import Identity, is_running
from api.local.ladder import Ladder, descend

_PROGRAM: Ladder = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))
_LADDERS = {"postgres": postgres.LADDER, "valkey": valkey.LADDER}
# Callers of the servers go first.
_ORDER = ("api", "worker", "sandbox", "valkey", "postgres", "initdb")


def stop_orphans(home: LocalHome) -> None:
    """Stop each recorded process that is still exactly the one we started, and forget the rest."""
    recorded = home.state().processes
    names = [name for name in _ORDER if name in recorded]
    for name in [*names, *(each for each in recorded if each not in _ORDER)]:
        _stop(recorded[name], _LADDERS.get(name, _PROGRAM))
        home.forget(name)


def _stop(process: Identity, ladder: Ladder) -> None:
    descend(ladder, lambda each: os.kill(process.pid, each), lambda: is_running(process))
