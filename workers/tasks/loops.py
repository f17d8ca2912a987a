"""What every worker does beside its jobs: it rings for waiting messages and says that it lives."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from api.actions.audit import SEAL_BATCH, seal_audit
from api.actions.heartbeat import WorkerIdentity, beat, leave
from api.actions.outbox import BATCH_SIZE, Ring, relay
from api.actions.statistics import look_at_grown_tables

logger = logging.getLogger(__name__)

RELAY_SECONDS = 0.25
HEARTBEAT_SECONDS = 10.0
SEALING_SECONDS = 1.0
STATISTICS_SECONDS = 10.0
AFTER_FAILURE_SECONDS = 1.0

Step = Callable[[], Awaitable[float]]
"""Does something once and returns how many seconds to wait before the next time."""


@asynccontextmanager
async def repeated(name: str, step: Step) -> AsyncIterator[None]:
    """Repeat a step for the time of the context."""
    loop = asyncio.create_task(_repeat(name, step), name=name)
    try:
        yield
    finally:
        loop.cancel()
        with suppress(asyncio.CancelledError):
            await loop


@asynccontextmanager
async def heartbeat(worker: WorkerIdentity) -> AsyncIterator[None]:
    """Say every ten seconds that this worker lives, and at the end that it left."""

    async def step() -> float:
        await beat(worker)
        return HEARTBEAT_SECONDS

    try:
        async with repeated("heartbeat", step):
            yield
    finally:
        with suppress(Exception):
            async with asyncio.timeout(1):
                await leave(worker)


def relay_step(ring: Ring, lease_seconds: int, note: Callable[[], None]) -> Step:
    """Return the step of the relay: at once again after a full batch. Each good one is noted."""

    async def step() -> float:
        rung = await relay(ring, resend_seconds=lease_seconds // 2)
        note()
        return 0 if rung == BATCH_SIZE else RELAY_SECONDS

    return step


async def sealing_step() -> float:
    """Seal what waits of the audit trail: at once again after a full batch, else every second."""
    return 0 if await seal_audit() == SEAL_BATCH else SEALING_SECONDS


async def statistics_step() -> float:
    """Count what has grown: while tables double within seconds, more often than the server does."""
    await look_at_grown_tables()
    return STATISTICS_SECONDS


async def _repeat(name: str, step: Step) -> None:
    while True:
        try:
            pause = await step()
        except Exception as error:  # noqa: BLE001  It must survive whatever happens.
            logger.warning("The %s failed: %s", name, type(error).__name__)
            pause = AFTER_FAILURE_SECONDS
        await asyncio.sleep(pause)
