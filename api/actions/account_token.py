"""Keeps the access that the owner of an account gave, sealed; one usable token an account.

What a network issues is held as revoke-only at first, so that no crash leaves a token that nobody
gives back: it becomes usable in the transaction that proves the account, or is given back.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.account import settle_claim
from api.actions.outbox import Lease
from api.actions.trail import Change, record
from api.domain.access import SYSTEM
from api.models import new_id, transaction
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from api.reads.ownership import Claim
from api.reads.renewal import AgeingToken

# Deleted within the hour in any case; the sweep comes every five minutes.
TOKEN_KEPT = timedelta(minutes=50)
_HELD_FOR = timedelta(minutes=20)

_KEEP = """
INSERT INTO account_token (id, asn_id, account_id, sealed_access, expires_at, is_revoke_only,
                           created_at)
SELECT $1, asn_id, id, $3, $4, false, now() FROM social_account WHERE id = $2
ON CONFLICT (account_id) WHERE NOT is_revoke_only DO UPDATE
   SET sealed_access = excluded.sealed_access, expires_at = excluded.expires_at,
       created_at = now()
"""
_CONNECTED = "UPDATE social_account SET connection = 'HEALTHY' WHERE id = $1"
_HOLD = """
INSERT INTO account_token (id, asn_id, account_id, sealed_access, sealed_refresh, expires_at,
                           is_revoke_only, delete_by, created_at)
SELECT $1, asn_id, id, $3, $4, $5, true, now() + $6, now() FROM social_account WHERE id = $2
ON CONFLICT (id) DO NOTHING
"""
_EXCHANGED = """
UPDATE account_verification SET sealed_code = NULL, sealed_verifier = NULL WHERE id = $1
"""
_HELD = "SELECT account_id, sealed_access, sealed_refresh FROM account_token WHERE id = $1"
_REPLACE = "DELETE FROM account_token WHERE account_id = $1 AND NOT is_revoke_only"
_OPEN = """
UPDATE account_token SET is_revoke_only = false, delete_by = NULL, account_id = $2,
       sealed_access = $3, sealed_refresh = $4
 WHERE id = $1
"""
_CHECKED = """
UPDATE account_verification SET checked_at = now(), outcome_code = $2,
       sealed_code = NULL, sealed_verifier = NULL
 WHERE id = $1
"""
_RENEW = """
UPDATE account_token SET sealed_access = $2, sealed_refresh = coalesce($3, sealed_refresh),
       expires_at = $4, created_at = now()
 WHERE id = $1 AND NOT is_revoke_only RETURNING account_id
"""
_CLOSE = """
UPDATE account_token SET is_revoke_only = true, delete_by = now() + $2
 WHERE account_id = $1 AND NOT is_revoke_only
"""
_CLOSED = "SELECT id FROM account_token WHERE account_id = $1 AND is_revoke_only"


@dataclass(frozen=True, slots=True)
class Issued:
    """What a network gave for a code."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoginProof:
    """Who a network says has signed in, and whether anything is read with their own token."""

    user_id: str
    handle: str
    needs_token: bool


async def keep_token(
    db: Connection, sealer: Sealer, account_id: UUID, access: str, expires_at: datetime | None
) -> None:
    """Keep the access to an account in the place of an older one."""
    sealed = sealer.seal_token(account_id, access)
    await db.execute(_KEEP, new_id(), account_id, sealed, expires_at)
    await db.execute(_CONNECTED, account_id)


async def hold_token(lease: Lease, sealer: Sealer, claim: Claim, issued: Issued) -> None:
    """Hold what was exchanged for a code until the account is proved; it is given back else."""
    key, account_id = claim.verification_id, claim.account_id
    access = sealer.seal_token(account_id, issued.access)
    refresh = None if issued.refresh is None else sealer.seal_token(account_id, issued.refresh)
    async with lease.transaction() as db:
        await db.execute(_HOLD, key, account_id, access, refresh, issued.expires_at, TOKEN_KEPT)
        await db.execute(_EXCHANGED, key)
        await _give_back(db, key, _HELD_FOR)
        await lease.extend(db)


async def prove_by_login(lease: Lease, sealer: Sealer, claim: Claim, proof: LoginProof) -> None:
    """Store that the account is the person's own; its access stays only where reads need it."""
    async with lease.transaction() as db:
        code, account_id = await settle_claim(db, claim, proof.user_id, proof.handle)
        if code == "CONFIRMED" and proof.needs_token:
            await _open(db, sealer, claim.verification_id, account_id)
        else:
            await _give_back(db, claim.verification_id)
        await lease.finish(db)


async def end_login(lease: Lease, claim: Claim, code: str) -> None:
    """Store why a login proved nothing, and give back what it gave."""
    async with lease.transaction() as db:
        await db.execute(_CHECKED, claim.verification_id, code)
        change = Change("check_ownership", "SocialAccount", claim.account_id, reason=code)
        await record(db, SYSTEM, change)
        await _give_back(db, claim.verification_id)
        await lease.finish(db)


async def renew_token(lease: Lease, sealer: Sealer, held: AgeingToken, issued: Issued) -> None:
    """Keep what a network gave for an ageing token in its place, unless another one took it."""
    account_id = held.account_id
    access = sealer.seal_token(account_id, issued.access)
    refresh = None if issued.refresh is None else sealer.seal_token(account_id, issued.refresh)
    async with lease.transaction() as db:
        found = await db.fetchval(_RENEW, held.id, access, refresh, issued.expires_at)
        if found is not None:
            await record(db, SYSTEM, Change("renew_token", "SocialAccount", account_id))
        await lease.finish(db)


async def close_access(db: Connection, account_id: UUID) -> None:
    """End every use of an account's tokens at once, and ask for their return to the network."""
    await db.execute(_CLOSE, account_id, TOKEN_KEPT)
    for row in await db.fetch(_CLOSED, account_id):
        await _give_back(db, row["id"])


async def _open(db: Connection, sealer: Sealer, token_id: UUID, account_id: UUID) -> None:
    held = await db.fetchrow(_HELD, token_id)
    if held is None:
        return
    boxes = [held["sealed_access"], held["sealed_refresh"]]
    sealed = [
        None
        if box is None
        else sealer.seal_token(account_id, sealer.open_token(held["account_id"], box))
        for box in boxes
    ]
    await db.execute(_REPLACE, account_id)
    await db.execute(_OPEN, token_id, account_id, *sealed)
    await db.execute(_CONNECTED, account_id)


async def _give_back(db: Connection, token_id: UUID, delay: timedelta = timedelta()) -> None:
    # The message that waits since the token was held must not swallow the one that is due at once.
    key = f"{Job.REVOKE_ACCESS}:{token_id}" + (":later" if delay else "")
    args = {"token_id": str(token_id)}
    await enqueue(db, Job.REVOKE_ACCESS, args, key=key, delay=delay)


_FORGET = """
DELETE FROM account_token WHERE id = $1 AND is_revoke_only RETURNING account_id
"""
_STOPPED = """
UPDATE consent SET stopped_at = now()
 WHERE account_id = $1 AND withdrawn_at IS NOT NULL AND stopped_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM account_token t WHERE t.account_id = $1)
"""
_OVERDUE = """
DELETE FROM account_token WHERE is_revoke_only AND delete_by < now() + interval '5 minutes'
RETURNING account_id
"""


async def forget_token(lease: Lease, token_id: UUID, code: str) -> None:
    """Delete a token that was given back, or that its network takes back from nobody."""
    async with lease.transaction() as db:
        account_id = await db.fetchval(_FORGET, token_id)
        if account_id is not None:
            await _note_deletion(db, account_id, code)
        await lease.finish(db)


async def forget_overdue_tokens() -> None:
    """Delete what no network has taken back in time; the audit row says so."""
    async with transaction() as db:
        for row in await db.fetch(_OVERDUE):
            await _note_deletion(db, row["account_id"], "NOT_REVOKED_IN_TIME")


async def _note_deletion(db: Connection, account_id: UUID, code: str) -> None:
    await db.execute(_STOPPED, account_id)
    await record(db, SYSTEM, Change("delete_token", "SocialAccount", account_id, reason=code))
