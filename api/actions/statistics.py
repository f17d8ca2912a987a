"""Counts tables that have grown, before the server comes to it by itself.

After a launch or an import tens of thousands of rows are there within seconds. Until somebody
looks, the planner takes their tables for empty and reads all of them for each share, and statements
of milliseconds take seconds. The server's own look comes once a minute; where it is slower or
switched off, whole jobs run out of their time. Looking at millions of rows costs more than
measuring, so only a table that has doubled is counted, and always in one order of names.
"""

from asyncpg import Connection

from api.models import transaction

_GROWN = """
SELECT oid::regclass::text AS name FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
   AND ($1::text[] IS NULL OR relname = ANY($1))
   AND pg_relation_size(oid) > $2 * current_setting('block_size')::bigint
   AND (reltuples < 0
        OR pg_relation_size(oid) > 2 * relpages * current_setting('block_size')::bigint)
 ORDER BY relname
"""
_IS_MINE = "SELECT pg_try_advisory_xact_lock(7236503)"
_SMALL_PAGES = 32
_BULK = ["share", "reshare", "metric_observation", "consent", "share_gain", "holder_day"]


async def look_at_grown_tables() -> int:
    """Count the tables that have more than doubled since somebody last did; return how many.

    One worker does it at a time.
    """
    async with transaction() as db:
        if not await db.fetchval(_IS_MINE):
            return 0
        return await _look(db, None, _SMALL_PAGES)


async def look_again(db: Connection) -> None:
    """Do the same for the tables of shares, in a transaction that has just stored many."""
    await _look(db, _BULK, 0)


async def _look(db: Connection, names: list[str] | None, least_pages: int) -> int:
    grown = await db.fetch(_GROWN, names, least_pages)
    for row in grown:
        await db.execute(f"ANALYZE {row['name']}")
    return len(grown)
