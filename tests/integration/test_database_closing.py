"""A pool that closes stays closed, whoever asks for a connection while it does."""

import asyncio
from contextlib import suppress
from itertools import count

import asyncpg

from api.models import API_POOL, connection, open_database
from api.settings import Settings

ASKS = 3000
SESSIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = 'gema-api'
"""


async def ask_on_and_on(asked: "count[int]") -> None:
    while next(asked) < ASKS:
        with suppress(Exception):
            async with connection() as lent:
                await lent.fetchval("SELECT 1")
        await asyncio.sleep(0)


async def test_a_task_that_comes_while_the_pool_closes_opens_no_other(settings: Settings) -> None:
    async with open_database(settings.database_url, API_POOL):
        late = asyncio.create_task(ask_on_and_on(count()))
        await asyncio.sleep(0.1)
    await late

    watching = await asyncpg.connect(settings.database_url, ssl=False)
    left = await watching.fetchval(SESSIONS)
    await watching.close()

    assert left == 0
