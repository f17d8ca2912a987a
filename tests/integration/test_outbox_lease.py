"""One worker at a time, and a worker that lost its lease writes nothing."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from outbox_rows import JOBS, LEASE_SECONDS, Bells, ask, letters, row, set_row, take

from api.actions.outbox import (
    PROGRESS,
    Failure,
    Fenced,
    Return,
    bury,
    bury_unknown,
    claim,
    give_back,
    relay,
    release,
    settle,
)
from api.models import WORKER_POOL, connection, open_database
from api.queue import Job
from api.settings import Settings

EXPIRED = "lease_until = now() - interval '1 second'"


@pytest.fixture(autouse=True)
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        async with connection() as db:
            await db.execute("CREATE TABLE effect (word text)")
        yield


async def effects() -> list[str]:
    async with connection() as db:
        return [found["word"] for found in await db.fetch("SELECT word FROM effect ORDER BY word")]


async def test_of_many_claims_one_wins():
    message = await ask()

    claims = await asyncio.gather(*(claim(message, JOBS, LEASE_SECONDS) for _ in range(8)))

    assert len([won for won in claims if won]) == 1
    assert (await row(message))["attempts"] == 1


async def test_a_claim_carries_what_the_task_needs():
    message = await ask(Job.SCAN_QUOTES, post_id="7")

    claimed = await take(message)

    assert (claimed.job, claimed.args) == ("scan_quotes", {"post_id": "7"})
    assert (claimed.lease.message_id, claimed.lease.attempt) == (message, 1)


async def test_a_message_is_not_claimed_before_it_is_due():
    message = await ask()
    await set_row(message, "due_at = now() + interval '1 minute'")

    assert await claim(message, JOBS, LEASE_SECONDS) is None


async def test_rows_and_done_are_one_commit():
    message = await ask()
    lease = (await take(message)).lease

    async def break_off() -> None:
        async with lease.transaction() as db:
            await db.execute("INSERT INTO effect VALUES ('half')")
            await lease.finish(db)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()
    assert (await effects(), (await row(message))["state"]) == ([], "RUNNING")

    async with lease.transaction() as db:
        await db.execute("INSERT INTO effect VALUES ('whole')")
        await lease.finish(db)
    assert (await effects(), (await row(message))["state"]) == (["whole"], "DONE")


async def test_the_late_write_of_a_frozen_worker_changes_nothing():
    message = await ask()
    frozen = (await take(message)).lease
    await set_row(message, EXPIRED)
    other = (await take(message)).lease
    async with other.transaction() as db:
        await db.execute("INSERT INTO effect VALUES ('other')")
        await other.finish(db)

    with pytest.raises(Fenced):
        async with frozen.transaction() as db:
            await db.execute("INSERT INTO effect VALUES ('frozen')")

    assert await effects() == ["other"]


async def test_a_worker_that_lost_its_lease_cannot_settle_bury_or_give_back():
    message = await ask()
    old = (await take(message)).lease
    await set_row(message, EXPIRED)
    await take(message)

    await settle(old)
    assert not await bury(old, Failure("ValueError", "UNEXPECTED", "somewhere:1"))
    with pytest.raises(Fenced):
        await give_back(old)

    assert (await row(message))["state"] == "RUNNING"
    assert await letters() == []


async def test_a_cancelled_message_fences_its_running_task():
    message = await ask()
    lease = (await take(message)).lease
    await set_row(message, "state = 'CANCELLED'")

    with pytest.raises(Fenced):
        async with lease.transaction():
            pass


async def test_a_taken_over_message_counts_the_death_of_its_worker():
    message = await ask()
    await take(message)
    await set_row(message, EXPIRED)

    again = await take(message)

    assert (again.failures, again.lease.attempt) == (1, 2)
    assert (await row(message))["first_failed_at"] is not None


async def test_a_running_message_is_left_alone_until_its_lease_ends():
    message = await ask()
    await take(message)

    assert await claim(message, JOBS, LEASE_SECONDS) is None


async def test_a_saved_piece_of_long_work_starts_the_lease_again():
    message = await ask()
    lease = (await take(message)).lease
    await set_row(message, "lease_until = now() + interval '2 seconds'")

    async with lease.transaction() as db:
        await lease.extend(db)
        left = await db.fetchval("SELECT lease_until - now() FROM outbox_message")

    assert left == timedelta(seconds=LEASE_SECONDS)


async def test_two_messages_of_one_key_run_one_after_the_other():
    first = await ask(key="same")
    lease = (await take(first)).lease
    second = await ask(key="same")

    assert await claim(second, JOBS, LEASE_SECONDS) is None
    await settle(lease)
    assert await claim(second, JOBS, LEASE_SECONDS) is not None


async def test_a_request_of_meanwhile_rings_as_soon_as_the_run_is_done():
    first = await ask(key="same")
    lease = (await take(first)).lease
    second = await ask(key="same")
    other = await ask(key="other")
    await relay(Bells().ring)
    assert await claim(second, JOBS, LEASE_SECONDS) is None

    await settle(lease)

    assert await relay((bells := Bells()).ring) == 1
    assert bells[0].message_id == second
    assert (await row(other))["state"] == "SENT"


async def test_long_work_goes_on_at_once_and_forgives_old_failures():
    message = await ask()
    await set_row(message, "failures = 3, first_failed_at = now()")
    lease = (await take(message)).lease

    async with lease.transaction() as db:
        await db.execute("INSERT INTO effect VALUES ('first half')")
        await release(lease, db, PROGRESS)

    left = await row(message)
    assert (left["state"], left["failures"], left["first_failed_at"]) == ("PENDING", 0, None)
    assert await relay(Bells().ring) == 1
    assert await effects() == ["first half"]


async def test_going_back_waits_for_the_delay_and_counts():
    message = await ask()
    lease = (await take(message)).lease

    await give_back(lease, Return("TIMEOUT", delay=timedelta(minutes=2), is_counted=True))

    left = await row(message)
    assert (left["state"], left["failures"], left["error_code"]) == ("PENDING", 1, "TIMEOUT")
    assert await claim(message, JOBS, LEASE_SECONDS) is None


async def test_a_message_that_goes_back_folds_into_the_newer_one():
    old = await ask(key="fold")
    await set_row(old, "failures = 2")
    lease = (await take(old)).lease
    new = await ask(key="fold")

    await give_back(lease, Return("TIMEOUT", is_counted=True))

    folded, waiting = await row(old), await row(new)
    assert (folded["state"], folded["error_code"]) == ("CANCELLED", "FOLDED")
    assert (waiting["state"], waiting["failures"]) == ("PENDING", 3)


async def test_folding_keeps_the_rows_that_the_same_transaction_wrote():
    old = await ask(key="fold")
    lease = (await take(old)).lease
    await ask(key="fold")

    async with lease.transaction() as db:
        await db.execute("INSERT INTO effect VALUES ('kept')")
        await release(lease, db)

    assert await effects() == ["kept"]
    assert (await row(old))["state"] == "CANCELLED"


async def test_an_unknown_job_waits_a_quarter_of_an_hour_for_a_newer_worker():
    message = await ask(Job.SCAN_QUOTES, post_id="7")
    old_worker = ["refresh_ranking"]

    assert await claim(message, old_worker, LEASE_SECONDS) is None
    await set_row(message, "due_at = now() - interval '14 minutes'")
    assert await bury_unknown(message, old_worker) is None
    await set_row(message, "due_at = now() - interval '16 minutes'")
    assert await bury_unknown(message, JOBS) is None
    assert await bury_unknown(message, old_worker) == "scan_quotes"

    assert (await row(message))["state"] == "DEAD"
    (letter,) = await letters()
    assert (letter["error_code"], letter["args"]) == ("UNKNOWN_JOB", {"post_id": "7"})
