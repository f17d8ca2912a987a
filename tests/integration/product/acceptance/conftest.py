"""One Gema for the whole list: a real server, a copy of the nation, and two runs of the ranking."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import factories as make
import httpx2
import pytest
import pytest_asyncio
from api_client import gid
from live import served
from stand import Stand
from world import World

from api.app import create_app
from api.local import LocalHome, Urls
from api.settings import Settings

LIFETIME = {"scope": "module", "loop_scope": "module"}


@pytest_asyncio.fixture(**LIFETIME)
async def stand(nation: Any, home: LocalHome, servers: Urls) -> AsyncIterator[Stand]:
    async with copied(home, servers, nation.database) as settings:
        app = create_app(settings)
        async with (
            app.router.lifespan_context(app),
            served(app) as host,
            httpx2.AsyncClient(base_url=f"http://{host}") as client,
        ):
            await make.rank()
            run = gid("ScoreRun", nation.world.run)
            yield Stand(settings, nation.world, host, client, run)


@pytest.fixture
async def unserved(settings: Settings, world: World) -> AsyncIterator[Stand]:
    """A copy of the nation that nobody serves."""
    async with httpx2.AsyncClient() as client:
        yield Stand(settings, world, "", client, "")


@asynccontextmanager
async def copied(home: LocalHome, servers: Urls, model: str) -> AsyncIterator[Settings]:
    """Give the settings of a Gema over a copy of a database."""
    name = f"gema_stand_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(servers.database_url, ssl=False)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{model}"')
        address = urlsplit(servers.database_url)._replace(path=f"/{name}").geturl()
        urls = {"DATABASE_URL": address, "REDIS_URL": servers.redis_url}
        made = Settings.from_env({**home.environment(), **urls})
        yield replace(made, access=replace(made.access, introspection="auth"))
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()
