"""Links accounts to their owners, and stores what a check of ownership found."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.login import begin_login
from api.actions.outbox import Lease
from api.actions.trail import Change, record
from api.domain.access import SYSTEM, Viewer
from api.domain.handles import normalise_handle
from api.domain.ownership import CHALLENGE_LIFE, FIRST_CHECK_AFTER
from api.domain.platform import Platform
from api.domain.profiles import profile_url
from api.errors import ConsentMissing, InvalidState, NotFound, Taken
from api.models import new_id, transaction
from api.models.account import OwnershipMethod
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from api.reads import scope
from api.reads.ownership import Claim
from api.settings import Settings

CONSENT_TEXT = "link-1"
"""Version of the words that are shown before a holder links an account."""

_TAKEN = """
SELECT 1 FROM social_account WHERE platform = $1 AND lower(handle) = $2 AND asn_id <> $3
   AND verification IN ('VERIFIED', 'EXPIRED')
"""
_OWN = """
SELECT id, verification FROM social_account
 WHERE asn_id = $3 AND platform = $1 AND lower(handle) = $2 AND verification <> 'REMOVED'
 ORDER BY verification = 'VERIFIED' DESC LIMIT 1
"""
_INSERT = """
INSERT INTO social_account (id, asn_id, platform, handle, url, verification, connection, created_at)
VALUES ($1, $2, $3, $4, $5, 'PENDING', 'NONE', now())
"""
_CONSENT = """
INSERT INTO consent (id, asn_id, purpose, account_id, basis, text_version, channel, granted_at)
VALUES ($1, $2, $3, $4, 'CONSENT', $5, 'API', now())
ON CONFLICT (account_id, purpose) WHERE withdrawn_at IS NULL AND account_id IS NOT NULL DO NOTHING
"""
_STANDING = """
SELECT id FROM account_verification
 WHERE account_id = $1 AND method = $2 AND NOT is_confirmed AND expires_at > now()
   AND used_at IS NULL LIMIT 1
"""
_CHALLENGE = """
INSERT INTO account_verification
       (id, account_id, method, token, requested_at, expires_at, is_confirmed)
VALUES ($1, $2, $3, $4, now(), now() + $5, false)
"""


@dataclass(frozen=True, slots=True)
class LinkWish:
    """A person says that an account is theirs and how they will prove it."""

    asn_id: UUID
    platform: Platform
    handle: str
    method: str
    has_consent: bool


async def link_account(viewer: Viewer, wish: LinkWish, settings: Settings) -> UUID:
    """Note an account and what proves it; return its id. A repeat gives the standing challenge.

    Raises:
        Refusal: INVALID_HANDLE.
        ConsentMissing: the owner does not agree; nothing about the account is kept or read.
        NotFound: the person is missing or out of scope.
        Taken: somebody else has proved that handle.
        InvalidState: this way of proving is not offered here.
    """
    handle = normalise_handle(wish.platform, wish.handle, field=["handle"])
    is_login = wish.method == OwnershipMethod.OAUTH
    if is_login and not settings.login_of(wish.platform.value).is_offered:
        raise InvalidState("No login with this network is offered here.", field=["method"])
    if not wish.has_consent:
        raise ConsentMissing(
            "ACCOUNT_TRACKING and METRICS are needed to link an account.", field=["consent"]
        )
    async with transaction() as db:
        await _require_person(db, viewer, wish.asn_id)
        name = (wish.platform.value, handle, wish.asn_id)
        if await db.fetchval(_TAKEN, *name) is not None:
            raise Taken("Somebody else has linked this account.", field=["handle"])
        account_id, is_proved = await _account(db, wish, name)
        for purpose in ("ACCOUNT_TRACKING", "METRICS"):
            await db.execute(_CONSENT, new_id(), wish.asn_id, purpose, account_id, CONSENT_TEXT)
        if is_login:
            await _login(db, Sealer(settings.secrets), account_id)
        elif not is_proved:
            await _challenge(db, account_id, wish.method, viewer.request_id)
        await record(db, viewer, Change("link_account", "SocialAccount", account_id))
        return account_id


async def _require_person(db: Connection, viewer: Viewer, asn_id: UUID) -> None:
    visible = scope.asns(viewer, "a.id", 2)
    found = await db.fetchval(
        f"SELECT a.id FROM asn a WHERE a.id = $1 AND {visible.sql} FOR NO KEY UPDATE",
        asn_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["asnId"])


async def _account(
    db: Connection, wish: LinkWish, name: tuple[str, str, UUID]
) -> tuple[UUID, bool]:
    own = await db.fetchrow(_OWN, *name)
    if own is not None:
        return own["id"], own["verification"] == "VERIFIED"
    account_id, url = new_id(), profile_url(wish.platform, name[1])
    await db.execute(_INSERT, account_id, wish.asn_id, name[0], name[1], url)
    return account_id, False


async def _login(db: Connection, sealer: Sealer, account_id: UUID) -> None:
    """Begin a login, also for an account that is proved: lost access is given again like this."""
    if await db.fetchval(_STANDING, account_id, OwnershipMethod.OAUTH.value) is None:
        await begin_login(db, sealer, account_id)


async def _challenge(db: Connection, account_id: UUID, method: str, request_id: str | None) -> None:
    if await db.fetchval(_STANDING, account_id, method) is not None:
        return
    verification_id, token = new_id(), f"gema-{secrets.token_hex(6)}"
    life = CHALLENGE_LIFE
    await db.execute(_CHALLENGE, verification_id, account_id, method, token, life)
    await _check_later(db, verification_id, FIRST_CHECK_AFTER, request_id)


async def _check_later(
    db: Connection, verification_id: UUID, delay: timedelta, request_id: str | None = None
) -> None:
    args = {"verification_id": str(verification_id)}
    key = f"{Job.CHECK_OWNERSHIP}:{verification_id}"
    await enqueue(db, Job.CHECK_OWNERSHIP, args, key=key, delay=delay, request_id=request_id)


_CHECKED = """
UPDATE account_verification SET checked_at = now(), outcome_code = $2, is_confirmed = $3
 WHERE id = $1
"""
_AGREED = """
SELECT id FROM consent WHERE account_id = $1 AND purpose = 'ACCOUNT_TRACKING'
   AND withdrawn_at IS NULL FOR SHARE
"""
_CLAIM_KEY = """
INSERT INTO account_key (id, platform, platform_user_id, asn_id, account_id)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT (platform, platform_user_id) DO NOTHING
"""
_OWNER = """
SELECT asn_id, account_id FROM account_key WHERE platform = $1 AND platform_user_id = $2 FOR UPDATE
"""
_PROVE = """
UPDATE social_account SET platform_user_id = $2, handle = $3, url = $4, verification = 'VERIFIED',
       ownership_verified_at = now()
 WHERE id = $1
"""
_REGAIN = """
UPDATE account_change SET to_at = now()
 WHERE account_id = $1 AND kind = 'ACCESS' AND to_at IS NULL
"""
_END = "UPDATE social_account SET verification = $2 WHERE id = $1"


async def note_check(lease: Lease, claim: Claim, code: str, pause: timedelta) -> None:
    """Store that the code was not found, and look again later while the challenge lives."""
    async with lease.transaction() as db:
        is_confirmed = False
        await db.execute(_CHECKED, claim.verification_id, code, is_confirmed)
        await _check_later(db, claim.verification_id, pause)
        await lease.finish(db)


async def confirm_ownership(lease: Lease, claim: Claim, user_id: str, handle: str) -> None:
    """Store that the account is the person's own, unless somebody else holds it already.

    An account of this person with the same immutable id takes the proof over.
    """
    async with lease.transaction() as db:
        await settle_claim(db, claim, user_id, handle)
        await lease.finish(db)


async def settle_claim(db: Connection, claim: Claim, user_id: str, handle: str) -> tuple[str, UUID]:
    """Decide a proved claim; return CONFIRMED, TAKEN or CONSENT_MISSING, and whose account it is.

    In the last case nothing is stored.
    """
    if await db.fetchval(_AGREED, claim.account_id) is None:
        return "CONSENT_MISSING", claim.account_id
    code, account_id = await _claimed(db, claim, user_id)
    if code == "CONFIRMED":
        url = profile_url(claim.platform, handle)
        await db.execute(_PROVE, account_id, user_id, handle, url)
        await db.execute(_REGAIN, account_id)
        asn = {"asn_id": str(claim.asn_id)}
        key = f"{Job.ASSESS_ELIGIBILITY}:{claim.asn_id}"
        await enqueue(db, Job.ASSESS_ELIGIBILITY, asn, key=key)
    await db.execute(_CHECKED, claim.verification_id, code, code == "CONFIRMED")
    change = Change("check_ownership", "SocialAccount", account_id, after=code, reason=code)
    await record(db, SYSTEM, change)
    return code, account_id


async def _claimed(db: Connection, claim: Claim, user_id: str) -> tuple[str, UUID]:
    key = (claim.platform.value, user_id)
    await db.execute(_CLAIM_KEY, new_id(), *key, claim.asn_id, claim.account_id)
    owner = await db.fetchrow(_OWNER, *key)
    if owner["asn_id"] != claim.asn_id:
        await db.execute(_END, claim.account_id, "REJECTED")
        return "TAKEN", claim.account_id
    if owner["account_id"] != claim.account_id:
        await db.execute(_END, claim.account_id, "REMOVED")
    return "CONFIRMED", owner["account_id"]
