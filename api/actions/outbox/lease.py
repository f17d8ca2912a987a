"""A worker's time-limited right to one message, and the fence in front of all that it writes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.models import transaction

_FENCE = """
SELECT 1 FROM outbox_message WHERE id = $1 AND attempts = $2 AND state = 'RUNNING' FOR UPDATE
"""
_EXTEND = "UPDATE outbox_message SET lease_until = now() + $2 WHERE id = $1"
# A newer message of the key, whose ring came too early, is let ring again at once.
_FINISH = """
WITH done AS (
    UPDATE outbox_message
       SET state = 'DONE', finished_at = now(), lease_until = NULL, error_code = $3, body = NULL
     WHERE id = $1 AND attempts = $2 AND state = 'RUNNING'
    RETURNING key
)
UPDATE outbox_message waiting SET state = 'PENDING', sent_at = NULL
  FROM done WHERE waiting.key = done.key AND waiting.state = 'SENT'
"""


class Fenced(Exception):
    """The message was taken over, cancelled or finished: this worker writes nothing more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of one run of a message; `attempt` is the fence and only grows.

    `transaction` has the shape of `api.models.transaction`, so that an action can be handed either.
    """

    message_id: UUID
    attempt: int
    seconds: int

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open a transaction that begins with the fence; every write of a task is inside one.

        Raises:
            Fenced: somebody else has the message; nothing was written.
        """
        async with transaction() as lent:
            if await lent.fetchval(_FENCE, self.message_id, self.attempt) is None:
                raise Fenced
            yield lent

    async def extend(self, lent: Connection) -> None:
        """Start the lease again, in the transaction that saves a piece of long work."""
        await lent.execute(_EXTEND, self.message_id, timedelta(seconds=self.seconds))

    async def finish(self, lent: Connection, code: str | None = None) -> None:
        """Mark the message as done in the transaction of its last rows.

        A message that this lease no longer holds stays as it is.
        """
        await lent.execute(_FINISH, self.message_id, self.attempt, code)
