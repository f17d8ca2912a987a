"""The relay forgets nothing and waits for nobody."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from outbox_rows import Bells, ask, deaf, row, set_row, take

from api.actions.outbox import Bell, relay
from api.models import WORKER_POOL, connection, open_database, transaction
from api.queue import Job, enqueue
from api.settings import Settings


@pytest.fixture(autouse=True)
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        yield


async def count() -> int:
    async with connection() as db:
        return await db.fetchval("SELECT count(*) FROM outbox_message")


async def test_without_a_commit_there_is_no_job():
    async def break_off() -> None:
        async with transaction() as db:
            await enqueue(db, Job.REFRESH_RANKING, {}, key="work")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await break_off()

    assert await relay((bells := Bells()).ring) == 0
    assert bells == []
    assert await count() == 0


async def test_a_committed_message_is_rung_once_while_it_is_on_its_way():
    message = await ask()

    assert await relay((bells := Bells()).ring) == 1
    assert await relay(bells.ring) == 0

    assert [bell.message_id for bell in bells] == [message]
    assert (await row(message))["state"] == "SENT"


async def test_repeats_fold_while_the_first_waits_or_is_on_its_way():
    await ask(key="twice")
    await ask(key="twice")
    await relay(Bells().ring)
    await ask(key="twice")

    assert await count() == 1


async def test_a_request_that_arrives_during_the_run_gets_a_run_of_its_own():
    first = await ask(key="again")
    await take(first)
    second = await ask(key="again")

    await relay((bells := Bells()).ring)

    assert [bell.message_id for bell in bells] == [second]


async def test_nothing_rings_before_it_is_due():
    message = await ask()
    await set_row(message, "due_at = now() + interval '1 hour'")

    assert await relay(Bells().ring) == 0


async def test_a_ring_that_nobody_hears_leaves_every_message_waiting():
    first, second = await ask(key="first"), await ask(key="second")

    with pytest.raises(ConnectionError):
        await relay(deaf(after=1))

    assert [(await row(message))["state"] for message in (first, second)] == ["PENDING"] * 2
    assert await relay(Bells().ring) == 2


async def test_a_ring_lost_in_valkey_is_repeated_after_half_a_minute():
    message = await ask()
    await relay(Bells().ring)

    await set_row(message, "sent_at = now() - interval '29 seconds'")
    assert await relay(Bells().ring) == 0
    await set_row(message, "sent_at = now() - interval '31 seconds'")
    assert await relay(Bells().ring) == 1


async def test_a_message_of_a_dead_worker_rings_under_a_new_name():
    message = await ask()
    await relay((bells := Bells()).ring)
    await take(message)
    assert await relay(bells.ring) == 0

    await set_row(message, "lease_until = now() - interval '1 second'")
    assert await relay(bells.ring) == 1

    assert [bell.job_id for bell in bells] == [f"m:{message}:0", f"m:{message}:1"]
    assert (await row(message))["state"] == "RUNNING"


async def test_a_bell_rings_two_hours_early_by_the_clock_of_postgresql():
    await ask()
    await relay((bells := Bells()).ring)

    async with connection() as db:
        hours = await db.fetchval(
            "SELECT extract(epoch FROM now() - $1) / 3600", bells[0].defer_until
        )
    assert 2 <= hours < 2.01
    assert bells[0].expires.days == 7


async def test_lists_and_what_people_wait_for_are_taken_before_timelines():
    jobs = [Job.SCAN_TIMELINE, Job.CHECK_PROOF, Job.SCAN_SHARE_RESHARERS, Job.SCAN_RESHARERS]
    for job in jobs:
        await ask(job=job, key=job.value)
    await relay((bells := Bells()).ring)

    taken = sorted(bells, key=lambda bell: bell.defer_until)
    assert {bell.job for bell in taken[:2]} == {Job.CHECK_PROOF, Job.SCAN_RESHARERS}


async def test_two_relays_share_the_work_and_ring_nothing_twice():
    messages = {await ask(key=f"work {number}") for number in range(40)}
    bells = Bells()

    async def slow(bell: Bell) -> None:
        await asyncio.sleep(0.002)
        await bells.ring(bell)

    rung = await asyncio.gather(*(relay(slow) for _ in range(4)))

    assert sum(rung) == len(bells) == 40
    assert {bell.message_id for bell in bells} == messages


async def test_a_caller_may_ring_for_its_own_messages_only():
    mine = await ask(key="mine")
    await ask(key="other")

    assert await relay((bells := Bells()).ring, only=[mine]) == 1
    assert [bell.message_id for bell in bells] == [mine]
