"""Asks a network's authorisation server: a code for a token, a longer life for it, and it back.

These are the only requests of ours that are no reads; nothing on a network changes by them but our
own access.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx2
import orjson
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from api.domain.platform import Platform
from api.errors import StartupFailure
from api.settings import LoginApp
from workers.platforms import wire
from workers.platforms.errors import (
    AuthRevoked,
    ContractError,
    MissingPermission,
    PlatformError,
    Transient,
)
from workers.platforms.redaction import redact
from workers.platforms.transport import (
    TIMEOUT_SECONDS,
    ClientTools,
    has_safe_scheme,
    open_client,
    read_body,
)

_FORM = "application/x-www-form-urlencoded"
_LONGEST_LIFE_SECONDS = 400 * 86_400
_SESSION, _EXPIRED = 190, 463
_PASSING = frozenset({1, 2, 4, 17, 32, 341, 613})
_OK, _BUSY, _FIRST_SERVER_ERROR = 200, frozenset({408, 429}), 500


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code is exchanged for; `expires_at` is None where the network names no end."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime | None


class LoginServer:
    """The authorisation server of one network. Its answers are never logged."""

    def __init__(
        self, platform: Platform, app: LoginApp, tools: ClientTools, proof_secret: str = ""
    ) -> None:
        for url in (app.token_url, app.revoke_url):
            if url and not has_safe_scheme(url):
                name = f"GEMA_{platform}_TOKEN_URL and _REVOKE_URL"
                raise StartupFailure("SETTING_INVALID", f"{name} must start with https://.")
        self._platform = platform
        self._app = app
        self._proof_secret = proof_secret
        self._is_graph = platform is Platform.FACEBOOK
        # X tells of a person's withdrawal by nothing else that can be relied on.
        self._is_refusal_final = platform is Platform.X
        self._tools = tools
        self._client = open_client(app.token_url, tools.transport)
        method = "client_secret_basic" if platform is Platform.X else "client_secret_post"
        self._auth = ClientAuth(app.client_id, app.client_secret, method)

    @property
    def takes_back(self) -> bool:
        """Tell whether the network has an address at which a token is given back."""
        return bool(self._app.revoke_url)

    @property
    def ends_all_access(self) -> bool:
        """Tell whether giving one token back ends every access of ours to that account."""
        return self._is_graph

    @property
    def prolongs(self) -> bool:
        """Tell whether an access token alone is exchanged for one that lives longer."""
        return self._is_graph or bool(self._app.renew_url)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> Grant:
        """Exchange a code, which works once.

        Raises:
            AuthRevoked: the code is not, or no longer, good.
            MissingPermission: the application itself is refused.
            Transient: it may work later. The code may be used up then; that shows at the next try.
            ContractError: the answer is not what the standard says.
        """
        form = prepare_token_request(
            "authorization_code", redirect_uri=redirect_uri, code=code, code_verifier=verifier
        )
        return self._grant(await self._post(self._app.token_url, form))

    async def renew(self, access: str, refresh: str | None) -> Grant:
        """Exchange what is held for a token that lives longer. A refresh token may work only once.

        Raises:
            AuthRevoked: the person took access back, or (`is_expired`) it is too late.
            MissingPermission: the application itself is refused.
            Transient: it may work later.
            ContractError: the answer is not what the standard says.
        """
        if self._is_graph:
            form = prepare_token_request("fb_exchange_token", fb_exchange_token=access)
            return self._grant(await self._post(self._app.token_url, form))
        if self._app.renew_url:
            query = urlencode({"grant_type": "ig_refresh_token", "access_token": access})
            url = f"{self._app.renew_url}?{query}"
            return self._grant(self._judged(*await self._send("GET", url, {})))
        form = prepare_token_request("refresh_token", refresh_token=refresh or "")
        return self._grant(await self._post(self._app.token_url, form))

    async def revoke(self, token: str) -> None:
        """Give a token back; one that is not known any more is fine too."""
        if self._is_graph:
            await self._give_up_permissions(token)
        else:
            await self._post(self._app.revoke_url, prepare_token_request("", token=token))

    async def _give_up_permissions(self, token: str) -> None:
        proof = hmac.new(self._proof_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        url = f"{self._app.revoke_url}?{urlencode({'appsecret_proof': proof})}"
        status, raw = await self._send("DELETE", url, {"authorization": f"Bearer {token}"})
        code = wire.count(wire.row(_parsed(raw).get("error")), "code")
        if code == _SESSION:
            raise AuthRevoked
        if status != _OK:
            raise Transient(f"code {code}")

    def _grant(self, body: Mapping[str, object]) -> Grant:
        access = wire.text(body, "access_token")
        if access is None:
            raise ContractError("There is no token in the answer.")
        return Grant(access, wire.text(body, "refresh_token"), self._end(body))

    def _end(self, body: Mapping[str, object]) -> datetime | None:
        seconds = wire.count(body, "expires_in")
        if seconds is None or seconds > _LONGEST_LIFE_SECONDS:
            return None
        return self._tools.clock() + timedelta(seconds=seconds)

    async def _post(self, url: str, form: str) -> Mapping[str, object]:
        headers = {"content-type": _FORM}
        url, headers, form = self._auth.prepare("POST", url, headers, form)
        return self._judged(*await self._send("POST", url, headers, form))

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], form: str = ""
    ) -> tuple[int, bytes]:
        try:
            with self._tools.call(self._platform, "login") as answered:
                async with (
                    asyncio.timeout(TIMEOUT_SECONDS),
                    self._client.stream(method, url, content=form, headers=headers) as response,
                ):
                    answered(response.status_code)
                    raw = await read_body(response)
        except (httpx2.RequestError, TimeoutError) as error:
            raise Transient(type(error).__name__) from error
        if response.status_code in _BUSY or response.status_code >= _FIRST_SERVER_ERROR:
            raise Transient(f"status {response.status_code}")
        return response.status_code, raw

    def _judged(self, status: int, raw: bytes) -> Mapping[str, object]:
        body = _parsed(raw)
        if status == _OK:
            return body
        if body.get("error") in ("invalid_client", "unauthorized_client"):
            raise MissingPermission("the application's login")
        if isinstance(body.get("error"), str):
            raise AuthRevoked(is_expired=not self._is_refusal_final)
        if body.get("error"):
            raise _graph_refusal(wire.row(body["error"]))
        raise ContractError(f"Status {status} names no error.", redact(raw))


def _graph_refusal(error: wire.Row) -> PlatformError:
    """Only a lost session without an end of its own tells that the person took access back."""
    code, subcode = wire.count(error, "code"), wire.count(error, "error_subcode")
    if code in _PASSING:
        return Transient(f"code {code}")
    return AuthRevoked(is_expired=code != _SESSION or subcode == _EXPIRED)


def _parsed(raw: bytes) -> Mapping[str, object]:
    try:
        return wire.row(orjson.loads(raw)) if raw else {}
    except orjson.JSONDecodeError:
        raise ContractError("The body is not JSON.", redact(raw)) from None
