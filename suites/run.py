"""Every independent suite against an installation of its own: `make suites`.

Needs Node 20 or newer and, once, a network. Exit status: 0 when all suites pass or Node is
missing, 1 otherwise.
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

from moving import Moving, moving_people
from running import Installation, Run, started

from api.schema.identity import encode_id

SUITES = Path(__file__).resolve().parent
CHECKOUT = SUITES.parent
GRAPHQL, FRONTEND = SUITES / "graphql", SUITES / "frontend"
SCHEMA = CHECKOUT / "schema.graphql"
CONTRACT = CHECKOUT.parent / "shared" / "contract" / "operations.graphql"
PLAIN = GRAPHQL / "operations" / "plain"
OLDEST_NODE = 20
SUITE_SECONDS = 300
PEOPLE_COUNT = 10_000
FIRST_CAMPAIGN = "{ campaigns(first: 1) { nodes { id } } }"
PROGRESS = "subscription($id: ID!) { campaignProgress(id: $id) { asOf } }"

Result = tuple[str, bool, float]


def main() -> int:
    """Run all suites, print what each said and then one line for each."""
    version = _node_version()
    if version < OLDEST_NODE:
        found = f"version {version} is here" if version else "there is no Node here"
        print(f"suites: SKIPPED, nothing was checked: Node {OLDEST_NODE} is needed, {found}")
        return 0
    for folder in (GRAPHQL, FRONTEND):
        _install(folder)
    results = [*_on_the_schema(), *_on_servers()]
    print("\n== summary")
    for name, is_passed, seconds in results:
        print(f"{'ok  ' if is_passed else 'FAIL'} {name} ({seconds:.0f} s)")
    return 0 if all(is_passed for _, is_passed, _ in results) else 1


def _node_version() -> int:
    """Return the major version, 0 where Node or npm is missing."""
    if not shutil.which("node") or not shutil.which("npm"):
        return 0
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def _install(folder: Path) -> None:
    # npm writes this file last: a folder without it is a broken installation.
    if not (folder / "node_modules" / ".package-lock.json").exists():
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel", "error"]
        subprocess.run(command, cwd=folder, check=True)


def _on_the_schema() -> Iterator[Result]:
    yield _suite("selftest", GRAPHQL, "selftest.mjs")
    yield _suite("lint", GRAPHQL, "lint.mjs", SCHEMA)
    yield _suite("relay", GRAPHQL, "relay.mjs", SCHEMA)
    documents = CONTRACT if CONTRACT.exists() else PLAIN
    yield _suite(f"codegen of {documents.name}", GRAPHQL, "codegen.mjs", SCHEMA, documents)
    with tempfile.TemporaryDirectory(prefix="gema-suites-") as folder:
        published = Path(folder, "published.graphql")
        show = ["git", "show", "HEAD:schema.graphql"]
        published.write_bytes(subprocess.check_output(show, cwd=CHECKOUT))
        yield _suite("diff with HEAD", GRAPHQL, "diff.mjs", published, SCHEMA)


def _on_servers() -> Iterator[Result]:
    with tempfile.TemporaryDirectory(prefix="gema-suites-") as folder:
        # As root, the embedded servers run as another account, which must get through here.
        Path(folder).chmod(0o711)
        data = Path(folder, "data")
        with started(Installation(data, {"ALLOW_GET": "true"})) as run:
            yield _served("audit, GET on", run, "audit.mjs", run.url, "--get")
        with started(Installation(data, {"ALLOW_GET": "false"})) as run:
            yield _served("audit, GET off", run, "audit.mjs", run.url)
            yield _served("pages of asns", run, "pages.mjs", run.url, "asns")
            yield _sockets(run)
            token = run.installation.token("ADMIN")
            yield _suite("frontend", FRONTEND, "run.mjs", run.url, token)
            yield asyncio.run(_paged_while_people_move(run))


def _sockets(run: Run) -> Result:
    told = run.data(FIRST_CAMPAIGN, token=run.installation.token("ADMIN"))
    variables = f'{{"id":"{told["campaigns"]["nodes"][0]["id"]}"}}'
    options = ("--subscription", PROGRESS, "--variables", variables)
    return _served("sockets", run, "ws.mjs", run.url.replace("http", "ws", 1), *options)


async def _paged_while_people_move(run: Run) -> Result:
    """Compare what two clients hold after paging with who was there all the time."""
    print("\n== pages while people come and go", flush=True)
    begun = time.monotonic()
    judged = []
    async with moving_people(run.installation.home.database_url(), PEOPLE_COUNT) as moving:
        for client in ("apollo", "urql"):
            pages, ids = await _walked(run, client)
            judged.append(_saw_each_once(client, pages, ids, moving))
    print(f"{moving.arrived_count} came and {moving.left_count} left meanwhile")
    return "pages while people come and go", all(judged), time.monotonic() - begun


async def _walked(run: Run, client: str) -> tuple[int, list[str]]:
    """Return how many pages the client read and whom it holds; nothing where it failed."""
    command = ["node", "moving.mjs", client, run.url, run.installation.token("ADMIN")]
    node = await asyncio.create_subprocess_exec(*command, cwd=FRONTEND, stdout=PIPE)
    begun = time.monotonic()
    try:
        said, _ = await asyncio.wait_for(node.communicate(), SUITE_SECONDS)
    except TimeoutError:
        node.kill()
        await node.wait()
    seconds = time.monotonic() - begun
    print(f"{client}: ended after {seconds:.0f} s with status {node.returncode}")
    walked = json.loads(said) if node.returncode == 0 else {"pages": 0, "ids": []}
    return walked["pages"], walked["ids"]


def _saw_each_once(name: str, pages: int, ids: list[str], moving: Moving) -> bool:
    missed = {encode_id("Asn", key) for key in moving.staying} - set(ids)
    twice = len(ids) - len(set(ids))
    print(
        f"{name}: {pages} pages, {len(ids)} people, {twice} twice; "
        f"{len(missed)} missed of {len(moving.staying)} who stayed"
    )
    return not missed and not twice


def _served(name: str, run: Run, script: str, *arguments: str) -> Result:
    """Run a suite as a person of its own, so that no other suite has spent their points."""
    return _suite(name, GRAPHQL, script, *arguments, "--bearer", run.installation.token("ADMIN"))


def _suite(name: str, folder: Path, script: str, *arguments: object) -> Result:
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    command = ["node", script, *map(str, arguments)]
    try:
        status = subprocess.run(command, cwd=folder, timeout=SUITE_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        status = None
        print(f"not done after {SUITE_SECONDS} s")
    return name, status == 0, time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
