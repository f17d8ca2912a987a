"""Logins at networks: for the page that a person comes back to, and for the worker."""

from dataclasses import dataclass, field
from uuid import UUID

from api.domain.platform import Platform
from api.models import connection
from api.models.login_state import LoginStates, nonce_of
from api.reads.ownership import Claim
from api.settings import Secrets

_ATTEMPT = """
SELECT v.id, v.account_id, a.asn_id, a.handle, s.full_name AS name,
       v.used_at IS NOT NULL AS is_used, v.expires_at <= now() AS is_over
  FROM account_verification v JOIN social_account a ON a.id = v.account_id
  JOIN asn s ON s.id = a.asn_id
 WHERE v.token = $1 AND v.method = 'OAUTH' AND a.platform = $2 AND a.verification <> 'REMOVED'
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that was begun: of which account, to be linked to whom."""

    id: UUID
    account_id: UUID
    asn_id: UUID
    handle: str
    name: str
    is_used: bool
    is_over: bool


async def login_attempt(secrets: Secrets, platform: Platform, state: str) -> Attempt | None:
    """Return the login of a state; None for one that was not made here, or for another network.

    Nobody is signed in where this is asked: the signed state itself is what lets a person see it.
    """
    async with connection() as db:
        row = await db.fetchrow(_ATTEMPT, nonce_of(state), platform.value)
    if row is None or not LoginStates(secrets).is_signed(platform.value, row["asn_id"], state):
        return None
    return Attempt(**row)


_OPEN = """
SELECT v.id, v.account_id, a.asn_id, a.platform, a.handle, a.platform_user_id, v.method, v.token,
       now() - v.requested_at AS age, v.sealed_code, v.sealed_verifier, t.sealed_access
  FROM account_verification v JOIN social_account a ON a.id = v.account_id
  LEFT JOIN account_token t ON t.id = v.id
 WHERE v.id = $1 AND v.used_at IS NOT NULL AND NOT v.is_confirmed AND v.checked_at IS NULL
   AND a.verification <> 'REMOVED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Login:
    """A login from which a person came back, and what was exchanged for its code already."""

    claim: Claim
    sealed_code: bytes | None = field(repr=False)
    sealed_verifier: bytes | None = field(repr=False)
    sealed_access: bytes | None = field(repr=False)


async def open_login(verification_id: UUID) -> Login | None:
    """Return the login, or None when it has ended or the person agrees no more."""
    async with connection() as db:
        row = await db.fetchrow(_OPEN, verification_id)
    if row is None:
        return None
    first, account_id, asn_id, platform, *rest = tuple(row)
    return Login(Claim(first, account_id, asn_id, Platform(platform), *rest[:-3]), *rest[-3:])


_CLOSED = """
SELECT t.id, t.account_id, a.platform, a.ownership_verified_at IS NOT NULL AS is_of_account,
       t.sealed_access
  FROM account_token t JOIN social_account a ON a.id = t.account_id
 WHERE t.id = $1 AND t.is_revoke_only
"""


@dataclass(frozen=True, slots=True)
class ClosedToken:
    """A token that may only be given back."""

    id: UUID
    account_id: UUID
    platform: Platform
    is_of_account: bool
    """Whether the account was ever proved; else the token may be of any account."""
    sealed_access: bytes = field(repr=False)


async def closed_token(token_id: UUID) -> ClosedToken | None:
    """Return the token, or None when it is gone or in use after all."""
    async with connection() as db:
        row = await db.fetchrow(_CLOSED, token_id)
    if row is None:
        return None
    return ClosedToken(**{**dict(row), "platform": Platform(row["platform"])})
