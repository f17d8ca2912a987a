"""A lost database session costs one transaction, never the task that lost it."""

import subprocess
import sys

import asyncpg
import pytest

from api.models import Pool, open_database, transaction

ONE_SESSION = Pool(minimum=1, maximum=1, command_seconds=5, statement_seconds=5, name="gema-alone")
END_SESSIONS = """
import asyncio, sys, asyncpg
async def end():
    db = await asyncpg.connect(sys.argv[1])
    await db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE application_name = 'gema-alone' AND datname = current_database()")
    await db.close()
asyncio.run(end())
"""


async def answer() -> int:
    async with transaction() as db:
        return await db.fetchval("SELECT 42")


async def test_after_a_failed_begin_the_same_task_gets_a_new_session(database_url: str):
    async with open_database(database_url, ONE_SESSION):
        assert await answer() == 42
        # Another process, so that this loop cannot notice before it says BEGIN.
        subprocess.run([sys.executable, "-c", END_SESSIONS, database_url], check=True)  # noqa: ASYNC221

        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InternalClientError)):
            await answer()

        assert await answer() == 42
