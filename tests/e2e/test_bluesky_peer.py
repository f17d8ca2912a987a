"""On a real Bluesky network that we did not write: what a hundred accounts do is in the tables."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest
from bluesky_network import (
    POST,
    REPOST,
    BlueskyNetwork,
    Person,
    bluesky_network,
    eventually,
)
from peer_registry import (
    Seen,
    differing,
    has_listed_all,
    is_read_once,
    only,
    recorded,
    register,
    undated_count,
)
from small_world import SmallWorld, real_worker

from api.domain.platform import Platform
from api.local import Urls

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]

WITHIN_SECONDS = 30


@pytest.fixture
def network(servers: Urls) -> Iterator[BlueskyNetwork]:
    name = "bsky_peer"
    asyncio.run(_execute(servers.database_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    asyncio.run(_execute(servers.database_url, f"CREATE DATABASE {name}"))
    url = servers.database_url.rsplit("/", 1)[0] + f"/{name}"
    with bluesky_network(url, servers.redis_url) as running:
        yield running


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_reposts_quotes_and_deletions_of_a_hundred_accounts_are_exact_within_thirty_seconds(
    network: BlueskyNetwork, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    ministry, *people = network.join(["kementerian", *(f"warga{n}" for n in range(100))])
    post = network.write(ministry, POST, {"text": "Imunisasi lengkap melindungi anak."})
    holders, others = people[:90], people[90:]
    known = [(one.handle, one.did) for one in holders]
    asyncio.run(register(environment["DATABASE_URL"], Platform.BLUESKY, post["uri"], known))
    places = {"GEMA_BLUESKY_BASE_URL": network.appview, "GEMA_BLUESKY_PDS_URL": network.pds}
    world = SmallWorld({**environment, **only(Platform.BLUESKY), **places}, "", ())

    with real_worker(world):
        # A system that runs: everybody's timeline and both lists of the post were read before.
        eventually(lambda: is_read_once(world, len(holders)), 4 * WITHIN_SECONDS, world.state)
        reposts = _each(lambda one: network.write(one, REPOST, {"subject": post}), people[:70])
        quotes = _each(lambda one: network.write(one, POST, _quote(post)), people[60:])
        true: Seen = {("REPOST", one.did, None) for one in holders[:70]}
        true |= {("QUOTE", one.did, quotes[one.did]["uri"]) for one in holders[60:]}

        def state() -> object:
            listed = f"the network lists {len(network.reposters(post['uri']))} reposts"
            return listed, differing(world, true)

        shared = eventually(lambda: recorded(world) == true, WITHIN_SECONDS, state)
        dated = eventually(lambda: undated_count(world) == 0, WITHIN_SECONDS)
        eventually(lambda: has_listed_all(world), WITHIN_SECONDS)

        gone = [*people[:10], *people[20:25]]
        _each(lambda one: network.delete(one, reposts[one.did]["uri"]), gone)
        _each(lambda one: network.delete(one, quotes[one.did]["uri"]), people[80:88])
        _each(lambda one: network.write(one, REPOST, {"subject": post}), people[20:25])
        true -= {("REPOST", one.did, None) for one in people[:10]}
        true -= {("QUOTE", one.did, quotes[one.did]["uri"]) for one in people[80:88]}
        removed = eventually(lambda: recorded(world) == true, WITHIN_SECONDS, state)

    assert {one.did for one in others}.isdisjoint(did for _, did, _ in recorded(world))
    assert world.value("SELECT count(*) FROM dead_letter") == 0
    with capsys.disabled():
        print(f"\nshared {shared:.1f} s, dated {dated:.1f} s, "  # noqa: T201 (the measurement)
              f"removed {removed:.1f} s")  # fmt: skip


def _each(
    work: Callable[[Person], dict[str, str] | None], people: list[Person]
) -> dict[str, dict[str, str]]:
    with ThreadPoolExecutor(8) as pool:
        return dict(zip((one.did for one in people), pool.map(work, people), strict=True))


def _quote(post: dict[str, str]) -> dict[str, object]:
    embed = {"$type": "app.bsky.embed.record", "record": post}
    return {"text": "Mohon dibaca.", "embed": embed}
