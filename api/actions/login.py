"""Logins at networks: begun with a signed state, ended by the code that a person brings back."""

import secrets
from uuid import UUID

from asyncpg import Connection
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Role, Viewer
from api.domain.ownership import LOGIN_LIFE, callback_address
from api.domain.platform import Platform
from api.errors import Invalid, InvalidState, Refusal
from api.models import new_id, transaction
from api.models.login_state import LoginStates
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from api.reads.login import Attempt, login_attempt
from api.settings import Settings

_LONGEST_CODE = 2_000
_BEGIN = """
INSERT INTO account_verification
       (id, account_id, method, token, requested_at, expires_at, is_confirmed, sealed_verifier)
VALUES ($1, $2, 'OAUTH', $3, now(), now() + $4, false, $5)
"""
_USE = """
UPDATE account_verification v SET used_at = now(), sealed_code = $2
 WHERE v.id = $1 AND v.used_at IS NULL AND v.expires_at > now()
RETURNING id
"""
_AGREES = """
SELECT id FROM consent WHERE account_id = $1 AND purpose = 'ACCOUNT_TRACKING'
   AND withdrawn_at IS NULL FOR SHARE
"""
_DENY = """
UPDATE account_verification SET used_at = now(), checked_at = now(), outcome_code = $2
 WHERE id = $1 AND used_at IS NULL RETURNING id
"""


async def begin_login(db: Connection, sealer: Sealer, account_id: UUID) -> None:
    """Make a verifier, and keep it sealed under the code challenge that goes to the network."""
    verifier = secrets.token_urlsafe(48)
    nonce: str = create_s256_code_challenge(verifier)
    sealed = sealer.seal_token(account_id, verifier)
    await db.execute(_BEGIN, new_id(), account_id, nonce, LOGIN_LIFE, sealed)


def login_address(
    settings: Settings, platform: Platform, asn_id: UUID, handle: str, nonce: str
) -> str:
    """Return where the owner of an account signs in at its network."""
    app = settings.login_of(platform.value)
    address: str = prepare_grant_uri(
        app.authorize_url,
        app.client_id,
        "code",
        redirect_uri=callback_address(settings.public_url, platform),
        scope=list(app.scopes),
        state=LoginStates(settings.secrets).sign(platform.value, asn_id, nonce),
        code_challenge=nonce,
        code_challenge_method="S256",
        login_hint=handle,
    )
    return address


async def accept_login(
    settings: Settings, platform: Platform, state: str, code: str, request_id: str | None
) -> None:
    """Take the code that a person brought back, once; a worker exchanges it.

    Raises:
        Invalid: the state was not made here for this network, or there is no code.
        InvalidState: it was used before.
        Refusal: EXPIRED, or CONSENT_MISSING where the person agrees no more.
    """
    attempt = await login_attempt(settings.secrets, platform, state)
    guest = _guest(attempt, request_id)
    key = None if attempt is None else attempt.account_id
    async with noted(guest, Refused("accept_login", "SocialAccount", key)):
        if attempt is None or not 0 < len(code) <= _LONGEST_CODE:
            raise Invalid("This login was not begun here.", field=["state"])
        sealed = Sealer(settings.secrets).seal_token(attempt.account_id, code)
        async with transaction() as db:
            await _use(db, attempt, sealed)
            args = {"verification_id": str(attempt.id)}
            await enqueue(
                db,
                Job.FINISH_LOGIN,
                args,
                key=f"{Job.FINISH_LOGIN}:{attempt.id}",
                request_id=request_id,
            )
            await record(db, guest, Change("accept_login", "SocialAccount", attempt.account_id))


async def _use(db: Connection, attempt: Attempt, sealed_code: bytes) -> None:
    if await db.fetchval(_AGREES, attempt.account_id) is None:
        raise Refusal("The owner does not agree any more.", code="CONSENT_MISSING")
    if await db.fetchval(_USE, attempt.id, sealed_code) is None:
        if attempt.is_over and not attempt.is_used:
            raise Refusal("The time for this login is over.", code="EXPIRED", field=["state"])
        raise InvalidState("This login was used before.", field=["state"])


async def deny_login(settings: Settings, platform: Platform, state: str, request_id: str) -> None:
    """Note that the person, or the network, refused; the state is used up. A repeat is nothing."""
    attempt = await login_attempt(settings.secrets, platform, state)
    if attempt is None:
        return
    async with transaction() as db:
        if await db.fetchval(_DENY, attempt.id, "DENIED") is not None:
            change = Change("accept_login", "SocialAccount", attempt.account_id, reason="DENIED")
            await record(db, _guest(attempt, request_id), change)


def _guest(attempt: Attempt | None, request_id: str | None) -> Viewer:
    subject = "anonymous" if attempt is None else f"login:{attempt.id}"
    return Viewer(subject=subject, role=Role.ASN, name="", request_id=request_id)
