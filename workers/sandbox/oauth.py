"""The identity provider of every network: authorize, token and revoke, with PKCE.

| network | authorize | token | revoke |
|---|---|---|---|
| X | `/x/i/oauth2/authorize` | `/x/2/oauth2/token` | `/x/2/oauth2/revoke` |
| Facebook | `/facebook/V/dialog/oauth` | `/facebook/V/oauth/access_token` | below |
| Instagram | `/instagram/oauth/authorize` | `/instagram/oauth/access_token` | none |
| Bluesky | `/bluesky/oauth/authorize` | `/bluesky/oauth/token` | `/bluesky/oauth/revoke` |
| Mastodon | `/mastodon/oauth/authorize` | `/mastodon/oauth/token` | `/mastodon/oauth/revoke` |

`V` is a version such as `v26.0`. On Facebook `DELETE /facebook/V/me/permissions` ends all access.
The client is `sandbox-client` with `sandbox-client-secret`, by Basic or in the body. Who logs in is
said by `login_hint=HANDLE` (or the account's id); without it a page asks. `deny=1` refuses. On X a
code challenge is needed. A refresh on X, Bluesky and Mastodon rotates both tokens; Facebook
prolongs by `grant_type=fb_exchange_token`, Instagram at `/instagram/refresh_access_token`. `{"do":
"revoke", "actor": HANDLE, "platform": P}` as an act lets a person withdraw access in their
network's settings.
"""

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox.graph.errors import GraphError
from workers.sandbox.graph.tokens import accept, session_error
from workers.sandbox.logins import (
    CLIENT_ID,
    CLIENT_SECRET,
    CODE_SECONDS,
    GrantRefused,
    Issue,
    Logins,
    TokenLost,
)
from workers.sandbox.logins import Request as Login
from workers.sandbox.network import Account, Network
from workers.sandbox.stage import Stage

Values = Mapping[str, str]
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Provider:
    """One network's addresses and how long its tokens live (None: for ever)."""

    platform: str
    authorize: str
    token: str
    revoke: str = ""
    prolong: str = ""
    permissions: str = ""
    """Where a person's token gives up all access of the application at once."""
    life_seconds: int | None = None
    needs_challenge: bool = False
    has_refresh: bool = True


_PROVIDERS = {
    "X": Provider(
        "X",
        "/i/oauth2/authorize",
        "/2/oauth2/token",
        "/2/oauth2/revoke",
        life_seconds=7_200,
        needs_challenge=True,
    ),
    "FACEBOOK": Provider(
        "FACEBOOK",
        "/{version}/dialog/oauth",
        "/{version}/oauth/access_token",
        permissions="/{version}/me/permissions",
        life_seconds=60 * _DAY,
        has_refresh=False,
    ),
    "INSTAGRAM": Provider(
        "INSTAGRAM",
        "/oauth/authorize",
        "/oauth/access_token",
        prolong="/refresh_access_token",
        life_seconds=60 * _DAY,
        has_refresh=False,
    ),
    "BLUESKY": Provider(
        "BLUESKY", "/oauth/authorize", "/oauth/token", "/oauth/revoke", life_seconds=3_600
    ),
    "MASTODON": Provider("MASTODON", "/oauth/authorize", "/oauth/token", "/oauth/revoke"),
}


def routes(stage: Stage, platform: str) -> list[Route]:
    """Return the addresses of one network's identity provider."""
    desk = Desk(stage, _PROVIDERS[platform])
    provider = desk.provider
    found = [
        Route(provider.authorize, desk.authorize, methods=["GET"]),
        Route(provider.token, desk.token, methods=["GET", "POST"]),
    ]
    if provider.revoke:
        found.append(Route(provider.revoke, desk.revoke, methods=["POST"]))
    if provider.prolong:
        found.append(Route(provider.prolong, desk.token, methods=["GET"]))
    if provider.permissions:
        found.append(Route(provider.permissions, desk.give_up, methods=["DELETE"]))
    return found


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers for one identity provider."""

    stage: Stage
    provider: Provider

    async def authorize(self, request: Request) -> Response:
        """Send the browser back with a code, or ask who is there."""
        values = request.query_params
        if problem := self._problem(values):
            return _error(400, "invalid_request", problem)
        network = self._network()
        if values.get("deny"):
            return _back(values, {"error": "access_denied"})
        account = None if network is None else _account(network, values.get("login_hint", ""))
        if account is None:
            return _page(values)
        login = Login(
            self.provider.platform,
            account.id,
            values["redirect_uri"],
            values.get("scope", ""),
            values.get("code_challenge", ""),
            self.stage.now() + CODE_SECONDS,
        )
        return _back(values, {"code": self.stage.logins.code(login)})

    async def token(self, request: Request) -> Response:
        """Exchange a code, a refresh token, or a token that is to live longer."""
        values = await _values(request)
        grant = values.get("grant_type", "authorization_code")
        if grant != "ig_refresh_token" and not _is_client(request, values):
            return _error(401, "invalid_client", "client authentication failed")
        try:
            issue = self._exchange(grant, values)
        except GrantRefused as refused:
            return _error(400, "invalid_grant", str(refused))
        except TokenLost as lost:
            error = session_error(lost.loss)
            return _json(error.body(request.url.path), error.status)
        network = self._network()
        if network is not None and self.provider.platform in ("FACEBOOK", "INSTAGRAM"):
            network.accounts[issue.account_id].is_consenting = True
            network.version += 1
        return _json(self._body(issue, network))

    async def revoke(self, request: Request) -> Response:
        """Take a token back; one that is not known is no problem."""
        values = await _values(request)
        if not _is_client(request, values):
            return _error(401, "invalid_client", "client authentication failed")
        self.stage.logins.end(values.get("token", ""))
        return _json({"revoked": True} if self.provider.platform == "X" else {})

    async def give_up(self, request: Request) -> Response:
        """End all access of the application to the account behind a token."""
        network, values = self._network(), request.query_params
        given = request.headers.get("authorization", "")
        if network is None:
            return _error(404, "not_found", "no such network in this world")
        try:
            token = accept(network, self.stage.logins, values, given, self.stage.now())
        except GraphError as refused:
            return _json(refused.body(request.url.path, 0), refused.status)
        if token.account is not None:
            self.stage.logins.withdraw(self.provider.platform, token.account.id)
        return _json({"success": True})

    def _problem(self, values: Values) -> str:
        if values.get("client_id") != CLIENT_ID:
            return "unknown client"
        if values.get("response_type", "code") != "code":
            return "response_type must be code"
        if not _is_loopback(values.get("redirect_uri", "")):
            return "redirect_uri must stay on this machine"
        method = values.get("code_challenge_method", "")
        if values.get("code_challenge") and method != "S256":
            return "code_challenge_method must be S256"
        is_bare = self.provider.needs_challenge and not values.get("code_challenge")
        return "code_challenge is required" if is_bare else ""

    def _exchange(self, grant: str, values: Values) -> Issue:
        logins, now, life = self.stage.logins, self.stage.now(), self.provider.life_seconds
        if grant == "authorization_code":
            place = (values.get("code", ""), values.get("redirect_uri", ""))
            return logins.exchange(*place, values.get("code_verifier", ""), now, life)
        return _longer(logins, grant, values, now, life)

    def _body(self, issue: Issue, network: Network | None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "access_token": issue.access_token,
            "token_type": "bearer",
            "scope": issue.scope,
        }
        if issue.expires_at is not None:
            body["expires_in"] = issue.expires_at - self.stage.now()
        if self.provider.has_refresh:
            body["refresh_token"] = issue.refresh_token
        if network is not None and self.provider.platform == "BLUESKY":
            body["sub"] = network.customs.account_id(network.accounts[issue.account_id])
        if self.provider.platform == "INSTAGRAM":
            body["user_id"] = str(issue.account_id)
        return body

    def _network(self) -> Network | None:
        return self.stage.world.network(self.provider.platform)


def _longer(
    logins: Logins, grant: str, values: Values, now: int, life_seconds: int | None
) -> Issue:
    if grant == "refresh_token":
        return logins.refresh(values.get("refresh_token", ""), now, life_seconds)
    if grant == "fb_exchange_token":
        return logins.prolong(values.get("fb_exchange_token", ""), now, life_seconds)
    if grant == "ig_refresh_token":
        return logins.prolong(values.get("access_token", ""), now, life_seconds)
    raise GrantRefused("there is no such grant")


def _account(network: Network, hint: str) -> Account | None:
    hint = hint.strip().removeprefix("@")
    by_id = (one for one in network.accounts.values() if network.customs.account_id(one) == hint)
    found = network.by_handle(hint) or next(by_id, None)
    return None if found is None or found.is_suspended else found


async def _values(request: Request) -> dict[str, str]:
    body = (await request.body()).decode(errors="replace")
    return {**request.query_params, **dict(parse_qsl(body))}


def _is_client(request: Request, values: Values) -> bool:
    scheme, _, sealed = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(sealed).decode().partition(":")
        except ValueError:
            return False
        return (unquote(client_id), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)
    return (values.get("client_id"), values.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    try:
        host = parts.hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _back(values: Values, outcome: dict[str, str]) -> Response:
    state = {"state": values["state"]} if "state" in values else {}
    url = values["redirect_uri"]
    joint = "&" if "?" in url else "?"
    return Response(b"", 302, {"location": f"{url}{joint}{urlencode({**outcome, **state})}"})


def _page(values: Values) -> Response:
    """Ask which invented person is there."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in values.items()
        if name != "login_hint"
    )
    html = (
        "<!doctype html><title>Sandbox login</title><h1>Sandbox login</h1><form>"
        f'{hidden}<label>Handle <input name="login_hint" autofocus></label>'
        "<button>Log in</button> <button name=deny value=1>Refuse</button></form>"
    )
    return Response(html, media_type="text/html; charset=utf-8")


def _error(status: int, code: str, description: str) -> Response:
    return _json({"error": code, "error_description": description}, status)


def _json(body: dict[str, Any], status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(body), status, headers, "application/json")
