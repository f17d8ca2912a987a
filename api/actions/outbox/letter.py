"""Work that cannot succeed as it is becomes a dead letter, explained without exception text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from api.actions.outbox.lease import Lease
from api.models import new_id, transaction

UNKNOWN_JOB_WAIT = timedelta(minutes=15)

_BURY = """
WITH dead AS (
    UPDATE outbox_message
       SET state = 'DEAD', error_code = $3, finished_at = now(), lease_until = NULL,
           first_failed_at = coalesce(first_failed_at, now())
     WHERE {condition}
    RETURNING id, job, args, key, attempts, first_failed_at
)
INSERT INTO dead_letter
       (id, message_id, job, args, key, error_class, error_code, place, redacted_body, attempts,
        first_failed_at, last_failed_at)
SELECT $2, id, job, args, key, $4, $3, $5, $6, attempts, first_failed_at, now() FROM dead
RETURNING job
"""
_BURY_LEASED = _BURY.format(condition="id = $1 AND attempts = $7 AND state = 'RUNNING'")
_BURY_UNKNOWN = _BURY.format(
    condition="id = $1 AND NOT job = ANY($7) AND state IN ('PENDING', 'SENT')"
    " AND due_at < now() - $8::interval"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """What is said about a failure: class, code, place and the redacted body of a bad answer."""

    error_class: str
    code: str
    place: str
    redacted_body: str | None = None

    @property
    def columns(self) -> tuple[str, str, str, str | None]:
        return self.code[:60], self.error_class[:80], self.place[:200], self.redacted_body


UNKNOWN_JOB = Failure("UnknownJob", "UNKNOWN_JOB", "workers.tasks")


async def bury(lease: Lease, failure: Failure) -> bool:
    """Make a dead letter of a leased message; tell whether the message was still ours."""
    async with transaction() as lent:
        buried = await lent.fetchval(
            _BURY_LEASED, lease.message_id, new_id(), *failure.columns, lease.attempt
        )
    return buried is not None


async def bury_unknown(
    message_id: UUID, jobs: Sequence[str], wait: timedelta = UNKNOWN_JOB_WAIT
) -> str | None:
    """Make a dead letter of a message that nobody has known for a while; return its job if so.

    Until then it waits for a newer worker: a deployment may be half way.
    """
    async with transaction() as lent:
        job: str | None = await lent.fetchval(
            _BURY_UNKNOWN, message_id, new_id(), *UNKNOWN_JOB.columns, jobs, wait
        )
    return job
