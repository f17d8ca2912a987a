"""A worker gives a message back, or says that its work is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Connection, UniqueViolationError

from api.actions.outbox.lease import Lease
from api.models import transaction

_WAITING = "outbox_message_waiting"

_RELEASE = """
UPDATE outbox_message
   SET state = 'PENDING', due_at = greatest(now(), $2) + $3, error_code = $4,
       failures = CASE WHEN $6 THEN 0 ELSE failures + $5::boolean::int END,
       first_failed_at = CASE WHEN $6 THEN NULL WHEN $5 THEN coalesce(first_failed_at, now())
                              ELSE first_failed_at END,
       sent_at = NULL, lease_until = NULL
 WHERE id = $1
"""
_FOLD = """
WITH folded AS (
    UPDATE outbox_message
       SET state = 'CANCELLED', error_code = 'FOLDED', finished_at = now(), lease_until = NULL,
           failures = failures + $2::boolean::int
     WHERE id = $1
    RETURNING key, failures, first_failed_at
)
UPDATE outbox_message waiting
   SET failures = greatest(waiting.failures, folded.failures),
       first_failed_at = least(waiting.first_failed_at, folded.first_failed_at)
  FROM folded
 WHERE waiting.key = folded.key AND waiting.state IN ('PENDING', 'SENT')
"""


@dataclass(frozen=True, slots=True)
class Return:
    """Why and until when a message waits again. Saved progress forgives old failures."""

    code: str | None = None
    until: datetime | None = None
    delay: timedelta = timedelta()
    is_counted: bool = False
    is_progress: bool = False


AT_ONCE = Return()
PROGRESS = Return(is_progress=True)


async def release(lease: Lease, lent: Connection, why: Return = AT_ONCE) -> None:
    """Let a message wait again, inside a transaction of its lease.

    When a newer message with its key waits already, this one is folded into it: the newer one runs
    with the failures of both.
    """
    try:
        async with lent.transaction():
            await lent.execute(
                _RELEASE,
                lease.message_id,
                why.until,
                why.delay,
                why.code,
                why.is_counted,
                why.is_progress,
            )
    except UniqueViolationError as taken:
        if taken.constraint_name != _WAITING:
            raise
        await lent.execute(_FOLD, lease.message_id, why.is_counted)


async def give_back(lease: Lease, why: Return = AT_ONCE) -> None:
    """Let a message wait again, in a transaction of its own.

    Raises:
        Fenced: the message is no longer ours to give back.
    """
    async with lease.transaction() as lent:
        await release(lease, lent, why)


async def settle(lease: Lease, code: str | None = None) -> None:
    """Mark a message as done unless its task, a cancellation or another worker ended this run."""
    async with transaction() as lent:
        await lease.finish(lent, code)
