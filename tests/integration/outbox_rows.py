"""Messages and runs for the tests of the outbox."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

import asyncpg

from api.actions.outbox import Bell, Claim, claim
from api.models import connection, transaction
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from api.settings import Settings
from workers.tasks.kit import Kit, Task, Work
from workers.tasks.outbox import Runner

LEASE_SECONDS = 60
JOBS = [job.value for job in Job]


async def ask(job: Job = Job.REFRESH_RANKING, key: str = "work", **args: str) -> UUID:
    """Commit one message and return its id."""
    async with transaction() as db:
        await enqueue(db, job, args, key=key)
        return await db.fetchval(
            "SELECT id FROM outbox_message WHERE key = $1 ORDER BY created_at DESC LIMIT 1", key
        )


async def row(message_id: UUID) -> asyncpg.Record:
    async with connection() as db:
        return await db.fetchrow("SELECT * FROM outbox_message WHERE id = $1", message_id)


async def letters() -> list[asyncpg.Record]:
    async with connection() as db:
        return await db.fetch("SELECT * FROM dead_letter")


async def set_row(message_id: UUID, assignments: str) -> None:
    """Move a message in time, as nobody waits a lease in a test."""
    async with connection() as db:
        await db.execute(
            f"UPDATE outbox_message SET {assignments} WHERE id = $1",  # noqa: S608
            message_id,
        )


async def take(message_id: UUID) -> Claim:
    claimed = await claim(message_id, JOBS, LEASE_SECONDS)
    assert claimed is not None
    return claimed


def runner(settings: Settings, tasks: Mapping[Job, Task]) -> Runner:
    return Runner(Kit(settings, Sealer(settings.secrets), {}), tasks)


def raising(error: BaseException) -> Task:
    async def task(kit: Kit, work: Work) -> None:
        raise error

    return task


class Bells(list[Bell]):
    """Hears every ring."""

    async def ring(self, bell: Bell) -> None:
        self.append(bell)


def deaf(after: int = 0) -> Callable[[Bell], Awaitable[None]]:
    """Ring nobody hears, from the given number on."""
    rung: list[Bell] = []

    async def ring(bell: Bell) -> None:
        if len(rung) == after:
            raise ConnectionError
        rung.append(bell)

    return ring
