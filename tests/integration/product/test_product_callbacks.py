"""The sandbox calls back over real HTTP: challenges, signed events, repeats, and a replay."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import factories as make
import httpx2
import pytest
from api_client import Api
from live import served
from world import World

from api.cli.networks import simulated_networks
from api.domain.platform import Platform
from api.models import new_id, transaction
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from api.settings import Settings
from tests.integration.connector_kit import Scene
from workers.platforms import connector_for
from workers.sandbox.network import Kind
from workers.tasks import TASKS
from workers.tasks.kit import Kit
from workers.tasks.outbox import Runner

SIGNING = ["X", "FACEBOOK", "INSTAGRAM"]
ROWS = "SELECT count(*) FROM outbox_message WHERE job = 'webhook'"
SHARES = """SELECT array_agg(key ORDER BY key) FROM share JOIN share_evidence e
              ON e.share_id = share.id WHERE account_id = $1 AND mechanism = 'EVENT'"""


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_env({**environment, **simulated_networks("http://127.0.0.1:1")})


@dataclass
class Callbacks:
    """A sandbox that knows where we listen."""

    scene: Scene
    address: str
    settings: Settings

    async def order(self, platform: str, **order: Any) -> list[dict[str, Any]]:
        """Let the sandbox call back; return what it was answered."""
        url = f"http://{self.address}/webhooks/{platform.lower()}"
        told = await self.scene.tell("webhooks", {"platform": platform, "url": url, **order})
        answers: list[dict[str, Any]] = told["answers"]
        return answers

    def shares(self, platform: Platform, *, with_removed: bool = False) -> list[Any]:
        """Return the shares of official posts, each of which has an event."""
        network = self.scene.network(platform)
        targets = set(network.program_post_ids)
        return [
            post
            for post in network.posts.values()
            if post.target_id in targets and (with_removed or post.removed_at is None)
        ]

    def id_of(self, platform: Platform, post: Any) -> str:
        """Return the network's id of a post."""
        network = self.scene.network(platform)
        native_id: str = network.customs.post_id(network, post)
        return native_id

    async def poll(self) -> None:
        """List who passed the official posts on, as a worker does."""
        await make.execute("UPDATE outbox_message SET state = 'CANCELLED' WHERE job LIKE 'scan%'")
        async with transaction() as db:
            for row in await db.fetch("SELECT id FROM program_post WHERE platform = 'X'"):
                for job in (Job.SCAN_RESHARERS, Job.SCAN_QUOTES):
                    args = {"post_id": str(row["id"])}
                    await enqueue(db, job, args, key=f"test:{new_id()}")
        await self.work("scan_resharers", "scan_quotes")

    async def work(self, *jobs: str) -> None:
        """Read the events that wait, or do other work, as a worker does."""
        connector = connector_for(Platform.X, self.settings, self.scene.tools())
        kit = Kit(self.settings, Sealer(self.settings.secrets), {Platform.X: connector})
        async with make.connection() as db:
            waiting = await db.fetch(
                "SELECT id FROM outbox_message WHERE job = ANY($1) AND state = 'PENDING'",
                jobs or ["webhook"],
            )
        for row in waiting:
            await Runner(kit, TASKS).run(row["id"])
        await connector.close()


@pytest.fixture
async def callbacks(api: Api) -> AsyncIterator[Callbacks]:
    assert isinstance(api.client._transport, httpx2.ASGITransport)  # noqa: SLF001
    async with served(api.client._transport.app) as address:  # noqa: SLF001
        yield Callbacks(Scene(), address, api.settings)


@pytest.mark.parametrize("platform", SIGNING)
async def test_the_sandbox_finds_its_challenge_answered(
    callbacks: Callbacks, platform: str
) -> None:
    (answer,) = await callbacks.order(platform, do="verify", verifyToken="sandbox-verify-token")

    assert answer["isVerified"] is True


@pytest.mark.parametrize("platform", SIGNING)
@pytest.mark.parametrize("form", ["escaped", "raw"])
async def test_an_event_sent_twice_is_one_row_and_a_bad_signature_none(
    callbacks: Callbacks, platform: str, form: str
) -> None:
    share = callbacks.shares(Platform(platform))[0]
    order = {"post": callbacks.id_of(Platform(platform), share), "form": form}

    bad = await callbacks.order(platform, **order, isSigned=False)
    none = await make.value(ROWS)
    good = await callbacks.order(platform, **order, times=2)

    assert [each["status"] for each in bad + good] == [401, 200, 200]
    assert (none, await make.value(ROWS)) == (0, 1)


async def test_what_x_sends_again_after_an_outage_adds_what_was_lost_and_nothing_twice(
    callbacks: Callbacks, world: World
) -> None:
    shares = callbacks.shares(Platform.X)
    first = shares[0]
    mine = [one for one in shares if one.author_id == first.author_id]
    await follow(world, first.author_id, {one.target_id for one in mine})

    await callbacks.order("X", post=callbacks.id_of(Platform.X, first))
    await callbacks.work()
    before = await make.value(SHARES, world.accounts[world.ani])
    answers = await callbacks.order("X", do="replay")
    await callbacks.work()
    after = await make.value(SHARES, world.accounts[world.ani])
    await callbacks.order("X", do="replay")
    await callbacks.work()

    assert len(before) == 1
    assert {answer["status"] for answer in answers} == {200}
    assert len(answers) == len(callbacks.shares(Platform.X, with_removed=True))
    assert after == sorted({key_of_share(one) for one in mine})
    assert await make.value(SHARES, world.accounts[world.ani]) == after
    assert await make.value(ROWS) == len(answers)


def key_of_share(share: Any) -> str:
    if share.kind is Kind.REPOST:
        return f"X:REPOST:{share.target_id}:{share.author_id}"
    return f"X:QUOTE:{share.id}"


async def follow(world: World, author_id: int, target_ids: set[int]) -> None:
    """Let Ani hold an account of the sandbox, and the campaign publish what it passed on."""
    account = world.accounts[world.ani]
    await make.execute("DELETE FROM share_evidence")
    await make.execute(
        "UPDATE social_account SET platform_user_id = $1 WHERE id = $2", str(author_id), account
    )
    await make.insert(
        "account_key",
        platform="X",
        platform_user_id=str(author_id),
        asn_id=world.ani,
        account_id=account,
    )
    for number, target_id in enumerate(sorted(target_ids)):
        post = world.post if number == 0 else await make.make_post(world.campaign)
        await make.execute(
            "UPDATE program_post SET official_post_ref = $1 WHERE id = $2", str(target_id), post
        )


LIVE = "SELECT array_agg(key ORDER BY key) FROM share WHERE platform = 'X' AND presence = 'LIVE'"
SEEN = """SELECT array_agg(DISTINCT s.key) FROM share s
            JOIN share_evidence e ON e.asn_id = s.asn_id AND e.share_id = s.id
           WHERE e.mechanism {} 'EVENT'"""
ROW = "SELECT array_agg(t::text ORDER BY t::text) FROM {} t"


async def test_a_stream_in_trouble_and_the_lists_meet_in_the_rows_of_the_lists_alone(
    callbacks: Callbacks, world: World
) -> None:
    every = callbacks.shares(Platform.X, with_removed=True)
    author_ids = sorted({one.author_id for one in every})[:40]
    mine = [one for one in every if one.author_id in author_ids]
    await make.execute("DELETE FROM share_evidence")
    await make.execute("DELETE FROM share")
    await follow(world, author_ids[0], {one.target_id for one in every})
    for author_id in author_ids[1:]:
        await hold(author_id)
    shown = callbacks.scene.network(Platform.X).is_visible
    true = sorted(key_of_share(one) for one in mine if shown(one))
    trouble = {"do": "stream", "lost": 0.25, "twice": 0.4, "late": 0.25, "isReordered": True}

    now = await callbacks.order("X", **trouble)
    await callbacks.work()
    first = await make.value(LIVE)
    await callbacks.poll()
    later = await callbacks.order("X", **trouble, part="late")
    await callbacks.work()
    # What only an event told is believed for ten minutes, as lists lag behind events.
    await make.execute("UPDATE share_evidence SET observed_at = observed_at - interval '1 hour'")
    await callbacks.poll()
    await callbacks.poll()
    rows = [await make.value(ROW.format(table)) for table in ("share", "share_evidence")]
    await callbacks.order("X", **trouble)
    await callbacks.order("X", **trouble, part="late")
    await callbacks.work()
    await callbacks.poll()

    assert {answer["status"] for answer in now + later} == {200}
    assert 10 < len(first) < len(true)
    assert await make.value(LIVE) == true
    assert set(await make.value(SEEN.format("="))) - set(await make.value(SEEN.format("<>"))) <= {
        key_of_share(one) for one in mine if not shown(one)
    }
    assert [await make.value(ROW.format(table)) for table in ("share", "share_evidence")] == rows


async def hold(author_id: int) -> None:
    """Let somebody else hold an account of the sandbox."""
    asn_id = await make.make_asn("Warga Contoh")
    account = await make.make_account(asn_id, f"warga_{author_id}"[:15])
    await make.execute(
        "UPDATE social_account SET platform_user_id = $1 WHERE id = $2", str(author_id), account
    )
    await make.execute("DELETE FROM account_key WHERE account_id = $1", account)
    await make.insert(
        "account_key",
        platform="X",
        platform_user_id=str(author_id),
        asn_id=asn_id,
        account_id=account,
    )
