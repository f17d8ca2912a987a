"""A real Bluesky network as a child process: PLC directory, PDS and AppView of their own makers.

`GEMA_NODE` names a Node of version 22 or later, else `node` of the path is taken;
`GEMA_BLUESKY_PEER` names a folder in which `tests/e2e/bluesky_peer/package.json` was installed.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

SOURCE = Path(__file__).parent / "bluesky_peer"
OLDEST_NODE = 22
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
_PORT_BASE = 2580
_BYPASS = {"x-ratelimit-bypass": "gema-peer"}


@dataclass(frozen=True)
class Person:
    """An account and the right to write in its repository."""

    did: str
    handle: str
    token: str


@dataclass(frozen=True)
class BlueskyNetwork:
    """The addresses of a running network, and what people do on it."""

    pds: str
    appview: str

    def join(self, names: Sequence[str]) -> list[Person]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(self._join, names))

    def write(self, person: Person, collection: str, record: Mapping[str, Any]) -> dict[str, str]:
        """Create a record now; return its uri and cid."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = {"$type": collection, "createdAt": at, **record}
        told = {"repo": person.did, "collection": collection, "record": body}
        done = self._call("com.atproto.repo.createRecord", told, person.token)
        return {"uri": done["uri"], "cid": done["cid"]}

    def delete(self, person: Person, uri: str) -> None:
        _, _, _, collection, key = uri.split("/")
        told = {"repo": person.did, "collection": collection, "rkey": key}
        self._call("com.atproto.repo.deleteRecord", told, person.token)

    def reposters(self, uri: str) -> set[str]:
        """Return whom the network itself lists by now: its own view lags behind the writing."""
        told = {"uri": uri, "limit": "100"}
        method = f"{self.appview}/xrpc/app.bsky.feed.getRepostedBy"
        answer = httpx2.get(method, params=told, timeout=30)
        assert answer.status_code == 200, answer.text
        return {each["did"] for each in answer.json()["repostedBy"]}

    def _join(self, name: str) -> Person:
        told = {"handle": f"{name}.test", "email": f"{name}@contoh.test", "password": "rahasia-1"}
        done = self._call("com.atproto.server.createAccount", told)
        return Person(done["did"], done["handle"], done["accessJwt"])

    def _call(self, name: str, body: Mapping[str, Any], token: str | None = None) -> Any:
        headers = _BYPASS | ({"authorization": f"Bearer {token}"} if token else {})
        answer = httpx2.post(f"{self.pds}/xrpc/{name}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else {}


@contextmanager
def bluesky_network(database_url: str, redis_url: str) -> Iterator[BlueskyNetwork]:
    """Run the network, or skip with the reason for which there is none."""
    command = [_node(), _installed() / "net.mjs"]
    told = {
        "BSKY_DATABASE_URL": database_url,
        "BSKY_REDIS": re.sub(r"^\w+://(?:[^@]*@)?", "", redis_url).split("/")[0],
        "BSKY_PORT_BASE": str(_PORT_BASE),
        "BSKY_EXIT_WITH_PARENT": "1",
    }
    with subprocess.Popen(
        command,
        env={**os.environ, **told},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, "the network did not start"
            found = json.loads(line)
            yield BlueskyNetwork(found["pds"], found["appview"])
        finally:
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _node() -> str:
    node = os.environ.get("GEMA_NODE") or shutil.which("node")
    if node is None:
        pytest.skip("no Node: the Bluesky network needs Node 22 or later (GEMA_NODE names it)")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node {version.strip()} is too old: the Bluesky network needs 22 or later")
    return node


def _installed() -> Path:
    folder = Path(os.environ.get("GEMA_BLUESKY_PEER") or SOURCE)
    if not (folder / "node_modules" / "@atproto" / "dev-env").exists():
        pytest.skip(f"@atproto/dev-env is not installed: npm install in a copy of {SOURCE.name}")
    for name in ("net.mjs", "loopback.mjs"):
        if folder != SOURCE:
            shutil.copy(SOURCE / name, folder / name)
    return folder


def eventually(is_so: Any, seconds: float, state: Any = lambda: "") -> float:
    """Wait for something to become true; return after how many seconds it was."""
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < seconds, f"not so after {seconds} s: {state()}"
        time.sleep(0.2)
    return time.monotonic() - start
