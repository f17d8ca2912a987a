"""Finishes logins at networks, renews what they gave, and gives back what is needed no more."""

from contextlib import suppress
from uuid import UUID

from api.actions.account_change import lose_access
from api.actions.account_token import (
    Issued,
    LoginProof,
    end_login,
    forget_token,
    hold_token,
    prove_by_login,
    renew_token,
)
from api.actions.outbox import CursorRef, Fenced
from api.domain.ownership import callback_address, is_same_account
from api.reads.login import ClosedToken, Login, closed_token, open_login
from api.reads.renewal import ageing_token
from workers.platforms.base import (
    Auth,
    AuthRevoked,
    Cap,
    Connector,
    MissingPermission,
    NotFound,
    PlatformError,
    ProfileFact,
    Protected,
)
from workers.platforms.logins import Grant, LoginServer
from workers.tasks.kit import Kit, Work


async def finish_login(kit: Kit, work: Work) -> None:
    """Exchange the code once, ask the network whose token that is, and prove the account by it."""
    login = await open_login(UUID(work.args["verification_id"]))
    if login is None:
        return
    claim = login.claim
    connector = kit.connector(claim.platform)
    work.cursor = CursorRef(claim.platform, "login", str(claim.verification_id))
    try:
        access = await _access(kit, work, login)
        profile = await connector.me(Auth.of_account(access))
    except (AuthRevoked, MissingPermission, NotFound, Protected) as outcome:
        await end_login(work.lease, claim, outcome.code)
        return
    if not _is_named(login, profile):
        await end_login(work.lease, claim, "OTHER_ACCOUNT")
        return
    handle = profile.handle or claim.handle
    proof = LoginProof(profile.id, handle, needs_own_token(connector))
    await prove_by_login(work.lease, kit.sealer, claim, proof)


async def renew_access(kit: Kit, work: Work) -> None:
    """Exchange an ageing token for one that lives longer; what cannot be renewed is dropped."""
    token = await ageing_token(UUID(work.args["account_id"]))
    if token is None:
        return
    server = kit.login_server(token.platform)
    access, refresh = (
        None if box is None else kit.sealer.open_token(token.account_id, box)
        for box in (token.sealed_access, token.sealed_refresh)
    )
    try:
        grant = await server.renew(access or "", refresh)
    except AuthRevoked as lost:
        await lose_access(work.lease, token.account_id, is_expired=lost.is_expired)
        return
    try:
        await renew_token(work.lease, kit.sealer, token, _issued(grant))
    except Fenced:
        await _return_at_once(server, grant.access)
        raise


async def revoke_access(kit: Kit, work: Work) -> None:
    """Give a token back to its network and delete it."""
    token = await closed_token(UUID(work.args["token_id"]))
    if token is None:
        return
    server = kit.logins.get(token.platform)
    if server is None or not server.takes_back or _harms_another(server, token):
        await forget_token(work.lease, token.id, "NOT_REVOCABLE")
        return
    with suppress(AuthRevoked):
        await server.revoke(kit.sealer.open_token(token.account_id, token.sealed_access))
    await forget_token(work.lease, token.id, "REVOKED")


def _harms_another(server: LoginServer, token: ClosedToken) -> bool:
    """Tell whether giving it back could end the access that somebody else gave.

    A token that proved nothing may be of an account that its true owner has linked.
    """
    return server.ends_all_access and not token.is_of_account


def needs_own_token(connector: Connector) -> bool:
    """Tell whether anything is read with the owner's own token: where not, none is kept."""
    by_token = Cap.OWN_POSTS_BY_TOKEN | Cap.OWN_METRICS
    return bool(by_token & connector.caps) or Cap.PROFILE_PUBLIC not in connector.caps


def _is_named(login: Login, seen: ProfileFact) -> bool:
    claim = login.claim
    known = (claim.platform_user_id, claim.handle)
    return is_same_account(claim.platform, known, (seen.id, seen.handle))


async def _access(kit: Kit, work: Work, login: Login) -> str:
    claim = login.claim
    if login.sealed_access is not None:
        return kit.sealer.open_token(claim.account_id, login.sealed_access)
    if login.sealed_code is None or login.sealed_verifier is None:
        raise AuthRevoked
    server = kit.login_server(claim.platform)
    code, verifier = (
        kit.sealer.open_token(claim.account_id, box)
        for box in (login.sealed_code, login.sealed_verifier)
    )
    back = callback_address(kit.settings.public_url, claim.platform)
    grant = await server.exchange(code, verifier, back)
    try:
        await hold_token(work.lease, kit.sealer, claim, _issued(grant))
    except Fenced:
        await _return_at_once(server, grant.access)
        raise
    return grant.access


def _issued(grant: Grant) -> Issued:
    return Issued(grant.access, grant.refresh, grant.expires_at)


async def _return_at_once(server: LoginServer, access: str) -> None:
    """Give back what arrived after the person had withdrawn; nothing of it is stored."""
    if server.takes_back:
        with suppress(PlatformError):
            await server.revoke(access)
