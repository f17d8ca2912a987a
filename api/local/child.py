"""Child processes: how they start, how we wait for them and how they end."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.errors import StartupFailure
from api.local import logs
from api.local.account import Account
from api.local.files import disk_full, storage_problems
from api.local.identity import Identity, identify
from api.local.ladder import Haste, Ladder, descend, full_waits

Pause = Callable[[float], None]
"""Sleeps; a supervisor that was asked to stop raises from it."""

_LOG = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_STEP_SECONDS = 0.05


class PortTaken(Exception):
    """Somebody else took the port between our choice and the server's start."""


class DataHeld(Exception):
    """An earlier server has not quite gone; the text says which process that is."""


@dataclass(frozen=True, slots=True)
class Command:
    """How to start one child process."""

    name: str
    arguments: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    folder: Path = Path("/")
    account: Account | None = None
    farewell: signal.Signals = signal.SIGTERM
    """What the system sends to the child if this process dies (Linux)."""


class Child:
    """A running child process and the part of its log that belongs to this run."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.name = command.name
        self._log_offset = logs.size(command.log)
        self._process = _start(command)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def identity(self) -> Identity | None:
        return identify(self.pid)

    @property
    def exit_status(self) -> int | None:
        return self._process.poll()

    @property
    def is_alive(self) -> bool:
        return self.exit_status is None

    @property
    def output(self) -> str:
        return logs.since(self.command.log, self._log_offset)

    def await_ready(self, is_ready: Callable[[], bool], limit_seconds: float, pause: Pause) -> None:
        """Wait until the child can be used.

        Raises:
            PortTaken: it found its port in use.
            StartupFailure: it ended or took too long.
        """
        deadline = time.monotonic() + limit_seconds
        while not is_ready():
            if not self.is_alive:
                raise self.failure("ended")
            if time.monotonic() > deadline:
                raise self.failure(f"was not ready after {limit_seconds:.0f} seconds")
            pause(_STEP_SECONDS)

    def await_end(self, limit_seconds: float, pause: Pause) -> None:
        """Wait until the child has done its work.

        Raises:
            StartupFailure: it failed or took too long.
        """
        self.await_ready(lambda: not self.is_alive, limit_seconds, pause)
        if self.exit_status:
            raise self.failure("failed")

    def failure(self, what: str) -> StartupFailure | PortTaken:
        """Return why the child failed, by its log."""
        if "Address already in use" in self.output:
            return PortTaken(self.name)
        if "No space left on device" in self.output:
            return disk_full(self.command.log.parent.parent)
        last = logs.last_line(self.command.log, self._log_offset)
        text = f"{self.name} {what}. Last line of {self.command.log}: {last}"
        return StartupFailure("PROGRAM_FAILED", text)

    def stop(self, ladder: Ladder, haste: Haste = full_waits) -> signal.Signals | None:
        """End the child and return the signal that did it."""
        return descend(ladder, self._send, lambda: self.is_alive, haste)

    def _send(self, each: signal.Signals) -> None:
        if each is signal.SIGKILL and self.is_alive:
            os.killpg(self.pid, each)
        else:
            self._process.send_signal(each)


def end(child: Child, ladder: Ladder, haste: Haste = full_waits) -> None:
    """End a child and say so if that took more than the mildest signal."""
    last = child.stop(ladder, haste)
    if last is not None and last != ladder[0][0]:
        _LOG.warning("%s did not stop by itself and got %s", child.name, last.name)


def _start(command: Command) -> subprocess.Popen[bytes]:
    with storage_problems(command.log):
        log = os.open(command.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 (our own argument list, and no shell)
            [str(argument) for argument in command.arguments],
            env=dict(command.environment),
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            preexec_fn=_tie_to_parent(command.farewell),  # noqa: PLW1509 (it takes no lock)
            **(command.account.popen_options() if command.account else {}),
        )
    except OSError as error:
        raise _not_started(command, error) from error
    finally:
        os.close(log)


def _not_started(command: Command, error: OSError) -> StartupFailure:
    account = f" as {command.account.name!r}" if command.account else ""
    reason = os.strerror(error.errno or 0)
    return StartupFailure(
        "PROGRAM_FAILED", f"{command.name} could not be started{account}: {reason}."
    )


def _tie_to_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    prctl, parent = _LIBC.prctl, os.getpid()

    # It runs between fork and exec, where threads of ours are gone with whatever they had locked:
    # nothing in it may import, log or wait.
    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, farewell.value)
        if os.getppid() != parent:
            os._exit(1)

    return tie
