"""Worker processes that tests start, stop, freeze and kill."""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from api.models import connection, transaction
from api.queue import Job, enqueue

STAND_IN = (str(Path(__file__).parent / "stand_in_worker.py"),)
BY_NAME = ("-m", "arq", "workers.settings.WorkerSettings")
CHECKOUT = Path(__file__).parents[2]
LEASE_SECONDS = 3
TRACES = {
    "started": "SELECT message_id FROM started",
    "effect": "SELECT message_id FROM effect",
}


@contextmanager
def worker(
    environment: Mapping[str, str], program: Sequence[str] = STAND_IN
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one worker; whatever is left of it at the end is killed."""
    told = {"PYTHONPATH": str(CHECKOUT), "GEMA_LEASE_SECONDS": str(LEASE_SECONDS)}
    # Into a file: a pipe that nobody reads would block the worker once it is full.
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *program], env={**environment, **told}, stderr=log, cwd=CHECKOUT
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


async def ended(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Wait for the end of a worker and return its exit status."""
    return await asyncio.to_thread(process.wait, seconds)


async def ask(count: int, seconds: float = 0.0, **args: str) -> set[UUID]:
    """Commit messages whose task takes some time; return their ids."""
    async with transaction() as db:
        first = await db.fetchval("SELECT count(*) FROM outbox_message")
        for number in range(first, first + count):
            told = {"seconds": str(seconds), **args}
            await enqueue(db, Job.REFRESH_RANKING, told, key=f"work {number}")
        rows = await db.fetch("SELECT id FROM outbox_message WHERE created_at = now()")
    return {row["id"] for row in rows}


async def traces(table: str) -> list[UUID]:
    """Return the message of every run that started, or of every effect."""
    async with connection() as db:
        return [row[0] for row in await db.fetch(TRACES[table])]


async def states() -> dict[str, int]:
    async with connection() as db:
        return dict(
            await db.fetch("SELECT state, count(*) FROM outbox_message GROUP BY state ORDER BY 1")
        )


async def until(
    is_so: Callable[[], Coroutine[None, None, bool]], what: str, seconds: float = 45
) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not await is_so():
        assert time.monotonic() < deadline, (
            f"after {seconds} s: not {what}; {await states()} {await deaths()}"
        )
        await asyncio.sleep(0.05)


async def until_traced(table: str, count: int) -> None:
    async def is_so() -> bool:
        return len(await traces(table)) >= count

    await until(is_so, f"{count} rows in {table}")


async def until_done(count: int) -> None:
    async def is_so() -> bool:
        return (await states()).get("DONE", 0) >= count

    await until(is_so, f"{count} done")


async def deaths() -> list[tuple[str, ...]]:
    """Return what the dead letters say."""
    async with connection() as db:
        rows = await db.fetch("SELECT error_class, error_code, place FROM dead_letter")
    return [tuple(row) for row in rows]
