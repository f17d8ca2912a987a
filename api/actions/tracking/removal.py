"""A share is removed after two complete sweeps without it, or on the network's own word."""

from uuid import UUID

from asyncpg import Connection

from api.actions.outbox import CursorRef, Lease
from api.actions.tracking.sweep import ask_for_ranking, complete
from api.domain.platform import Coverage, ShareKind

SWEEPS_WITHOUT = 2

_REVIVE_SHARES = """
UPDATE share SET presence = 'LIVE', removed_at = NULL, missed_sweep_count = 0
 WHERE program_post_id = $1 AND key = ANY($2) AND (presence = 'REMOVED' OR missed_sweep_count > 0)
"""
_MISS_SHARES = """
UPDATE share s
   SET missed_sweep_count = missed_sweep_count + 1,
       presence = CASE WHEN missed_sweep_count + 1 >= $5 THEN 'REMOVED' ELSE presence END,
       removed_at = CASE WHEN missed_sweep_count + 1 >= $5 THEN now() ELSE removed_at END
 WHERE program_post_id = $1 AND kind = $2 AND presence = 'LIVE' AND NOT key = ANY($3)
   AND EXISTS (SELECT 1 FROM share_evidence e
                WHERE e.asn_id = s.asn_id AND e.share_id = s.id AND e.mechanism = $4)
"""
_REVIVE_RESHARES = """
UPDATE reshare SET is_withdrawn = false, withdrawn_at = NULL, missed_sweep_count = 0
 WHERE asn_id = $1 AND share_id = $2 AND encode(substr(resharer_key, 1, 8), 'hex') = ANY($3)
   AND (is_withdrawn OR missed_sweep_count > 0)
"""
_MISS_RESHARES = """
UPDATE reshare
   SET missed_sweep_count = missed_sweep_count + 1,
       is_withdrawn = missed_sweep_count + 1 >= $4,
       withdrawn_at = CASE WHEN missed_sweep_count + 1 >= $4 THEN now() END
 WHERE asn_id = $1 AND share_id = $2 AND NOT is_withdrawn
   AND NOT encode(substr(resharer_key, 1, 8), 'hex') = ANY($3)
"""
_GONE = """
UPDATE share SET presence = 'REMOVED', removed_at = now()
 WHERE asn_id = $1 AND id = $2 AND presence = 'LIVE'
"""


async def settle_shares(
    db: Connection, post_id: UUID, kind: ShareKind, mechanism: str, seen: set[str]
) -> bool:
    """Compare a complete sweep with the rows; tell whether any row changed."""
    keys = list(seen)
    revived = await db.execute(_REVIVE_SHARES, post_id, keys)
    missed = await db.execute(_MISS_SHARES, post_id, kind.value, keys, mechanism, SWEEPS_WITHOUT)
    return has_changed(revived) or has_changed(missed)


async def settle_reshares(db: Connection, asn_id: UUID, share_id: UUID, seen: set[str]) -> bool:
    """Compare a complete sweep of a share's resharers with the rows; tell whether any changed."""
    keys = list(seen)
    revived = await db.execute(_REVIVE_RESHARES, asn_id, share_id, keys)
    missed = await db.execute(_MISS_RESHARES, asn_id, share_id, keys, SWEEPS_WITHOUT)
    return has_changed(revived) or has_changed(missed)


async def mark_share_gone(lease: Lease, ref: CursorRef, asn_id: UUID, share_id: UUID) -> None:
    """Store that the network itself says a share no longer exists."""
    async with lease.transaction() as db:
        if has_changed(await db.execute(_GONE, asn_id, share_id)):
            await ask_for_ranking(db)
        await complete(db, ref, Coverage.UNKNOWN, "NOT_FOUND")
        await lease.finish(db)


def has_changed(status: str) -> bool:
    """Read the row count of a command status such as `UPDATE 3`."""
    return status.rpartition(" ")[2] != "0"
