"""Lets go of holds that nobody decided in time."""

from uuid import UUID

from asyncpg import Connection

from api.actions.outbox import Lease
from api.actions.review.flags import lock_share, log, settle, standings
from api.domain.access import SYSTEM
from api.domain.coordination import LogKind

BATCH_SIZE = 500

_OVERDUE = """
SELECT asn_id, id, share_id FROM review_flag
 WHERE state = 'OPEN' AND tier = 'HOLD' AND held_at <= now() - make_interval(days => $1::int)
 ORDER BY asn_id, share_id, id LIMIT $2
"""
_RELEASE = """
UPDATE review_flag SET state = 'RELEASED', decided_at = now()
 WHERE asn_id = $1 AND id = $2 AND state = 'OPEN' RETURNING id
"""


async def release_overdue_holds(lease: Lease, hold_days: int) -> int:
    """Release what waited longer than a hold may last; it counts as cleared."""
    async with lease.transaction() as db:
        rows = await db.fetch(_OVERDUE, hold_days, BATCH_SIZE)
        for row in rows:
            await _release(db, row["asn_id"], row["id"], row["share_id"])
        return len(rows)


async def _release(db: Connection, asn_id: UUID, flag_id: UUID, share_id: UUID) -> None:
    await lock_share(db, asn_id, share_id)
    before = await standings(db, asn_id, share_id)
    if await db.fetchval(_RELEASE, asn_id, flag_id) is not None:
        await log(db, SYSTEM, (asn_id, flag_id), LogKind.RELEASED)
        await settle(db, asn_id, share_id, before)
