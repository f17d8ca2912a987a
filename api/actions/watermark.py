"""The order in which observations came in, and the mark below which all of them are committed.

`ingest_seq` is drawn before a transaction commits, so a low number may appear after a high one.
Whoever draws numbers holds the lock in shared mode until the end of the transaction; whoever takes
the mark holds it alone for an instant, when nobody has a number that is not yet visible.
"""

from asyncpg import Connection

from api.domain.ranking import Watermark

WATERMARK_LOCK = 7_236_502

# An import stores thousands of rows in one transaction, longer than a pool's usual patience.
_PATIENCE = "SELECT set_config('lock_timeout', '30s', true)"
_SHARED = "SELECT pg_advisory_xact_lock_shared($1)"
_ALONE = "SELECT pg_advisory_xact_lock($1)"
_LAST = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ingest_seq"


async def join_ingest(transaction: Connection) -> None:
    """Announce that this transaction is about to draw numbers of `ingest_seq`."""
    await transaction.execute(_PATIENCE)
    await transaction.execute(_SHARED, WATERMARK_LOCK)


async def take_watermark(connection: Connection) -> int:
    """Return a number at or below which every observation is committed and visible from now on.

    The lock is given back at once, also inside a transaction: rolling back to a savepoint frees it.
    That transaction must be READ COMMITTED, as a snapshot from before the wait would miss rows.
    """
    moment = connection.transaction()
    await moment.start()
    try:
        await connection.execute(_PATIENCE)
        await connection.execute(_ALONE, WATERMARK_LOCK)
        watermark: int = await connection.fetchval(_LAST)
        return watermark
    finally:
        await moment.rollback()


async def stop_ingest(transaction: Connection) -> None:
    """Wait for the ingests that run, and let no other begin before this transaction ends.

    Row locks alone would let one ingest after the other overtake whoever waits for a consent.
    """
    await transaction.execute(_PATIENCE)
    await transaction.execute(_ALONE, WATERMARK_LOCK)


_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
_MOMENT = f"SELECT clock_timestamp() AS as_of, ({_LAST}) AS ingest_seq"


async def freeze_moment(guard: Connection, transaction: Connection) -> Watermark:
    """Make a new transaction see exactly what is committed at one moment, and return the moment.

    `guard` is another connection, in a transaction: it keeps everybody who stores observations away
    for the instant in which the snapshot is taken. So no row at or below the mark is missing and no
    row above it is seen.
    """
    await transaction.execute(_SNAPSHOT)
    moment = guard.transaction()
    await moment.start()
    try:
        await guard.execute(_PATIENCE)
        await guard.execute(_ALONE, WATERMARK_LOCK)
        row = await transaction.fetchrow(_MOMENT)
        return Watermark(row["as_of"], row["ingest_seq"])
    finally:
        await moment.rollback()
