"""A worker whose Valkey dies ends, so that whoever watches it starts it again."""

import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from worker_process import ask, ended, traces, until_done, until_traced, worker

from api.local import choose_port
from api.local.binaries import valkey_program
from api.local.ports import has_listener
from api.models import API_POOL, connection, open_database

pytestmark = pytest.mark.timeout(150)


@contextmanager
def valkey(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Valkey of our own, as the shared one must not die."""
    process = subprocess.Popen(
        [valkey_program(folder, None), "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        while not has_listener(port):
            assert process.poll() is None
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(autouse=True)
async def database(database_url: str) -> AsyncIterator[None]:
    async with open_database(database_url, API_POOL):
        async with connection() as db:
            await db.execute("CREATE TABLE started (message_id uuid, attempt int)")
            await db.execute("CREATE TABLE effect (message_id uuid, attempt int)")
        yield


async def test_without_valkey_the_worker_ends_with_1_and_its_successor_does_the_work(
    environment: dict[str, str], tmp_path: Path
):
    port = choose_port()
    told = {**environment, "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    messages = await ask(30, seconds=0.3)

    with valkey(port, tmp_path) as server, worker(told) as process:
        await until_traced("effect", 3)
        server.kill()
        status = await ended(process, seconds=15)
    messages |= await ask(5)
    with valkey(port, tmp_path), worker(told):
        await until_done(35)

    assert status == 1
    assert sorted(await traces("effect")) == sorted(messages)
