"""What both servers need to know about where and how they run."""

import os
from dataclasses import dataclass
from pathlib import Path

from api.errors import StartupFailure
from api.local.account import Account
from api.local.files import make_directory, storage_problems
from api.local.home import LocalHome

# Nothing of the caller's environment reaches a server: PGDATA and its like would change it.
SERVER_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Site:
    """The state directory, the account that owns the data, and whether a crash may cost any."""

    home: LocalHome
    account: Account | None
    is_durable: bool

    def claim(self, name: str) -> Path:
        """Return a server's data directory, which is ours or does not exist yet.

        Raises:
            StartupFailure: code DATA_NOT_OURS or DATA_OWNER.
        """
        path = self.home.path / name
        is_ours = name in self.home.state().created
        if path.exists():
            self._require_ours(path, is_ours=is_ours)
        if not is_ours:
            with self.home.changing() as state:
                state.created.append(name)
        return path

    def make(self, path: Path) -> None:
        """Make a data directory that only the servers' account can read."""
        with storage_problems(path):
            make_directory(path, 0o700, self.account)

    def _require_ours(self, path: Path, *, is_ours: bool) -> None:
        if not is_ours:
            raise StartupFailure(
                "DATA_NOT_OURS", f"Gema did not make {path}: move it, or choose another --data."
            )
        owner = path.stat().st_uid
        if owner != (self.account.user_id if self.account else os.geteuid()):
            raise StartupFailure(
                "DATA_OWNER",
                f"{path} belongs to user number {owner}, who ran the servers before: run Gema as "
                "before (same user, same GEMA_RUN_AS), or choose another --data.",
            )
