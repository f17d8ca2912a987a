"""How long heavy requests take to be refused, and how long an innocent one beside them waits."""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import uvicorn

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings

ROUNDS = 10
INNOCENT = "{ viewer { role name scope } rateLimit { cost remaining } }"
ATTACKS = {
    "200,000 tokens": "{ " + "a " * 100_000 + "}",
    "1,000 aliases": "{ " + " ".join(f"a{n}: viewer {{ role }}" for n in range(1_000)) + " }",
    "400 repeats": "{ asns { nodes { " + "agency { id } " * 400 + "} } }",
    "lists 3,000 deep": "{ nodes(ids: " + "[" * 3_000 + "]" * 3_000 + ") { id } }",
    "20 MB": "{ viewer { role } }" + " " * 20_000_000,
}


async def main() -> None:
    """Serve in a process of its own and print the slowest of some rounds of each attack."""
    with tempfile.TemporaryDirectory() as place:
        environment = {**_environment(Path(place)), "PATH": os.environ["PATH"]}
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.attacks", "--port", "8977"), env=environment
        )
        try:
            await _measured(Settings.from_env(environment))
        finally:
            server.terminate()
            await server.wait()


def _environment(place: Path) -> dict[str, str]:
    keys = dict.fromkeys(("ENC_KEYS", "INDEX_KEY", "CURSOR_KEYS", "RESHARER_KEY"), "11" * 32)
    nowhere = {"DATABASE_URL": "postgres://x:x@127.0.0.1:9/x", "REDIS_URL": "redis://127.0.0.1:9/0"}
    return {**keys, **nowhere, "GEMA_HOME": str(place)}


async def _measured(settings: Settings) -> None:
    token = issue_dev_token(settings.access, Role.ADMIN, now=datetime.now(UTC))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url="http://127.0.0.1:8977", timeout=30) as client:
        await _awake(client)
        alone = [await _timed(client, INNOCENT, headers) for _ in range(30)]
        _say(f"innocent, alone: slowest {max(alone) * 1000:.0f} ms")
        for name, attack in ATTACKS.items():
            took, waited = [], []
            for _ in range(ROUNDS):
                both = await asyncio.gather(
                    _timed(client, attack, headers), _timed(client, INNOCENT, headers)
                )
                took.append(both[0])
                waited.append(both[1])
            worst, beside = max(took) * 1000, max(waited) * 1000
            _say(f"{name}: refused in at most {worst:.0f} ms; innocent beside it {beside:.0f} ms")


async def _awake(client: httpx2.AsyncClient) -> None:
    for _ in range(200):
        try:
            await client.get("/livez")
        except httpx2.ConnectError:
            await asyncio.sleep(0.1)
        else:
            return


async def _timed(client: httpx2.AsyncClient, query: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    # The server hangs up on a body that it has refused.
    with suppress(httpx2.WriteError, httpx2.ReadError):
        await client.post("/graphql", json={"query": query}, headers=headers)
    return time.perf_counter() - started


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
