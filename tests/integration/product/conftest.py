"""The application and a small nation in a database of the test's own.

The nation is built once a test process; a test that asks for `world` gets a copy of its database.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import pytest
from api_client import Api, serving
from world import World, build_world

from api.local import LocalHome, Urls
from api.models import API_POOL, open_database
from api.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Nation:
    """The database to copy, and the keys of what is in it."""

    database: str
    world: World


@pytest.fixture(scope="session")
def nation(home: LocalHome, servers: Urls, template_database: str) -> Iterator[Nation]:
    name = f"gema_nation_{uuid.uuid4().hex[:12]}"
    _at_once(_execute(servers, f'CREATE DATABASE "{name}" TEMPLATE "{template_database}"'))
    urls = {"DATABASE_URL": _address(servers, name), "REDIS_URL": servers.redis_url}
    settings = Settings.from_env({**home.environment(), **urls})
    yield Nation(name, _at_once(_built(settings)))
    _at_once(_execute(servers, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, servers: Urls, template_database: str
) -> Iterator[str]:
    """A database of this test's own, with the nation in it for those who ask for `world`."""
    has_world = "world" in request.fixturenames
    model = request.getfixturevalue("nation").database if has_world else template_database
    name = f"gema_test_{uuid.uuid4().hex[:12]}"
    _at_once(_execute(servers, f'CREATE DATABASE "{name}" TEMPLATE "{model}"'))
    yield _address(servers, name)
    _at_once(_execute(servers, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with serving(settings) as served:
        yield served


@pytest.fixture
def world(nation: Nation) -> World:
    return nation.world


async def _built(settings: Settings) -> World:
    async with open_database(settings.database_url, API_POOL):
        return await build_world(settings)


def _address(servers: Urls, name: str) -> str:
    return urlsplit(servers.database_url)._replace(path=f"/{name}").geturl()


async def _execute(servers: Urls, statement: str) -> None:
    connection = await asyncpg.connect(servers.database_url, ssl=False)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    # A loop of its own: pytest-asyncio keeps the one of the running test.
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
