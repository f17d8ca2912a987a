"""How long heavy requests take to be refused, and how much an innocent one beside them is delayed.

The attackers speak over raw sockets from threads, with bodies made beforehand; the innocent asks
PostgreSQL without a pause over a connection of its own. Both clients share one process, and all of
it one machine: "beside another innocent" is what two clients alone do to each other.
"""

import asyncio
import json
import selectors
import socket
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2

from api.actions.reference import ensure_reference_rows
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings
from tests.bench._server import PORT, URL, served_apart

ROUNDS = 20
MOST_MS, MOST_DELAY_MS = 200, 100
INNOCENT = "{ viewer { role } provinces { id name } }"
ATTACKS = {
    "beside another innocent": INNOCENT,
    "200,000 tokens": "{ " + "a " * 100_000 + "}",
    "200,000 tokens of punctuation": "{a" * 65_000 + "}" * 65_000,
    "1,000 aliases": "{ " + " ".join(f"a{n}: viewer {{ role }}" for n in range(1_000)) + " }",
    "400 repeats of one field": "{ asns { nodes { " + "id " * 400 + "} } }",
    "400 repeats with a selection": "{ asns { nodes { " + "agency { id } " * 400 + "} } }",
    "lists 3,000 deep": "{ nodes(ids: " + "[" * 3_000 + "]" * 3_000 + ") { id } }",
    "fields 3,000 deep": "{ viewer " * 3_000 + "}" * 3_000,
    "20 MB": "{ viewer { role } }" + " " * 20_000_000,
}
DEEP_VARIABLES = b'{"query":"{ viewer { role } }","variables":{"v":%b}}'


@dataclass(frozen=True)
class Answered:
    """How an attack ended."""

    seconds: float
    status: str


async def main() -> None:
    """Print the slowest of some rounds of each attack; exit 1 where one is over a limit."""

    async def fill(_: Settings) -> None:
        await ensure_reference_rows()

    async with served_apart(fill) as settings:
        token = issue_dev_token(settings.access, Role.ADMIN, now=datetime.now(UTC))
        is_good = await _measured({"authorization": f"Bearer {token}"})
    if not is_good:
        raise SystemExit(1)


async def _measured(headers: dict[str, str]) -> bool:
    async with httpx2.AsyncClient(base_url=URL, timeout=30) as client:
        for _ in range(50):
            await _timed(client, headers)
        alone = [await _timed(client, headers) for _ in range(200)]
        usual = statistics.median(alone)
        _say(f"innocent, alone: median {usual:.1f} ms, slowest {max(alone):.1f} ms")
        _say(f"{'':34}{'median':>8}{'slowest':>9}{'delay of the innocent: median, most':>40}")
        return all([await _round(client, headers, name, usual) for name in _requests(headers)])


async def _round(
    client: httpx2.AsyncClient, headers: dict[str, str], name: str, usual: float
) -> bool:
    request = _requests(headers)[name]()
    answers, beside = [], []
    for _ in range(ROUNDS):
        attack = asyncio.create_task(asyncio.to_thread(_attack, request))
        while not attack.done():
            beside.append(await _timed(client, headers))
        answers.append(attack.result())
    took = [one.seconds * 1000 for one in answers]
    delay = [one - usual for one in beside]
    _say(
        f"{name:34}{statistics.median(took):8.1f}{max(took):9.1f}"
        f"{statistics.median(delay):30.1f}{max(delay):10.1f}   {_counted(answers)}"
    )
    return max(took) < MOST_MS and max(delay) < MOST_DELAY_MS


def _counted(answers: list[Answered]) -> dict[str, int]:
    statuses = [one.status for one in answers]
    return {status: statuses.count(status) for status in sorted(set(statuses))}


async def _timed(client: httpx2.AsyncClient, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    response = await client.post("/graphql", json={"query": INNOCENT}, headers=headers)
    assert "errors" not in response.json(), response.text
    return (time.perf_counter() - started) * 1000


def _requests(headers: dict[str, str]) -> dict[str, Callable[[], bytes]]:
    """Return how to make the bytes of each attack."""

    def plain(body: bytes) -> bytes:
        return _head(headers, f"content-length: {len(body)}") + body

    def chunked(body: bytes) -> bytes:
        size = 65_536
        parts = (body[n : n + size] for n in range(0, len(body), size))
        sent = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
        return _head(headers, "transfer-encoding: chunked") + sent + b"0\r\n\r\n"

    made = {
        name: lambda query=query: plain(json.dumps({"query": query}).encode())  # type: ignore[misc]
        for name, query in ATTACKS.items()
    }
    big = json.dumps({"query": ATTACKS["20 MB"]}).encode()
    return {
        **made,
        "20 MB, chunked": lambda: chunked(big),
        "variables 3,000 deep": lambda: plain(DEEP_VARIABLES % (b"[" * 3_000 + b"]" * 3_000)),
        "variables 100,000 deep": lambda: plain(DEEP_VARIABLES % (b"[" * 100_000 + b"]" * 100_000)),
        "100,000 values in variables": lambda: plain(
            DEEP_VARIABLES % (b"[" + b"1," * 99_999 + b"1]")
        ),
    }


def _head(headers: dict[str, str], length: str) -> bytes:
    lines = [
        "POST /graphql HTTP/1.1",
        f"host: 127.0.0.1:{PORT}",
        "content-type: application/json",
        "accept: application/graphql-response+json",
        f"authorization: {headers['authorization']}",
        length,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _attack(request: bytes) -> Answered:
    """Send as fast as the server takes it, and stop at the first byte of the answer."""
    rest = memoryview(request)
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", PORT)) as attacker:
        attacker.setblocking(False)  # noqa: FBT003
        waiting = selectors.DefaultSelector()
        waiting.register(attacker, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while True:
            ((_, ready),) = waiting.select()
            if ready & selectors.EVENT_READ:
                return Answered(time.perf_counter() - started, _status(attacker))
            try:
                rest = rest[attacker.send(rest) :]
            except (BrokenPipeError, ConnectionResetError):
                return Answered(time.perf_counter() - started, "hung up")
            if not rest:
                waiting.modify(attacker, selectors.EVENT_READ)


def _status(attacker: socket.socket) -> str:
    try:
        answer = attacker.recv(4_096)
    except ConnectionResetError:
        return "hung up"
    return answer.split(b" ", 2)[1].decode() if answer else "hung up"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
