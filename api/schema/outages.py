"""Tells an outage of the database from a mistake of ours, without importing a driver.

SQLSTATE classes as in the PostgreSQL manual, appendix A: 08 connection, 53 resources, 57P shutdown,
40 serialisation and deadlock, 55P03 lock not available, 25006 read-only standby, 57014 cancelled.
"""

_TRANSIENT_STATES = ("08", "53", "57P", "40", "55P03", "25006")
_CANCELLED = "57014"
_CLOSED_POOL = {("asyncpg", "InterfaceError"), ("tortoise", "DBConnectionError")}


def is_timeout(error: BaseException) -> bool:
    """Tell whether a statement or the whole request ran out of time."""
    return isinstance(error, TimeoutError) or _sqlstate(error) == _CANCELLED


def is_outage(error: BaseException) -> bool:
    """Tell whether a part that we need is away for now."""
    kind = type(error)
    source = (kind.__module__.partition(".")[0], kind.__name__)
    is_refused = (_sqlstate(error) or "-").startswith(_TRANSIENT_STATES)
    return isinstance(error, OSError) or is_refused or source in _CLOSED_POOL


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None
