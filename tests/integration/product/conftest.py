"""The application and a small nation in a database of the test's own."""

from collections.abc import AsyncIterator

import pytest
from api_client import Api, serving
from world import World, build_world

from api.settings import Settings


@pytest.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    async with serving(settings) as served:
        yield served


@pytest.fixture
async def world(api: Api, settings: Settings) -> World:
    return await build_world(settings)
