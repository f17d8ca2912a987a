"""The worker as a process: killed, frozen, stopped, and without its servers."""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack

import httpx2
import pytest
from redis.asyncio import Redis
from worker_process import (
    BY_NAME,
    LEASE_SECONDS,
    ask,
    ended,
    states,
    traces,
    until,
    until_done,
    until_traced,
    worker,
)

from api.models import API_POOL, connection, open_database

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(autouse=True)
async def database(database_url: str) -> AsyncIterator[None]:
    async with open_database(database_url, API_POOL):
        async with connection() as db:
            await db.execute("CREATE TABLE started (message_id uuid, attempt int)")
            await db.execute("CREATE TABLE effect (message_id uuid, attempt int)")
        yield


async def test_a_killed_worker_loses_nothing_and_doubles_nothing(environment: dict[str, str]):
    messages = await ask(30, seconds=0.4)

    with worker(environment) as first:
        # Twenty run at a time: beyond that the first are done and others are in the middle.
        await until_traced("started", 25)
        first.kill()
    left = len(messages) - len(await traces("effect"))
    assert left > 0
    with worker(environment):
        await until_done(30)

    assert sorted(await traces("effect")) == sorted(messages)
    assert len(await traces("started")) > 30


async def test_the_late_write_of_a_frozen_worker_changes_nothing(environment: dict[str, str]):
    messages = await ask(5, seconds=1)

    with worker(environment) as frozen:
        await until_traced("started", 5)
        frozen.send_signal(signal.SIGSTOP)
        with worker(environment):
            await until_done(5)
            frozen.send_signal(signal.SIGCONT)
            await asyncio.sleep(1.5)
            assert frozen.poll() is None

    assert sorted(await traces("effect")) == sorted(messages)
    assert await states() == {"DONE": 5}


async def test_an_emptied_valkey_loses_nothing(environment: dict[str, str]):
    messages = await ask(60, seconds=0.3)

    with worker(environment):
        await until_traced("effect", 5)
        async with Redis.from_url(environment["REDIS_URL"]) as valkey:
            assert await valkey.zcard("arq:queue") > 0
            await valkey.flushdb()
        await until_done(60)

    assert sorted(await traces("effect")) == sorted(messages)


async def test_two_workers_never_do_the_same_twice(environment: dict[str, str]):
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(environment))
        await until_workers(2)
        messages = await ask(200)
        await until_done(200)

    assert sorted(await traces("started")) == sorted(await traces("effect")) == sorted(messages)


async def test_ended_database_sessions_stop_no_worker_and_kill_no_message(
    environment: dict[str, str],
):
    messages = await ask(40, seconds=0.3)

    with worker(environment) as process:
        for count in (5, 25):
            await until_traced("effect", count)
            async with connection() as db:
                await db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'gema-worker' AND datname = current_database()"
                )
        await until_done(40)
        assert process.poll() is None

    assert sorted(await traces("effect")) == sorted(messages)
    assert await states() == {"DONE": 40}


async def test_a_stopped_worker_finishes_what_runs_and_says_goodbye(environment: dict[str, str]):
    messages = await ask(10, seconds=1)

    with worker(environment) as process:
        await until_traced("started", 10)
        await until_workers(1)
        process.terminate()
        status = await ended(process, seconds=15)

    assert status == 0
    assert sorted(await traces("started")) == sorted(await traces("effect")) == sorted(messages)
    await until_workers(0)


async def test_a_message_that_kills_its_worker_is_tried_again_by_the_next(
    environment: dict[str, str],
):
    await ask(1, dies="yes")

    for _ in range(2):
        with worker(environment) as process:
            status = await ended(process, seconds=LEASE_SECONDS + 10)
        assert status == -signal.SIGKILL

    async with connection() as db:
        row = await db.fetchrow("SELECT state, attempts, failures FROM outbox_message")
    assert tuple(row) == ("RUNNING", 2, 1)


async def test_the_worker_starts_by_the_name_that_arq_is_given(environment: dict[str, str]):
    with worker(environment, BY_NAME) as process:
        await until_workers(1)
        process.terminate()

        assert await ended(process, seconds=15) == 0


async def test_a_worker_tells_its_figures_on_its_own_port(environment: dict[str, str]):
    port = free_port()
    begun = time.time()
    (message,) = await ask(1)

    with worker({**environment, "GEMA_WORKER_METRICS_PORT": str(port)}, BY_NAME):
        await until_done(1)
        async with httpx2.AsyncClient() as client:
            told = (await client.get(f"http://127.0.0.1:{port}/metrics")).text

    figures = dict(line.rsplit(" ", 1) for line in told.splitlines() if line[0] != "#")
    assert figures['gema_job_seconds_count{job="refresh_ranking",outcome="done"}'] == "1.0"
    assert begun < float(figures["gema_relay_last_success_timestamp"]) < time.time()
    assert float(figures["gema_db_pool_wait_seconds_count"]) > 0
    assert str(message) not in told


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        number: int = listening.getsockname()[1]
    return number


async def until_workers(count: int) -> None:
    async def is_so() -> bool:
        async with connection() as db:
            return await db.fetchval("SELECT count(*) FROM worker_heartbeat") == count

    await until(is_so, f"{count} workers")
