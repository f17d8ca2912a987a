"""CampaignProgress as clients watch it, over a socket and over server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import factories as make
import httpx2
import pytest
from api_client import gid
from contract_operations import operation
from live import line, served, subscribe
from world import World

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings

PROGRESS = operation("CampaignProgress")


@pytest.fixture
async def host(settings: Settings, world: World) -> AsyncIterator[str]:
    app = create_app(settings)
    async with app.router.lifespan_context(app), served(app) as address:
        yield address


def token(settings: Settings, role: Role = Role.ADMIN, agency: str | None = None) -> str:
    return issue_dev_token(settings.access, role, now=datetime.now(UTC), agency_code=agency)


async def one_more_share(world: World) -> None:
    asn, account = await make.make_holder("Dewi Umpama", world.first)
    await make.make_share(asn, account, world.post, resharer_count=2)


async def test_a_socket_shows_the_present_and_then_what_changes(
    host: str, settings: Settings, world: World
) -> None:
    variables = {"id": gid("Campaign", world.campaign)}
    async with line(host, token(settings)) as socket:
        await socket.say(subscribe("p", PROGRESS, variables=variables))
        first = (await socket.hear())["payload"]["data"]["campaignProgress"]
        await one_more_share(world)
        second = (await socket.hear())["payload"]["data"]["campaignProgress"]

    assert second["shareCount"] == first["shareCount"] + 1
    assert second["sharerCount"] == first["sharerCount"] + 1


async def test_an_event_stream_shows_the_same(host: str, settings: Settings, world: World) -> None:
    variables = {"id": gid("Campaign", world.campaign)}
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token(settings)}"}
    heard = []
    async with (
        httpx2.AsyncClient(base_url=f"http://{host}") as client,
        client.stream(
            "POST", "/graphql", json={"query": PROGRESS, "variables": variables}, headers=headers
        ) as response,
    ):
        async for text in response.aiter_lines():
            if text.startswith("data: "):
                heard.append(json.loads(text[6:])["data"]["campaignProgress"])
                if len(heard) == 2:
                    break
                await one_more_share(world)

    assert heard[1]["shareCount"] == heard[0]["shareCount"] + 1


async def test_a_foreign_campaign_is_null_and_ends_on_a_socket(
    host: str, settings: Settings, world: World
) -> None:
    variables = {"id": gid("Campaign", world.other_campaign)}
    mine = token(settings, Role.CAMPAIGN_MANAGER, "KEM-1")
    async with line(host, mine) as socket:
        await socket.say(subscribe("p", PROGRESS, variables=variables))
        heard = [await socket.hear(), await socket.hear()]

    assert heard[0]["payload"]["data"] == {"campaignProgress": None}
    assert heard[1]["type"] == "complete"


async def test_nothing_is_read_any_more_when_nobody_watches(
    host: str, settings: Settings, world: World
) -> None:
    variables = {"id": gid("Campaign", world.campaign)}
    async with line(host, token(settings)) as socket:
        await socket.say(subscribe("p", PROGRESS, variables=variables))
        await socket.hear()
    await asyncio.sleep(0.2)

    running = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
    assert not [name for name in running if name.startswith("Watch.")]
