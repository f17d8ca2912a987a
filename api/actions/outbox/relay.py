"""Takes what is due from PostgreSQL and rings for it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.outbox.wire import Bell
from api.models import transaction

BATCH_SIZE = 500
RUNG_TOGETHER = 25

Ring = Callable[[Bell], Awaitable[object]]
"""Rings for one message; an exception means that nobody heard it."""

_DUE = """
SELECT id, attempts, now(), job FROM outbox_message
 WHERE ((state = 'PENDING' AND due_at <= now())
    OR (state = 'SENT' AND sent_at < now() - $1::interval)
    OR (state = 'RUNNING' AND lease_until < now()))
   AND ($2::uuid[] IS NULL OR id = ANY($2))
 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
"""
_SENT = """
UPDATE outbox_message
   SET sent_at = now(), state = CASE state WHEN 'PENDING' THEN 'SENT' ELSE state END
 WHERE id = ANY($1)
"""


async def relay(ring: Ring, *, resend_seconds: int = 30, only: Sequence[UUID] | None = None) -> int:
    """Ring for messages that are due, lost in Valkey or left by a dead worker; return their number.

    Nothing is marked as sent unless all rang: a message may be rung twice and is never forgotten.
    """
    async with transaction() as lent:
        bells = await _due(lent, resend_seconds, only)
        # Side by side: the rows are locked meanwhile, and whoever has heard a bell waits for one.
        for start in range(0, len(bells), RUNG_TOGETHER):
            await asyncio.gather(*map(ring, bells[start : start + RUNG_TOGETHER]))
        if bells:
            await lent.execute(_SENT, [bell.message_id for bell in bells])
    return len(bells)


async def _due(lent: Connection, resend_seconds: int, only: Sequence[UUID] | None) -> list[Bell]:
    lost_after = timedelta(seconds=resend_seconds)
    return [Bell(*row) for row in await lent.fetch(_DUE, lost_after, only, BATCH_SIZE)]
