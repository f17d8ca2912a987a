"""Tables that have grown are counted, so that the planner does not take them for empty."""

import asyncio

import pytest

from api.actions.statistics import look_at_grown_tables
from api.models import API_POOL, connection, open_database

KNOWN = "SELECT reltuples::int FROM pg_class WHERE oid = 'grown'::regclass"


@pytest.fixture(autouse=True)
async def database(database_url):
    async with open_database(database_url, API_POOL):
        await execute("CREATE TABLE grown (id int, words text)")
        yield


async def execute(statement, *values):
    async with connection() as db:
        await db.execute(statement, *values)


async def fill(count):
    await execute(
        "INSERT INTO grown SELECT n, repeat('x', 100) FROM generate_series(1, $1) n", count
    )


async def known():
    async with connection() as db:
        return await db.fetchval(KNOWN)


async def test_a_table_is_counted_when_it_is_large_and_again_when_it_has_doubled():
    await fill(50)
    await look_at_grown_tables()
    small = await known()
    await fill(20_000)
    await look_at_grown_tables()
    large = await known()
    await fill(5_000)
    again = await look_at_grown_tables()
    await fill(25_000)
    await look_at_grown_tables()

    assert (small, large, again) == (-1, 20_050, 0)
    assert await known() == 50_050


async def test_one_worker_looks_at_a_time():
    await look_at_grown_tables()
    await fill(20_000)

    counts = await asyncio.gather(*(look_at_grown_tables() for _ in range(4)))

    assert sum(counts) == 1
