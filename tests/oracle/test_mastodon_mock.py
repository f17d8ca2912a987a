"""The connector of Mastodon reads a server that others wrote: boosts, and boosts undone."""

import os
import subprocess

import httpx2
import pytest

from api.domain.matching import post_from_id
from api.domain.platform import Coverage, Platform
from tests.integration.connector_kit import Scene, read_all, settings_of
from workers.platforms import ClientTools, connector_for
from workers.platforms.base import APP
from workers.platforms.ledger import UnmeteredLedger
from workers.platforms.limiter import LocalLimiter

HOST = "sosial.contoh.id"
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


@pytest.fixture
def server():
    python = os.environ.get("GEMA_ORACLE_PYTHON")
    if not python:
        pytest.skip("GEMA_ORACLE_PYTHON names no Python with mastodon-mock: run `make oracle`")
    command = [python, "-W", "ignore", "-c", SERVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        yield running.stdout.readline().strip()
        running.stdin.close()


def act(server, name, path, **body):
    headers = {"authorization": f"Bearer token-{name}"}
    answer = httpx2.post(f"{server}/api/v1/{path}", headers=headers, json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_boosts_of_a_hundred_accounts_are_exact_also_when_some_are_undone(server):
    number = act(server, "kementerian", "statuses", status="Imunisasi lengkap.")["id"]
    for index in range(70):
        act(server, f"warga{index}", f"statuses/{number}/reblog")
    settings = settings_of(
        GEMA_MASTODON_HOSTS=f"{HOST}={server}", GEMA_MASTODON_TOKENS=f"{HOST}=token-kementerian"
    )
    now = Scene().now
    connector = connector_for(
        Platform.MASTODON, settings, ClientTools(LocalLimiter(now), UnmeteredLedger(), now)
    )
    post = post_from_id(Platform.MASTODON, f"https://{HOST}/@kementerian/{number}")

    async def boosters():
        facts, issues, coverage = await read_all(lambda c: connector.resharers(post, APP, c))
        assert (issues, coverage) == ([], Coverage.COMPLETE)
        return {fact.actor.split("@")[0] for fact in facts}

    first = await boosters()
    for index in range(10):
        act(server, f"warga{index}", f"statuses/{number}/unreblog")
    second = await boosters()
    await connector.close()

    assert first == {f"warga{n}" for n in range(70)}
    assert second == {f"warga{n}" for n in range(10, 70)}
