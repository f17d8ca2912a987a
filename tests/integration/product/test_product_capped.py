"""A list that its network cuts: it says so, and nothing that it left out is called removed."""

from collections.abc import AsyncIterator
from typing import Any

import factories as make
import pytest
from api_client import Api
from login_desk import LoginDesk, login_desk
from world import World

from api.cli.networks import simulated_networks
from api.domain.platform import Platform
from api.models import new_id, transaction
from api.queue import Job, enqueue
from api.settings import Settings
from workers.sandbox.network import Kind
from workers.tasks import TASKS
from workers.tasks.outbox import Runner

CAP = 5
COVERAGE = "SELECT coverage FROM sync_cursor WHERE list_name = 'reposts' AND object_ref = $1"
PRESENCE = "SELECT presence FROM share WHERE account_id = $1 AND key LIKE 'X:REPOST:%'"


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_env({**environment, **simulated_networks("http://127.0.0.1:1")})


@pytest.fixture
async def desk(api: Api) -> AsyncIterator[LoginDesk]:
    async with login_desk(api) as opened:
        desk_x: Any = opened.kit.connectors[Platform.X]
        desk_x.list_cap = CAP
        yield opened


async def test_a_cut_list_is_capped_and_removes_nothing_until_it_is_whole_again(
    desk: LoginDesk, world: World
) -> None:
    target, oldest = await long_list(desk, world)
    await desk.scene.trouble({"name": "newest_cap", "limit": CAP})

    await sweep(desk, world)
    await sweep(desk, world)
    cut = await make.value(COVERAGE, target), await make.value(PRESENCE, oldest)
    await desk.scene.trouble()
    await sweep(desk, world)
    whole = await make.value(COVERAGE, target), await make.value(PRESENCE, oldest)

    assert cut == ("CAPPED", "LIVE")
    assert whole == ("COMPLETE", "LIVE")


async def long_list(desk: LoginDesk, world: World) -> tuple[str, Any]:
    """Publish the post with the most reposts; its oldest repost is Ani's and known already."""
    network = desk.scene.network(Platform.X)
    reposts: dict[int, list[Any]] = {}
    for post in network.posts.values():
        if post.kind is Kind.REPOST and post.target_id in network.program_post_ids:
            reposts.setdefault(post.target_id, []).append(post)
    target, found = max(reposts.items(), key=lambda pair: len(pair[1]))
    found = [one for one in found if one.removed_at is None]
    assert len(found) > 2 * CAP
    oldest = min(found, key=lambda one: one.at)
    account = world.accounts[world.ani]
    await make.execute(
        "UPDATE program_post SET official_post_ref = $1 WHERE id = $2", str(target), world.post
    )
    await make.execute(
        "UPDATE social_account SET platform_user_id = $1 WHERE id = $2",
        str(oldest.author_id),
        account,
    )
    await make.insert(
        "account_key",
        platform="X",
        platform_user_id=str(oldest.author_id),
        asn_id=world.ani,
        account_id=account,
    )
    await sweep(desk, world)
    assert await make.value(PRESENCE, account) == "LIVE"
    return str(target), account


async def sweep(desk: LoginDesk, world: World) -> None:
    """Read the list of reposts once, from its beginning to its end."""
    message = f"test:{new_id()}"
    async with transaction() as db:
        await enqueue(db, Job.SCAN_RESHARERS, {"post_id": str(world.post)}, key=message)
    key = await make.value("SELECT id FROM outbox_message WHERE key = $1", message)
    await Runner(desk.kit, TASKS).run(key)
    assert await make.value("SELECT state FROM outbox_message WHERE id = $1", key) == "DONE"
