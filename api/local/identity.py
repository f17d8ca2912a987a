"""Which process is which: a process number alone may belong to somebody else by now."""

import os
from dataclasses import dataclass

try:
    # It comes with the embedded servers; an installation that has its own servers lacks it.
    import psutil  # type: ignore[import-untyped]
except ImportError:
    psutil = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A process as it was when we started it."""

    pid: int
    started: float
    """Seconds between the machine's start and the process's start: no clock change moves it."""
    executable: str


def identify(pid: int) -> Identity | None:
    """Return who a process is, or None if it has ended, is a zombie or may not be looked at."""
    if psutil is None:
        return None
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        started = round(process.create_time() - psutil.boot_time(), 2)
        return Identity(pid, started, process.exe())
    except psutil.Error:
        return None


def is_running(identity: Identity) -> bool:
    """Tell whether exactly this process still runs."""
    return identify(identity.pid) == identity


def is_zombie(pid: int) -> bool:
    """Tell whether a process has ended but nobody has asked for its exit status."""
    try:
        return psutil is not None and bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def exists(pid: int) -> bool:
    """Tell whether the process number is in use."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
