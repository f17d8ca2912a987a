"""Files and directories of the launcher: private, written whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.errors import StartupFailure
from api.local.account import Account

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NOT_A_DIRECTORY = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR}


@contextmanager
def storage_problems(place: Path) -> Iterator[None]:
    """Turn what the file system refuses into a coded failure that names the place.

    Raises:
        StartupFailure: code DISK_FULL, DATA_NOT_WRITABLE, DATA_NOT_A_DIRECTORY or DATA_UNUSABLE.
    """
    try:
        yield
    except OSError as error:
        raise _failure(place, error) from error


def disk_full(place: Path) -> StartupFailure:
    """Return the failure for a file system without space."""
    return StartupFailure(
        "DISK_FULL",
        f"There is no space left for {place}. Free some and start again; nothing is lost.",
    )


def _failure(place: Path, error: OSError) -> StartupFailure:
    if error.errno in _FULL:
        return disk_full(place)
    if error.errno in _REFUSED:
        return StartupFailure(
            "DATA_NOT_WRITABLE",
            f"No permission to write {error.filename or place}. "
            "Choose another data directory with --data or GEMA_HOME.",
        )
    if error.errno in _NOT_A_DIRECTORY:
        return StartupFailure("DATA_NOT_A_DIRECTORY", f"{place} cannot be used as a directory.")
    return StartupFailure(
        "DATA_UNUSABLE", f"{place} cannot be used: {os.strerror(error.errno or 0)}."
    )


def make_directory(path: Path, mode: int, owner: Account | None = None) -> None:
    """Make a directory and its missing parents; one that exists is left as it is."""
    if path.is_dir():
        return
    if not path.parent.is_dir():
        make_directory(path.parent, 0o755)
    path.mkdir(mode=0o700)
    if owner:
        os.chown(path, owner.user_id, owner.group_id)
    # The process mask may have taken bits away, and the servers' account needs them.
    path.chmod(mode)


def write_private(path: Path, text: str, owner: Account | None = None) -> None:
    """Replace a file in one step; only its owner may read it."""
    draft = _draft(path, text, owner)
    try:
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def write_private_once(path: Path, text: str) -> str:
    """Write a file unless another process was first; return what the file holds."""
    draft = _draft(path, text, None)
    try:
        os.link(draft, path)
    except FileExistsError:
        return path.read_text()
    finally:
        draft.unlink()
    return text


def _draft(path: Path, text: str, owner: Account | None) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            if owner:
                os.fchown(file.fileno(), owner.user_id, owner.group_id)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft
