"""Notes what happens to linked accounts: new names, gaps in access, lost proofs; all dated."""

from uuid import UUID

from asyncpg import Connection

from api.actions.account_token import close_access
from api.actions.consent import withdraw_account
from api.actions.outbox import Lease
from api.actions.trail import Change, record
from api.domain.access import SYSTEM
from api.models import new_id
from api.queue import Job, enqueue

_RENAME = """
WITH old AS (SELECT id, asn_id, handle FROM social_account WHERE id = $1 FOR UPDATE),
     renamed AS (
    UPDATE social_account a SET handle = $2, url = $3 FROM old
     WHERE a.id = old.id AND old.handle <> $2 RETURNING a.id)
INSERT INTO account_change (id, asn_id, account_id, kind, before, after, from_at)
SELECT $4, old.asn_id, old.id, 'HANDLE', old.handle, $2, now() FROM old JOIN renamed USING (id)
"""
_LOSE = """
INSERT INTO account_change (id, asn_id, account_id, kind, after, from_at)
SELECT $2, asn_id, id, 'ACCESS', $3, now() FROM social_account WHERE id = $1
ON CONFLICT (account_id) WHERE kind = 'ACCESS' AND to_at IS NULL DO NOTHING
"""
_REGAIN = """
UPDATE account_change SET to_at = now()
 WHERE account_id = ANY($1::uuid[]) AND kind = 'ACCESS' AND to_at IS NULL
"""
_LAPSE = """
UPDATE social_account SET verification = 'EXPIRED' WHERE id = $1 AND verification = 'VERIFIED'
RETURNING asn_id
"""
_OWNER = """
INSERT INTO account_change (id, asn_id, account_id, kind, before, after, from_at)
SELECT $2, asn_id, id, 'OWNER', handle, handle, now() FROM social_account WHERE id = $1
"""
_EXPIRED = "UPDATE social_account SET connection = 'EXPIRED' WHERE id = $1"


async def note_handle(db: Connection, account_id: UUID, handle: str, url: str | None) -> None:
    """Store the present name of an account; an older one stays as a dated change."""
    await db.execute(_RENAME, account_id, handle, url, new_id())


async def note_gap(db: Connection, account_id: UUID, code: str) -> None:
    """Note that nothing can be read from now on; a gap that is open already goes on."""
    await db.execute(_LOSE, account_id, new_id(), code)


async def note_access(db: Connection, account_ids: list[UUID]) -> None:
    """Close the gaps of accounts that can be read (again)."""
    await db.execute(_REGAIN, account_ids)


async def drop_proof(db: Connection, account_id: UUID) -> None:
    """End the proof of an account because another account stands behind its name now."""
    asn_id = await db.fetchval(_LAPSE, account_id)
    if asn_id is None:
        return
    await db.execute(_OWNER, account_id, new_id())
    await note_gap(db, account_id, "OWNER")
    key = f"{Job.ASSESS_ELIGIBILITY}:{asn_id}"
    await enqueue(db, Job.ASSESS_ELIGIBILITY, {"asn_id": str(asn_id)}, key=key)
    await record(db, SYSTEM, Change("drop_proof", "SocialAccount", account_id))


async def lose_access(lease: Lease, account_id: UUID, *, is_expired: bool) -> None:
    """Drop a token that its network refuses, so that nothing is asked with it again.

    One that only ran out leaves the consent as it is. One that the person took back at the network
    is their withdrawal, and has all its effects.
    """
    async with lease.transaction() as db:
        await note_gap(db, account_id, "EXPIRED" if is_expired else "REVOKED")
        if is_expired:
            await close_access(db, account_id)
            await db.execute(_EXPIRED, account_id)
        else:
            await withdraw_account(db, account_id)
        change = Change("lose_access", "SocialAccount", account_id, after=is_expired)
        await record(db, SYSTEM, change)
