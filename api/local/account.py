"""The account that the embedded servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.errors import StartupFailure
from api.settings import process_environment


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine that owns the servers' data."""

    name: str
    user_id: int
    group_id: int

    def popen_options(self) -> dict[str, Any]:
        """Return what makes `subprocess` start a child as this account."""
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def may(self, path: Path, permission: int) -> bool:
        """Tell by the mode bits whether the account may read (4), write (2) or enter (1) a path."""
        status = path.stat()
        if status.st_uid == self.user_id:
            return bool(stat.S_IMODE(status.st_mode) >> 6 & permission)
        if status.st_gid == self.group_id:
            return bool(stat.S_IMODE(status.st_mode) >> 3 & permission)
        return bool(stat.S_IMODE(status.st_mode) & permission)


def server_account() -> Account | None:
    """Return who the servers run as, or None where they run as the caller, who is not root.

    Raises:
        StartupFailure: code RUN_AS_UNKNOWN.
    """
    if os.geteuid() != 0:
        return None
    name = process_environment().get("GEMA_RUN_AS") or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise StartupFailure(
            "RUN_AS_UNKNOWN",
            f"There is no account {name!r} for the embedded servers: "
            "set GEMA_RUN_AS to an ordinary account, or set DATABASE_URL and REDIS_URL.",
        ) from None
    if entry.pw_uid == 0:
        raise StartupFailure(
            "RUN_AS_UNKNOWN", "GEMA_RUN_AS must not be root: PostgreSQL refuses to run as root."
        )
    return Account(name, entry.pw_uid, entry.pw_gid)


def first_closed(path: Path, account: Account) -> Path | None:
    """Return the outermost directory, down to `path`, that the account cannot enter."""
    on_the_way = [*reversed(path.parents), path]
    return next((step for step in on_the_way if not account.may(step, 1)), None)


def require_open_path(path: Path, account: Account | None) -> None:
    """Stop the start where the servers' account could not reach its data.

    Raises:
        StartupFailure: code DATA_NOT_REACHABLE, naming the first closed directory.
    """
    closed = first_closed(path, account) if account else None
    if account and closed:
        where = closed if closed == path else f"{closed} on the way to {path}"
        raise StartupFailure(
            "DATA_NOT_REACHABLE",
            f"The account {account.name!r}, which runs the embedded servers, cannot enter {where}. "
            "Choose another place with --data, "
            f"name another account with GEMA_RUN_AS, or allow it with: chmod o+x '{closed}'",
        )
