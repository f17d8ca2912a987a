"""What happens to a message when its task fails, for each kind of error."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from arq import Retry
from outbox_rows import Bells, ask, letters, raising, row, runner, set_row, take
from tortoise.exceptions import (
    IntegrityError,
    OperationalError,
)

from api.actions.outbox import CursorRef, Fenced, relay
from api.domain.platform import Platform
from api.errors import NotFound as NoSuchThing
from api.models import WORKER_POOL, connection, open_database, transaction
from api.queue import Job
from api.settings import Settings
from workers.platforms.base import (
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    PlatformError,
    QuotaExhausted,
    RateLimited,
    Transient,
)
from workers.tasks.kit import Kit, Task, Work
from workers.tasks.outbox import run_message

CANARY = "199001012015041001"
LATER = datetime(2099, 1, 1, tzinfo=UTC)
REF = CursorRef(Platform.X, "reposts", "17")


@pytest.fixture(autouse=True)
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        yield


async def run(settings: Settings, message: UUID, task: Task) -> asyncpg.Record:
    """Run a message once, whatever its job, and return its row."""
    await set_row(message, "due_at = now() - interval '1 second'")
    await runner(settings, dict.fromkeys(Job, task)).run(message)
    return await row(message)


def with_cursor(error: Exception) -> Task:
    async def task(kit: Kit, work: Work) -> None:
        work.cursor = REF
        raise error

    return task


async def cursors() -> list[asyncpg.Record]:
    async with connection() as db:
        return await db.fetch("SELECT * FROM sync_cursor ORDER BY object_ref")


async def test_a_task_that_just_returns_is_done(settings: Settings):
    async def task(kit: Kit, work: Work) -> None: ...

    assert (await run(settings, await ask(), task))["state"] == "DONE"
    assert await letters() == []


async def test_a_task_that_paused_itself_is_not_done(settings: Settings):
    async def task(kit: Kit, work: Work) -> None:
        async with work.transaction() as db:
            await work.pause(db)

    assert (await run(settings, await ask(), task))["state"] == "PENDING"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        OperationalError(CANARY),
        NoSuchThing(CANARY),
        asyncpg.UndefinedTableError(CANARY),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_poison_is_a_dead_letter_at_once_and_says_nothing_of_its_text(
    settings: Settings, caplog: pytest.LogCaptureFixture, error: Exception
):
    caplog.set_level(logging.INFO)

    dead = await run(settings, await ask(post_id="7"), raising(error))

    (letter,) = await letters()
    assert (dead["state"], letter["message_id"]) == ("DEAD", dead["id"])
    assert letter["error_class"] == type(error).__name__
    assert letter["place"].startswith("workers.tasks.outbox:")
    assert (letter["job"], letter["args"]) == ("refresh_ranking", {"post_id": "7"})
    assert CANARY not in f"{dict(dead)} {dict(letter)} {caplog.text}"


async def test_poison_stops_nobody_else(settings: Settings):
    bad, good = await ask(key="bad"), await ask(key="good")

    async def task(kit: Kit, work: Work) -> None:
        if work.lease.message_id == bad:
            raise ValueError

    assert (await run(settings, bad, task))["state"] == "DEAD"
    assert (await run(settings, good, task))["state"] == "DONE"


async def test_a_transient_error_waits_and_is_counted(settings: Settings):
    left = await run(settings, await ask(), raising(Transient()))

    wait = left["due_at"] - datetime.now(UTC)
    assert (left["state"], left["failures"], left["error_code"]) == ("PENDING", 1, "TRANSIENT")
    assert timedelta(seconds=1) < wait < timedelta(seconds=3.1)
    assert await letters() == []


async def test_the_fifth_counted_failure_is_a_dead_letter(settings: Settings):
    message = await ask()

    states = [(await run(settings, message, raising(OSError())))["state"] for _ in range(5)]

    assert states == ["PENDING"] * 4 + ["DEAD"]
    (letter,) = await letters()
    assert (letter["attempts"], letter["error_code"]) == (5, "CONNECTION")
    assert letter["first_failed_at"] < letter["last_failed_at"]


@pytest.mark.parametrize(
    "error", [IntegrityError(CANARY), asyncpg.UniqueViolationError(CANARY)], ids=["orm", "raw"]
)
async def test_a_violated_key_is_tried_three_times_a_second_apart(
    settings: Settings, error: Exception
):
    message = await ask()

    first = await run(settings, message, raising(error))
    assert first["due_at"] - datetime.now(UTC) < timedelta(seconds=1)
    states = [(await run(settings, message, raising(error)))["state"] for _ in range(2)]

    assert states == ["PENDING", "DEAD"]


async def test_a_rate_limit_moves_the_cursor_and_ends_the_run(settings: Settings):
    done = await run(settings, await ask(), with_cursor(RateLimited(LATER, "reposts")))

    (cursor,) = await cursors()
    assert (done["state"], done["failures"], done["error_code"]) == ("DONE", 0, "RATE_LIMITED")
    assert (cursor["list_name"], cursor["object_ref"]) == ("reposts", "17")
    assert LATER <= cursor["not_before"] < LATER + timedelta(seconds=5)


async def test_a_rate_limit_without_a_cursor_makes_the_message_wait_uncounted(settings: Settings):
    left = await run(settings, await ask(), raising(RateLimited(LATER, "users")))

    assert (left["state"], left["failures"]) == ("PENDING", 0)
    assert left["due_at"] >= LATER


async def test_an_exhausted_quota_parks_every_list_of_the_network_with_one_alert(
    settings: Settings, caplog: pytest.LogCaptureFixture
):
    async with transaction() as db:
        await db.execute(
            "INSERT INTO sync_cursor (id, platform, list_name, object_ref, sweep_count, seen,"
            " coverage, updated_at) SELECT gen_random_uuid(), platform, 'reposts', 'other', 0,"
            " '[]', 'UNKNOWN', now() FROM unnest(ARRAY['X', 'BLUESKY']) platform"
        )

    first = await run(settings, await ask(), with_cursor(QuotaExhausted(LATER)))
    await run(settings, await ask(), with_cursor(QuotaExhausted(LATER)))

    waiting = {
        (cursor["platform"], cursor["object_ref"]): cursor["not_before"]
        for cursor in await cursors()
    }
    assert first["state"] == "DONE"
    assert waiting["X", "17"] >= LATER
    assert waiting["X", "other"] >= LATER
    assert waiting["BLUESKY", "other"] is None
    assert [record.outcome for record in caplog.records if record.levelno >= logging.ERROR] == [
        "parked"
    ]


@pytest.mark.parametrize("error", [AuthRevoked(), NotFound()])
async def test_an_answer_about_the_thing_itself_ends_the_run(
    settings: Settings, error: PlatformError
):
    done = await run(settings, await ask(), raising(error))

    assert (done["state"], done["error_code"], done["failures"]) == ("DONE", error.code, 0)


async def test_a_list_that_cannot_be_read_is_left_alone_for_an_hour(settings: Settings):
    await run(settings, await ask(), with_cursor(MissingPermission("tweet.read")))

    (cursor,) = await cursors()
    hour = datetime.now(UTC) + timedelta(hours=1)
    assert hour - timedelta(seconds=30) < cursor["not_before"] < hour + timedelta(seconds=30)
    assert cursor["error_code"] == "MISSING_PERMISSION"


async def test_a_broken_contract_keeps_the_redacted_body(settings: Settings):
    await run(settings, await ask(), raising(ContractError("no data", '{"data":"text of 3"}')))

    (letter,) = await letters()
    assert letter["redacted_body"] == '{"data":"text of 3"}'
    assert letter["error_code"] == "CONTRACT_ERROR"


async def test_a_task_over_its_time_is_tried_again(settings: Settings):
    async def endless(kit: Kit, work: Work) -> None:
        await asyncio.sleep(60)

    started = time.monotonic()
    left = await run(replace(settings, lease_seconds=1), await ask(), endless)

    assert time.monotonic() - started < 30
    assert (left["state"], left["error_code"], left["failures"]) == ("PENDING", "TIMEOUT", 1)


async def test_a_stopped_worker_gives_its_message_back_uncounted(settings: Settings):
    message, started = await ask(), asyncio.Event()

    async def endless(kit: Kit, work: Work) -> None:
        started.set()
        await asyncio.sleep(60)

    running = asyncio.create_task(runner(settings, {Job.REFRESH_RANKING: endless}).run(message))
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    left = await row(message)
    assert (left["state"], left["failures"]) == ("PENDING", 0)
    assert await relay(Bells().ring) == 1


async def test_a_fenced_task_changes_nothing(settings: Settings):
    message = await ask()

    left = await run(settings, message, raising(Fenced()))

    assert (left["state"], left["failures"]) == ("RUNNING", 0)
    assert await letters() == []


async def test_a_message_whose_workers_keep_dying_is_dead_without_another_run(settings: Settings):
    message = await ask()
    for _ in range(5):
        await take(message)
        await set_row(message, "lease_until = now() - interval '1 second'")
    runs = []

    async def task(kit: Kit, work: Work) -> None:
        runs.append(work)

    assert (await run(settings, message, task))["state"] == "DEAD"
    (letter,) = await letters()
    assert (letter["error_code"], letter["attempts"]) == ("CRASHED", 6)
    assert runs == []


async def test_an_unknown_job_stays_for_a_newer_worker_and_then_becomes_a_dead_letter(
    settings: Settings,
):
    message = await ask(Job.SCAN_QUOTES)
    old_worker = runner(settings, {Job.REFRESH_RANKING: raising(ValueError())})

    await old_worker.run(message)
    assert (await row(message))["state"] == "PENDING"
    await set_row(message, "due_at = now() - interval '16 minutes'")
    await old_worker.run(message)

    assert (await row(message))["state"] == "DEAD"
    assert (await letters())[0]["error_code"] == "UNKNOWN_JOB"


async def test_arq_keeps_a_message_only_when_its_fate_cannot_be_written(settings: Settings):
    message = await ask()

    async def task(kit: Kit, work: Work) -> None:
        async with connection() as db:
            await db.execute("DROP TABLE dead_letter")
        raise ValueError(CANARY)

    ctx = {"runner": runner(settings, {Job.REFRESH_RANKING: task}), "job_try": 3}
    with pytest.raises(Retry) as kept:
        await run_message(ctx, str(message))

    assert kept.value.defer_score == 8000
    assert (await row(message))["state"] == "RUNNING"
