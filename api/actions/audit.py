"""Seals the audit trail into its chain, checks it, and notes what was denied."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.audit import GENESIS, link_hash
from api.models import transaction
from api.reads.audit import chain_is_intact

SEAL_BATCH = 1_000

_BEGIN = """
INSERT INTO audit_head (id, sequence, hash, sealed_at) VALUES (1, 0, $1, now())
ON CONFLICT (id) DO NOTHING
"""
# Who finds the head locked goes away: somebody is sealing.
_HEAD = "SELECT sequence, hash FROM audit_head WHERE id = 1 FOR UPDATE SKIP LOCKED"
_WAITING = """
SELECT id, row_hash FROM audit_event WHERE sequence IS NULL ORDER BY id LIMIT $1
"""
_SEAL = """
UPDATE audit_event e SET sequence = s.sequence, previous_hash = s.previous
  FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS s (id, sequence, previous)
 WHERE e.id = s.id
"""
_MOVE = "UPDATE audit_head SET sequence = $1, hash = $2, sealed_at = now() WHERE id = 1"
_VERIFIED = "UPDATE audit_head SET verified_at = now(), is_intact = $1 WHERE id = 1"


async def seal_audit() -> int:
    """Give waiting rows their place in the chain; return how many got one."""
    async with transaction() as db:
        rows = await db.fetch(_WAITING, SEAL_BATCH)
        if not rows:
            return 0
        await db.execute(_BEGIN, GENESIS)
        head = await db.fetchrow(_HEAD)
        if head is None:
            return 0
        # Read again under the lock, as somebody else may have sealed these rows by now.
        return await _append(db, head, await db.fetch(_WAITING, SEAL_BATCH))


async def _append(db: Connection, head: Record, rows: Sequence[Record]) -> int:
    sequence, link = head["sequence"], head["hash"]
    sealed: list[tuple[UUID, int, str]] = []
    for row in rows:
        sequence += 1
        sealed.append((row["id"], sequence, link))
        link = link_hash(sequence, link, row["row_hash"])
    if sealed:
        await db.execute(_SEAL, *(list(column) for column in zip(*sealed, strict=True)))
        await db.execute(_MOVE, sequence, link)
    return len(sealed)


async def verify_audit() -> bool:
    """Compute the whole chain again, note the result for the metrics and return it."""
    is_intact = await chain_is_intact()
    async with transaction() as db:
        await db.execute(_VERIFIED, is_intact)
    return is_intact


async def note_denial(
    viewer: Viewer, action: str, object_type: str, object_id: UUID | None
) -> None:
    """Note that a change was refused because its object is missing or out of scope.

    Both cases leave the same row by the same statement, so that neither answer nor time tells a
    caller which one it was.
    """
    change = Change(action, object_type, object_id, reason="NOT_FOUND")
    async with transaction() as db:
        await record(db, viewer, change)
