"""A network says "not now": the list's cursor waits, not the message, and not a worker's slot."""

from dataclasses import dataclass
from datetime import datetime

from asyncpg import Connection

from api.actions.outbox.lease import Lease
from api.actions.platform_state import note_pause
from api.domain.platform import Platform
from api.models import new_id

_KNOW = """
INSERT INTO sync_cursor (id, platform, list_name, object_ref, sweep_count, coverage, updated_at)
VALUES ($1, $2, $3, $4, 0, 'UNKNOWN', now())
ON CONFLICT (platform, list_name, object_ref) DO NOTHING
"""
# A few seconds apart, so that what waits for one window does not wake as one crowd.
_HOLD = """
UPDATE sync_cursor
   SET not_before = coalesce($2, now() + interval '1 hour') + random() * interval '5 seconds',
       error_code = $3, updated_at = now()
 WHERE platform = $1 AND (not_before IS NULL OR not_before < coalesce($2, now()))
"""
_HOLD_ONE = _HOLD + " AND list_name = $4 AND object_ref = $5"

# The same work, due when the cursor may go on; the reconciler is only the second to ask.
_ASK_AGAIN = """
INSERT INTO outbox_message
       (id, job, args, key, state, due_at, attempts, failures, request_id, created_at)
SELECT $1, m.job, m.args, m.key, 'PENDING', c.not_before, 0, 0, m.request_id, now()
  FROM outbox_message m, sync_cursor c
 WHERE m.id = $2 AND c.platform = $3 AND c.list_name = $4 AND c.object_ref = $5
ON CONFLICT (key) WHERE state IN ('PENDING', 'SENT') DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class CursorRef:
    """Which list of which object of a network: the identity of a sync cursor."""

    platform: Platform
    list_name: str
    object_ref: str


async def postpone(lease: Lease, cursor: CursorRef, until: datetime | None, code: str) -> None:
    """Move `not_before` of a cursor, end the run as done, and ask for the same work after it.

    Where the network names no time, the cursor waits for an hour and the reconciler asks again.
    """
    async with lease.transaction() as lent:
        platform, *identity = await _know(lent, cursor)
        await lent.execute(_HOLD_ONE, platform, until, code, *identity)
        if until is not None:
            await lent.execute(_ASK_AGAIN, new_id(), lease.message_id, platform, *identity)
        await lease.finish(lent, code)


async def park_platform(lease: Lease, cursor: CursorRef, until: datetime, code: str) -> bool:
    """Postpone all lists of a network, as its paid calls are used up; tell if any was not yet."""
    async with lease.transaction() as lent:
        platform, *_ = await _know(lent, cursor)
        held = await lent.execute(_HOLD, platform, until, code)
        await note_pause(lent, cursor.platform, until)
        await lease.finish(lent, code)
    return bool(held != "UPDATE 0")


async def _know(lent: Connection, cursor: CursorRef) -> tuple[str, str, str]:
    identity = (cursor.platform.value, cursor.list_name, cursor.object_ref)
    await lent.execute(_KNOW, new_id(), *identity)
    return identity
