"""Background work is asked for here: an outbox row in the caller's transaction, nothing else."""

from collections.abc import Mapping
from datetime import timedelta

from asyncpg import Connection

from api.domain.work import Job
from api.models import new_id
from api.telemetry.traces import traceparent

__all__ = ["Job", "enqueue"]

_INSERT = """
INSERT INTO outbox_message
       (id, job, args, key, state, due_at, attempts, failures, request_id, created_at,
        traceparent)
VALUES ($1, $2, $3, $4, 'PENDING', now() + $5, 0, 0, $6, now(), $7)
ON CONFLICT (key) WHERE state IN ('PENDING', 'SENT') DO NOTHING
"""


async def enqueue(  # noqa: PLR0913 - each argument is a column of the row.
    transaction: Connection,
    job: Job,
    args: Mapping[str, str],
    *,
    key: str,
    delay: timedelta = timedelta(),
    request_id: str | None = None,
) -> None:
    """Ask for one piece of work in the caller's transaction: no commit, no job.

    `key` names the work and its window; a repeat folds into the message that still waits. `args`
    are ids, days and enumeration values only, as they travel through logs and queues.
    """
    row = (new_id(), job.value, dict(args), key, delay, request_id, traceparent())
    await transaction.execute(_INSERT, *row)


_INSERT_MANY = """
INSERT INTO outbox_message (id, job, args, key, state, due_at, attempts, failures, created_at)
SELECT id, $1, args, key, 'PENDING', now(), 0, 0, now()
  FROM unnest($2::uuid[], $3::jsonb[], $4::text[]) AS asked(id, args, key)
ON CONFLICT (key) WHERE state IN ('PENDING', 'SENT') DO NOTHING
"""


async def enqueue_many(
    transaction: Connection, job: Job, args_by_key: Mapping[str, Mapping[str, str]]
) -> None:
    """Ask for many pieces of work of one kind at once; the rules are those of `enqueue`."""
    ids = [new_id() for _ in args_by_key]
    args = [dict(each) for each in args_by_key.values()]
    await transaction.execute(_INSERT_MANY, job.value, ids, args, list(args_by_key))
