"""Which migrations this version has, and whether a database was made by it or an earlier one."""

from functools import cache
from importlib import resources

from asyncpg import Connection

from api.errors import StartupFailure

_TABLE = "SELECT to_regclass('tortoise_migrations') IS NOT NULL"
_APPLIED = "SELECT name FROM tortoise_migrations ORDER BY name"


@cache
def migration_names() -> list[str]:
    """Return the names of this version's migrations, in order."""
    files = (entry.name for entry in resources.files("api.models.migrations").iterdir())
    return sorted(name[:-3] for name in files if name.endswith(".py") and name[0].isdigit())


async def require_known(connection: Connection) -> None:
    """Refuse a database that another line of versions, or a later one, has made.

    Raises:
        StartupFailure: code DATABASE_UNKNOWN; nothing was changed.
    """
    if not await connection.fetchval(_TABLE):
        return
    applied = [row["name"] for row in await connection.fetch(_APPLIED)]
    if strange := sorted(set(applied) - set(migration_names())):
        text = (
            f"The database was made by another version of Gema (it has {', '.join(strange[:3])}). "
            "Use that version, or start with empty data: gema run --fresh."
        )
        raise StartupFailure("DATABASE_UNKNOWN", text)
