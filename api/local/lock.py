"""The lock on a state directory: one launcher at a time, freed by the kernel when it dies."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from api.local.files import storage_problems


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock."""

    pid: int
    address: str | None = None
    """Of the API, for `gema run`; None for a command that ends by itself."""
    serving: tuple[str, ...] | None = None
    """The servers that others may use while the lock is held; None until they stand."""


class HomeLock:
    """An exclusive lock; its descriptor is not inherited by children."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, holder: Holder) -> bool:
        """Take the lock if it is free."""
        with storage_problems(self._path):
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        self.announce(holder)
        return True

    def announce(self, holder: Holder | None) -> None:
        """Tell those who find the lock taken who holds it."""
        if self._descriptor is None:
            return
        text = json.dumps(asdict(holder)).encode() if holder else b""
        with storage_problems(self._path):
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, text, 0)

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """Return who holds the lock, as far as they have said."""
        try:
            values = json.loads(self._path.read_text())
            serving = values["serving"]
            return Holder(
                values["pid"], values["address"], None if serving is None else tuple(serving)
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
