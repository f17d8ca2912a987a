"""Ends consents and removes accounts: every use stops in the transaction of the withdrawal."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.account_token import close_access
from api.actions.gains import ask_for_ranking, remeasure_holders
from api.actions.idempotency import Attempt, is_repeated
from api.actions.trail import Change, record
from api.actions.watermark import stop_ingest
from api.domain.access import SYSTEM, Viewer
from api.domain.platform import Platform
from api.errors import InvalidState, NotFound
from api.models import transaction
from api.models.privacy import Purpose
from api.reads import scope

# UU PDP 27/2022: processing stops within 3 x 24 hours; here it stops at the commit.
STOP_AFTER = timedelta(hours=72)
ACCOUNT_PURPOSES = (Purpose.ACCOUNT_TRACKING, Purpose.METRICS)

# A running task holds its message before it asks for the consent: messages first, or both wait.
_CANCEL = """
UPDATE outbox_message m SET state = 'CANCELLED', error_code = 'CONSENT_WITHDRAWN',
       finished_at = now(), lease_until = NULL, body = NULL
 WHERE m.id IN (
       SELECT o.id FROM outbox_message o
        WHERE o.state IN ('PENDING', 'SENT', 'RUNNING')
          AND (o.args ->> 'account_id' = $1::uuid::text
               OR o.args ->> 'verification_id' IN (
                  SELECT v.id::text FROM account_verification v WHERE v.account_id = $1::uuid)
               OR o.args ->> 'share_id' IN (
                  SELECT s.id::text FROM share s WHERE s.account_id = $1::uuid))
        ORDER BY o.id FOR UPDATE)
"""
_IN_FORCE = """
SELECT id FROM consent
 WHERE asn_id = $1 AND purpose = ANY($2) AND account_id IS NOT DISTINCT FROM $3
   AND withdrawn_at IS NULL
 ORDER BY id FOR UPDATE
"""
# Not the time at which the transaction began: what was stored while it waited is older than this.
_WITHDRAW = """
WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at)
UPDATE consent SET withdrawn_at = moment.at, stop_due_at = moment.at + $3,
       stopped_at = CASE WHEN EXISTS (SELECT 1 FROM account_token t WHERE t.account_id = $2)
                         THEN NULL ELSE moment.at END
  FROM moment WHERE id = ANY($1)
"""
_DISCONNECT = """
UPDATE social_account SET connection = 'REVOKED' WHERE id = $1 AND connection <> 'NONE'
"""
_REMOVE = "UPDATE social_account SET verification = 'REMOVED' WHERE id = $1"
_FREE = "DELETE FROM account_key WHERE account_id = $1"
_ASN_OF = "SELECT asn_id FROM social_account WHERE id = $1"


async def withdraw_consent(
    viewer: Viewer,
    asn_id: UUID,
    purpose: str,
    account_id: UUID | None,
    idempotency_key: str | None = None,
) -> UUID:
    """End an agreement; nothing observed later is stored. No other purpose ends with it.

    Raises:
        NotFound: the person or the account is missing or out of scope.
        InvalidState: no such agreement is in force.
        IdempotencyMismatch: the key was used with other input.
    """
    is_of_account = purpose in ACCOUNT_PURPOSES
    if is_of_account != (account_id is not None):
        raise NotFound(field=["accountId"])
    attempt = Attempt("consentWithdraw", idempotency_key, [asn_id, purpose, account_id])
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            return asn_id
        await _require(db, viewer, asn_id, account_id)
        if purpose == Purpose.ACCOUNT_TRACKING and account_id is not None:
            await _stop(db, account_id)
        if is_of_account:
            await stop_ingest(db)
        ended = await _end(db, asn_id, [purpose], account_id)
        if not ended:
            raise InvalidState("There is no such agreement in force.")
        if purpose == Purpose.ACCOUNT_TRACKING:
            await remeasure_holders(db, [asn_id])
            await ask_for_ranking(db)
        for consent_id in ended:
            await record(db, viewer, Change("withdraw_consent", "Consent", consent_id))
    return asn_id


async def remove_account(
    viewer: Viewer, account_id: UUID, idempotency_key: str | None = None
) -> UUID:
    """Unlink an account for good and end its consents; return the id of its owner.

    Raises:
        NotFound: missing, removed already or out of scope.
        IdempotencyMismatch: the key was used with other input.
    """
    attempt = Attempt("socialAccountRemove", idempotency_key, account_id)
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            owner: UUID = await db.fetchval(_ASN_OF, account_id)
            return owner
        asn_id = await _require_account(db, viewer, account_id, None)
        await _stop(db, account_id)
        await stop_ingest(db)
        await _end(db, asn_id, ACCOUNT_PURPOSES, account_id)
        await db.execute(_REMOVE, account_id)
        await db.execute(_FREE, account_id)
        await remeasure_holders(db, [asn_id])
        await ask_for_ranking(db)
        await record(db, viewer, Change("remove_account", "SocialAccount", account_id))
        return asn_id


async def _stop(db: Connection, account_id: UUID) -> None:
    await db.execute(_CANCEL, account_id)
    await close_access(db, account_id)
    await db.execute(_DISCONNECT, account_id)


async def _require(db: Connection, viewer: Viewer, asn_id: UUID, account_id: UUID | None) -> None:
    if account_id is None:
        await _require_person(db, viewer, asn_id)
    else:
        await _require_account(db, viewer, account_id, asn_id)


async def _end(
    db: Connection, asn_id: UUID, purposes: Iterable[str], account_id: UUID | None
) -> list[UUID]:
    """End agreements, once nobody stores anything under them any more; return their ids."""
    rows = await db.fetch(_IN_FORCE, asn_id, list(purposes), account_id)
    ended = [row["id"] for row in rows]
    await db.execute(_WITHDRAW, ended, account_id, STOP_AFTER)
    return ended


async def _require_account(
    db: Connection, viewer: Viewer, account_id: UUID, asn_id: UUID | None
) -> UUID:
    visible = scope.asns(viewer, "a.asn_id", 3)
    found: UUID | None = await db.fetchval(
        "SELECT a.asn_id FROM social_account a WHERE a.id = $1 AND a.verification <> 'REMOVED'"
        f" AND ($2::uuid IS NULL OR a.asn_id = $2) AND {visible.sql}",
        account_id,
        asn_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["accountId"])
    return found


async def _require_person(db: Connection, viewer: Viewer, asn_id: UUID) -> None:
    visible = scope.asns(viewer, "a.id", 2)
    found = await db.fetchval(
        f"SELECT a.id FROM asn a WHERE a.id = $1 AND {visible.sql}", asn_id, *visible.parameters
    )
    if found is None:
        raise NotFound(field=["asnId"])


_OF_NETWORK = """
SELECT account_id FROM account_key WHERE platform = $1 AND platform_user_id = $2
"""


async def withdraw_for_network(db: Connection, platform: Platform, platform_user_id: str) -> None:
    """End the consents of an account because its network says that the owner withdrew access."""
    account_id = await db.fetchval(_OF_NETWORK, platform.value, platform_user_id)
    if account_id is not None:
        await withdraw_account(db, account_id)


async def withdraw_account(db: Connection, account_id: UUID) -> None:
    """End the consents of an account and every use of it, as its owner took access back.

    Nothing may have been ingested in this transaction before: it waits for all who ingest.
    """
    await _stop(db, account_id)
    await stop_ingest(db)
    asn_id = await db.fetchval(_ASN_OF, account_id)
    ended = await _end(db, asn_id, ACCOUNT_PURPOSES, account_id)
    for consent_id in ended:
        await record(db, SYSTEM, Change("withdraw_consent", "Consent", consent_id))
    if ended:
        await remeasure_holders(db, [asn_id])
        await ask_for_ranking(db)
