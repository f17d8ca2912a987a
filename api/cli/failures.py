"""What a person at the command line can act on although it comes as somebody else's error."""

import errno
from collections.abc import Iterator

from asyncpg import DiskFullError

from api.errors import StartupFailure

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def disk_failure(error: BaseException) -> StartupFailure | None:
    """Return the coded failure if a full disk lies behind an error, whoever wrapped it."""
    if any(_is_without_space(cause) for cause in _causes(error)):
        return StartupFailure(
            "DISK_FULL", "There is no space left. Free some and start again; nothing is lost."
        )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_without_space(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in _NO_SPACE
    return isinstance(error, DiskFullError)
