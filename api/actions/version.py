"""The version that a caller saw of what they change."""

from asyncpg import Record

from api.errors import Conflict


def require_version(row: Record, version: int | None) -> None:
    """Refuse to change what somebody else has changed since; without a version nothing is said.

    Raises:
        Conflict: the row has another version than this.
    """
    if version is not None and row["version"] != version:
        raise Conflict(f"It has version {row['version']} now.", field=["version"])
