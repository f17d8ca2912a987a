"""On a Mastodon that others wrote, `mastodon-mock`: what a hundred accounts boost is in the tables.

`GEMA_ORACLE_PYTHON` names the Python that has it: `make oracle` installs it and runs this.
"""

import asyncio
import os
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx2
import pytest
from bluesky_network import eventually
from peer_registry import (
    Seen,
    differing,
    has_listed_all,
    is_read_once,
    only,
    recorded,
    register,
)
from small_world import SmallWorld, real_worker

from api.domain.platform import Platform

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]

WITHIN_SECONDS = 30
HOST = "mock.local"
"""What that server calls itself, wherever it listens."""
MINISTRY = "kementerian"
SERVER = """
import sys
from mastodon_mock.config import SeedAccount, SeedConfig
from mastodon_mock.testing import MockServer

names = ["kementerian", *(f"warga{number}" for number in range(100))]
accounts = [SeedAccount(username=name, access_token=f"token-{name}") for name in names]
with MockServer(seed=SeedConfig(accounts=accounts)) as server:
    print(server.base_url, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class MastodonNetwork:
    """The address of a running server, and what people do on it."""

    url: str

    def act(self, name: str, path: str, **body: str) -> dict[str, str]:
        headers = {"authorization": f"Bearer token-{name}"}
        place = f"{self.url}/api/v1/statuses{path}"
        answer = httpx2.post(place, headers=headers, json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        told: dict[str, str] = answer.json()
        return told

    def each(self, names: Iterable[str], path: str) -> None:
        """Let many people do the same."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: self.act(name, path), names))


@pytest.fixture
def network() -> Iterator[MastodonNetwork]:
    python = os.environ.get("GEMA_ORACLE_PYTHON")
    if not python:
        pytest.skip("GEMA_ORACLE_PYTHON names no Python with mastodon-mock: run `make oracle`")
    command = [python, "-W", "ignore", "-c", SERVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        yield MastodonNetwork(running.stdout.readline().strip())
        running.stdin.close()


def test_boosts_and_undone_boosts_of_a_hundred_accounts_are_exact_within_thirty_seconds(
    network: MastodonNetwork, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    people = [f"warga{number}" for number in range(100)]
    holders = people[:90]
    post = network.act(MINISTRY, "", status="Imunisasi lengkap melindungi anak.")
    known = [(f"{name}@{HOST}", _address(name)) for name in holders]
    asyncio.run(register(environment["DATABASE_URL"], Platform.MASTODON, post["uri"], known))
    places = {
        "GEMA_MASTODON_HOSTS": f"{HOST}={network.url}",
        "GEMA_MASTODON_TOKENS": f"{HOST}=token-{MINISTRY}",
    }
    world = SmallWorld({**environment, **only(Platform.MASTODON), **places}, "", ())

    with real_worker(world):
        # A system that runs. A host lets 300 calls pass in five minutes: dates come later.
        eventually(lambda: is_read_once(world, len(holders)), 4 * WITHIN_SECONDS, world.state)
        boost, undo = f"/{post['id']}/reblog", f"/{post['id']}/unreblog"
        network.each(people[10:], boost)
        true = _boosts(holders[10:])
        shared = eventually(
            lambda: recorded(world) == true, WITHIN_SECONDS, lambda: differing(world, true)
        )
        eventually(lambda: has_listed_all(world), WITHIN_SECONDS)

        network.each(people[10:35], undo)
        network.each(people[30:35], boost)
        network.each(people[:5], boost)
        true = _boosts([*holders[:5], *holders[30:]])
        removed = eventually(
            lambda: recorded(world) == true, WITHIN_SECONDS, lambda: differing(world, true)
        )

    assert world.value("SELECT count(*) FROM dead_letter") == 0
    with capsys.disabled():
        print(f"\nboosted {shared:.1f} s, undone {removed:.1f} s")  # noqa: T201 (the measurement)


def _address(name: str) -> str:
    return f"https://{HOST}/@{name}"


def _boosts(names: Iterable[str]) -> Seen:
    return {("REPOST", _address(name), None) for name in names}
