"""Background work is asked for here: one outbox row in the caller's transaction, and nothing else."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from asyncpg import Connection

from api.models import new_id


class Job(StrEnum):
    """Every kind of background work; each has exactly one task in `workers.tasks`."""

    ASSESS_ELIGIBILITY = "assess_eligibility"
    REFRESH_AUDIENCE = "refresh_audience"
    SCAN_RESHARERS = "scan_resharers"
    SCAN_QUOTES = "scan_quotes"
    SCAN_SHARE_RESHARERS = "scan_share_resharers"
    REFRESH_RANKING = "refresh_ranking"


_INSERT = """
INSERT INTO outbox_message
       (id, job, args, key, state, due_at, attempts, failures, request_id, created_at)
VALUES ($1, $2, $3, $4, 'PENDING', now() + $5, 0, 0, $6, now())
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

    `key` names the work and its window; a repeat folds into the message that still waits. `args` are
    ids, days and enumeration values only, as they travel through logs and queues.
    """
    await transaction.execute(_INSERT, new_id(), job.value, dict(args), key, delay, request_id)
