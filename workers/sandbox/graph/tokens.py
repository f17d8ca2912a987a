"""Access tokens, whose they are, and the proof that a server holds the app's secret."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workers.sandbox.graph.errors import (
    APP_REMOVED,
    CHECKPOINT,
    EXPIRED,
    PARAMETER,
    SESSION,
    GraphError,
)
from workers.sandbox.logins import USER_PREFIX, Logins, Loss, TokenLost
from workers.sandbox.network import Account, Network

APP_TOKEN = "sandbox-app-token"  # noqa: S105 - everybody may know it
APP_SECRET = "sandbox-app-secret"  # noqa: S105 - as above
PAGE_PREFIX = "sandbox-page-"
_SUBCODES = {Loss.REVOKED: APP_REMOVED, Loss.EXPIRED: EXPIRED}


class Holder(StrEnum):
    """Who speaks with a token."""

    APP = "APP"
    USER = "USER"
    PAGE = "PAGE"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that is accepted. A user or a page is an account of the network."""

    holder: Holder
    text: str
    account: Account | None = None

    @property
    def me(self) -> Account:
        """Return whose token this is.

        Raises:
            GraphError: it is the app's.
        """
        if self.account is None:
            raise GraphError(
                2500, "An active access token must be used to query information about the user."
            )
        return self.account


def proof_of(token: str) -> str:
    """Return what has to come along with a token from a server."""
    return hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()


def accept(
    network: Network, logins: Logins, values: Mapping[str, str], authorization: str, now: int
) -> Token:
    """Return the token of a request.

    Raises:
        GraphError: there is none, it is not valid, or its proof is missing or wrong.
    """
    scheme, _, given = authorization.partition(" ")
    text = values.get("access_token") or (given if scheme.lower() == "bearer" else "")
    if not text:
        raise GraphError(104, "An access token is required to request this resource.")
    _check_proof(text, values.get("appsecret_proof"))
    if text == APP_TOKEN:
        return Token(Holder.APP, text)
    if text.startswith(PAGE_PREFIX):
        return Token(Holder.PAGE, text, _page(network, text.removeprefix(PAGE_PREFIX)))
    if text.startswith(USER_PREFIX):
        return Token(Holder.USER, text, _user(network, logins, text, now))
    raise GraphError(SESSION, "Invalid OAuth access token - Cannot parse access token")


def session_error(loss: Loss) -> GraphError:
    """Return how Meta says that a token opens nothing any more."""
    return GraphError(SESSION, "Error validating access token", _SUBCODES.get(loss))


def _check_proof(token: str, proof: str | None) -> None:
    if proof is None:
        raise GraphError(PARAMETER, "API calls from the server require an appsecret_proof argument")
    if not hmac.compare_digest(proof.encode(), proof_of(token).encode()):
        raise GraphError(PARAMETER, "Invalid appsecret_proof provided in the API argument")


def _user(network: Network, logins: Logins, text: str, now: int) -> Account:
    try:
        account = logins.account(network, text, now)
    except TokenLost as lost:
        raise session_error(lost.loss) from None
    if account is not None and logins.is_issued(text):
        return _unblocked(account)
    is_owner = account is not None and account.id in owners(network)
    if account is None or (account.id not in _members(network) and not is_owner):
        raise GraphError(SESSION, "Invalid OAuth access token - Cannot parse access token")
    _unblocked(account)
    if not account.is_consenting and not is_owner:
        raise GraphError(
            SESSION, "Error validating access token: the user removed the app", APP_REMOVED
        )
    return account


def _unblocked(account: Account) -> Account:
    if account.is_suspended:
        raise GraphError(SESSION, "Error validating access token: checkpoint", CHECKPOINT)
    return account


def _page(network: Network, name: str) -> Account:
    account = _named(network, name)
    if account is None or account.id not in owners(network):
        raise GraphError(SESSION, "Invalid OAuth access token - Cannot parse access token")
    return account


def owners(network: Network) -> frozenset[int]:
    """Return the accounts that publish program posts."""
    return frozenset(network.posts[each].author_id for each in network.program_post_ids)


def _members(network: Network) -> frozenset[int]:
    return frozenset(account.id for account in network.members.values())


def _named(network: Network, name: str) -> Account | None:
    if name.isdigit() and int(name) in network.accounts:
        return network.accounts[int(name)]
    return network.by_handle(name)
