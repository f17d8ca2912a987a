"""Logins by OAuth 2: codes, tokens, refreshes and withdrawals, the same for every network.

A token is `sandbox-user-` and the number of its account, with a serial number if it was issued.
Tokens without one, with a handle or a number, need no login: tests may write them down.
"""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from enum import StrEnum

from workers.sandbox.network import Account, Network

USER_PREFIX = "sandbox-user-"
REFRESH_PREFIX = "sandbox-refresh-"
CLIENT_ID, CLIENT_SECRET = "sandbox-client", "sandbox-client-secret"
CODE_SECONDS = 600


class Loss(StrEnum):
    """Why a token is not accepted."""

    UNKNOWN = "UNKNOWN"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class TokenLost(Exception):
    """A token opens nothing, or nothing any more."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss)
        self.loss = loss


class GrantRefused(Exception):
    """A code or a refresh token is exchanged for nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a code was given for."""

    platform: str
    account_id: int
    redirect_uri: str
    scope: str
    challenge: str = ""
    expires_at: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """What an exchange gives."""

    platform: str
    account_id: int
    scope: str
    access_token: str
    refresh_token: str
    expires_at: int | None


@dataclass(slots=True)
class Logins:
    """All codes and tokens of one world. A second refresh with the same token is refused."""

    _codes: dict[str, Request] = field(default_factory=dict)
    _access: dict[str, Issue] = field(default_factory=dict)
    _refresh: dict[str, Issue] = field(default_factory=dict)
    _lost: set[tuple[str, int]] = field(default_factory=set)
    """Accounts that withdrew the application's access and did not log in again."""
    _count: int = 0

    def code(self, request: Request) -> str:
        """Return a code that is good once and for ten minutes."""
        self._count += 1
        code = f"sandbox-code-{self._count}-{request.account_id}"
        self._codes[code] = request
        return code

    def exchange(
        self, code: str, redirect_uri: str, verifier: str, now: int, life_seconds: int | None
    ) -> Issue:
        """Exchange a code for tokens."""
        request = self._codes.pop(code, None)
        if request is None or now > request.expires_at or redirect_uri != request.redirect_uri:
            raise GrantRefused("the code is not valid")
        if request.challenge and s256(verifier) != request.challenge:
            raise GrantRefused("the code verifier does not match")
        self._lost.discard((request.platform, request.account_id))
        return self._issue(request.platform, request.account_id, request.scope, now, life_seconds)

    def refresh(self, token: str, now: int, life_seconds: int | None) -> Issue:
        """Exchange a refresh token for new tokens; the old pair ends."""
        old = self._refresh.pop(token, None)
        if old is None or (old.platform, old.account_id) in self._lost:
            raise GrantRefused("the refresh token is not valid")
        self._access.pop(old.access_token, None)
        return self._issue(old.platform, old.account_id, old.scope, now, life_seconds)

    def prolong(self, token: str, now: int, life_seconds: int | None) -> Issue:
        """Exchange an access token that still lives for one that lives longer.

        Raises:
            TokenLost: there is no such token, it was withdrawn, or it is too late.
        """
        old = self._access.get(token)
        if old is None or (old.platform, old.account_id) in self._lost:
            raise TokenLost(Loss.REVOKED)
        if old.expires_at is not None and old.expires_at < now:
            raise TokenLost(Loss.REVOKED if old.expires_at < 0 else Loss.EXPIRED)
        return self._issue(old.platform, old.account_id, old.scope, now, life_seconds)

    def end(self, token: str) -> None:
        """Give a token of either kind back, and its other half with it."""
        issue = self._access.get(token) or self._refresh.get(token)
        if issue is not None:
            self._access[issue.access_token] = replace(issue, expires_at=-1)
            self._refresh.pop(issue.refresh_token, None)

    def withdraw(self, platform: str, account_id: int) -> None:
        """Let a person end the application's access, in the settings of their network."""
        self._lost.add((platform, account_id))
        for token, issue in self._access.items():
            if (issue.platform, issue.account_id) == (platform, account_id):
                self._access[token] = replace(issue, expires_at=-1)

    def account(self, network: Network, token: str, now: int) -> Account | None:
        """Return whose token this is, None for a name that nobody has.

        Raises:
            TokenLost: it was given back, withdrawn, or ran out.
        """
        name, _, serial = token.removeprefix(USER_PREFIX).partition("~")
        account = _named(network, name)
        if serial:
            self._check(network, token, now)
        if account is not None and (network.platform, account.id) in self._lost:
            raise TokenLost(Loss.REVOKED)
        return account

    def is_issued(self, token: str) -> bool:
        """Tell whether a token came out of a login."""
        return token in self._access

    def _check(self, network: Network, token: str, now: int) -> None:
        issue = self._access.get(token)
        if issue is None or issue.platform != network.platform:
            raise TokenLost(Loss.UNKNOWN)
        if issue.expires_at is not None and issue.expires_at < now:
            raise TokenLost(Loss.REVOKED if issue.expires_at < 0 else Loss.EXPIRED)

    def _issue(
        self, platform: str, account_id: int, scope: str, now: int, life_seconds: int | None
    ) -> Issue:
        self._count += 1
        issue = Issue(
            platform,
            account_id,
            scope,
            f"{USER_PREFIX}{account_id}~{self._count}",
            f"{REFRESH_PREFIX}{account_id}~{self._count}",
            None if life_seconds is None else now + life_seconds,
        )
        self._access[issue.access_token] = issue
        self._refresh[issue.refresh_token] = issue
        return issue


def s256(verifier: str) -> str:
    """Return the challenge that belongs to a code verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _named(network: Network, name: str) -> Account | None:
    if name.isascii() and name.isdigit() and int(name) in network.accounts:
        return network.accounts[int(name)]
    return network.by_handle(name)
