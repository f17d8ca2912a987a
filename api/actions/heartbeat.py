"""Workers say that they are alive: one row for each process."""

from dataclasses import dataclass
from uuid import UUID

from api.models import transaction

_BEAT = """
INSERT INTO worker_heartbeat (id, host, pid, version, started_at, seen_at)
VALUES ($1, $2, $3, $4, now(), now())
ON CONFLICT (id) DO UPDATE SET seen_at = now()
"""
_FORGET_GONE = "DELETE FROM worker_heartbeat WHERE seen_at < now() - interval '1 day'"
_LEAVE = "DELETE FROM worker_heartbeat WHERE id = $1"


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """Which process this is."""

    id: UUID
    host: str
    pid: int
    version: str


async def beat(worker: WorkerIdentity) -> None:
    """Say that this worker is alive; rows of workers that have been gone for a day are deleted."""
    async with transaction() as lent:
        await lent.execute(_BEAT, worker.id, worker.host, worker.pid, worker.version)
        await lent.execute(_FORGET_GONE)


async def leave(worker: WorkerIdentity) -> None:
    """Say goodbye: this worker stops on purpose."""
    async with transaction() as lent:
        await lent.execute(_LEAVE, worker.id)
