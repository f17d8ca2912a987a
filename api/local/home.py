"""GEMA_HOME: the directory of everything that a local Gema keeps."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.errors import StartupFailure
from api.local import keys, ports
from api.local.account import Account, require_open_path
from api.local.child import Child, Command
from api.local.files import make_directory, storage_problems
from api.local.identity import Identity
from api.local.ladder import Ladder
from api.local.lock import HomeLock
from api.local.ports import HOST
from api.local.state import State
from api.settings import default_home, process_environment

_DRAFTED = ("state.json", "keys.json", "valkey.conf", "password")
_DRAFT_SECONDS = 60
_DATA = {"postgres": ("postgres", "postgres.new"), "valkey": ("valkey", "valkey.conf")}


class LocalHome:
    """The state directory, its files and what they say about the servers."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.lock = HomeLock(self.path / "lock")
        self._turn = threading.Lock()

    @classmethod
    def chosen(cls, data: Path | None) -> "LocalHome":
        """Return the home that `--data` names, or GEMA_HOME, or the default of this checkout."""
        return cls(data or Path(process_environment().get("GEMA_HOME") or default_home()))

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def programs(self) -> Path:
        return self.path / "bin"

    def log(self, name: str) -> Path:
        return self.path / "log" / f"{name}.log"

    def make(self) -> None:
        """Make the directory so that an account that root's servers run as can pass through it."""
        with storage_problems(self.path):
            make_directory(self.path, 0o711 if os.geteuid() == 0 else 0o700)

    def prepare(self, account: Account | None) -> None:
        """Make what every start needs, where the servers' account can reach its part of it.

        Raises:
            StartupFailure: the place is closed, full or not writable.
        """
        self.make()
        with storage_problems(self.path):
            require_open_path(self.path, account)
            make_directory(self.path / "log", 0o700)

    def state(self) -> State:
        """Return what is kept between starts; begun where it is missing."""
        self.make()
        with storage_problems(self.path):
            return State.load(self.state_file)

    @contextmanager
    def changing(self) -> Iterator[State]:
        """Change what is kept; the steps of one process take turns, the lock keeps others out."""
        with self._turn:
            state = self.state()
            yield state
            with storage_problems(self.state_file):
                state.save(self.state_file)

    def start(self, command: Command, ladder: Ladder) -> Child:
        """Start a child and remember it for the start after a crash; both or neither."""
        child = Child(command)
        try:
            self._record(child.name, child.identity)
        except BaseException:
            child.stop(ladder)
            raise
        return child

    def _record(self, name: str, process: Identity | None) -> None:
        with self.changing() as state:
            state.processes.pop(name, None)
            if process:
                state.processes[name] = process

    def forget(self, name: str) -> None:
        """Forget a child that has ended; failing to, on a full disk, does no harm."""
        with suppress(StartupFailure):
            self._record(name, None)

    def settle_port(self, name: str) -> int:
        """Return the port kept under a name, or a new one where a stranger uses that."""
        with self.changing() as state:
            if not ports.is_free(state.ports[name]):
                state.ports[name] = ports.choose()
            return state.ports[name]

    def sweep(self) -> None:
        """Remove drafts of files that a killed process never finished."""
        for name in _DRAFTED:
            for draft in self.path.glob(f".{name}.????????"):
                if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                    draft.unlink(missing_ok=True)

    def forget_data(self) -> None:
        """Remove the servers' data, as far as the launcher made it."""
        with self.changing() as state:
            for part in [part for name in state.created for part in _DATA[name]]:
                self._remove(self.path / part)
            state.created.clear()
            state.has_role = False

    def _remove(self, path: Path) -> None:
        with storage_problems(path):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def environment(self) -> dict[str, str]:
        """Return what children and `Settings.from_env` need beside the caller's environment.

        What the caller's environment sets wins. In production no secret is made up.
        """
        given = process_environment()
        wanted = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        made = {name: given.get(name) or address() for name, address in wanted.items()}
        return {"GEMA_HOME": str(self.path), **made, **self._secrets(given)}

    def _secrets(self, given: dict[str, str]) -> dict[str, str]:
        set_by_caller = {name: given[name] for name in keys.NAMES if given.get(name)}
        if len(set_by_caller) == len(keys.NAMES) or given.get("ENV") == "production":
            return set_by_caller
        self.make()
        with storage_problems(self.path):
            return {**keys.development_keys(self.path / "keys.json"), **set_by_caller}

    def database_url(self) -> str:
        state = self.state()
        return f"postgres://gema:{state.passwords['gema']}@{HOST}:{state.ports['postgres']}/gema"

    def redis_url(self) -> str:
        state = self.state()
        return f"redis://:{state.passwords['valkey']}@{HOST}:{state.ports['valkey']}/0"
