"""From the Authorization header to a viewer.

`Authenticator` is the interface: no header gives nobody, a bad token is refused even for public
fields. `DevAuthenticator` accepts the tokens of `gema token`; a resource server for OIDC or API
keys takes its place behind the same method.
"""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from joserfc import errors, jwt
from joserfc.jwk import KeySet

from api.domain.access import Role, Viewer
from api.errors import StartupFailure, Unauthenticated
from api.http.tokens import ALGORITHM, TOKEN_TYPES, development_key
from api.settings import Access, Settings

LEEWAY_SECONDS = 30
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/-]+=*) *")
_LONGEST_TOKEN = 8_192
_MOST_AGENCIES = 1_000
_WRONG_CLAIM = {
    "iss": "wrong_issuer",
    "aud": "wrong_audience",
    "nbf": "not_yet_valid",
    "iat": "not_yet_valid",
}

AgencyOf = Callable[[str], Awaitable[UUID | None]]


class Authenticator(Protocol):
    """Tells who sends a request."""

    async def viewer(self, authorization: str | None) -> Viewer | None:
        """Return the caller, or nothing without a header.

        Raises:
            Unauthenticated: the header is there and cannot be believed; carries the reason.
        """


def authenticator_of(settings: Settings, agency_of: AgencyOf) -> Authenticator:
    """Return the authenticator that the settings ask for.

    Raises:
        StartupFailure: development tokens in production, or a mode that this release lacks.
    """
    if settings.access.mode != "dev":
        message = "AUTH_MODE=oidc is not part of this release; use AUTH_MODE=dev."
        raise StartupFailure("SETTING_INVALID", message)
    if settings.is_production:
        message = "AUTH_MODE=dev is refused with ENV=production."
        raise StartupFailure("SETTING_INVALID", message)
    return DevAuthenticator(settings.access, agency_of)


class DevAuthenticator:
    """Believes tokens that this installation signed itself."""

    def __init__(
        self, access: Access, agency_of: AgencyOf, clock: Callable[[], float] = time.time
    ) -> None:
        self._access = access
        self._agency_of = agency_of
        self._clock = clock
        self._keys = DevKeys(access.dev_key_file)
        self._agencies: dict[str, UUID] = {}

    async def viewer(self, authorization: str | None) -> Viewer | None:
        """Return the caller, or nothing without a header."""
        if authorization is None:
            return None
        claims = verified_claims(_bearer(authorization), self._keys.current())
        check_claims(claims, self._access, int(self._clock()))
        return await self._viewer(claims)

    async def _viewer(self, claims: Mapping[str, Any]) -> Viewer:
        try:
            role = Role(claims["role"])
            asn_id = UUID(claims["asn"]) if claims.get("asn") is not None else None
        except (KeyError, ValueError, TypeError, AttributeError):
            raise Unauthenticated("malformed") from None
        if (role is Role.ASN) != (asn_id is not None):
            raise Unauthenticated("malformed", "The role ASN, and only it, names a civil servant.")
        agency_id = await self._agency(claims.get("agency"))
        name = str(claims.get("name") or claims["sub"])
        until = int(claims["exp"])
        return Viewer(str(claims["sub"]), role, name, agency_id, asn_id, expires_at=until)

    async def _agency(self, code: object) -> UUID | None:
        if code is None:
            return None
        if not isinstance(code, str):
            raise Unauthenticated("malformed")
        if code not in self._agencies:
            await self._look_up(code)
        return self._agencies[code]

    async def _look_up(self, code: str) -> None:
        agency_id = await self._agency_of(code)
        if agency_id is None:
            raise Unauthenticated("malformed", "The token names an agency that is not known.")
        if len(self._agencies) >= _MOST_AGENCIES:
            self._agencies.clear()
        self._agencies[code] = agency_id


class DevKeys:
    """The development key, read again when its file was made anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._changed_at_ns = 0
        self._keys: KeySet | None = None

    def current(self) -> KeySet:
        """Return the one key whose tokens are believed."""
        if self._keys is None or self._changed() != self._changed_at_ns:
            self._keys = KeySet([development_key(self._file)])
            self._changed_at_ns = self._changed()
        return self._keys

    def _changed(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0


def verified_claims(token: str, keys: KeySet) -> Mapping[str, Any]:
    """Return the claims of a signed access token.

    Neither joserfc nor its peers look at `typ` (RFC 9068, section 4), so it is checked here.

    Raises:
        Unauthenticated: malformed, of another type, of an unknown key or not signed by it.
    """
    try:
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
    except errors.InvalidKeyIdError:
        raise Unauthenticated("unknown_key") from None
    except (errors.BadSignatureError, errors.UnsupportedAlgorithmError):
        raise Unauthenticated("bad_signature") from None
    except (errors.JoseError, ValueError, TypeError):
        raise Unauthenticated("malformed") from None
    if str(decoded.header.get("typ", "")).lower() not in TOKEN_TYPES:
        raise Unauthenticated("wrong_type")
    return decoded.claims


def check_claims(claims: Mapping[str, Any], access: Access, now: int) -> None:
    """Refuse claims of another issuer, for another audience or of another time."""
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": access.issuer},
        aud={"essential": True, "value": access.audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except errors.ExpiredTokenError:
        raise Unauthenticated("expired") from None
    except errors.InvalidClaimError as error:
        raise Unauthenticated(_WRONG_CLAIM.get(error.claim, "malformed")) from None
    except (errors.JoseError, ValueError, TypeError):
        raise Unauthenticated("malformed") from None


def _bearer(authorization: str) -> str:
    given = _BEARER.fullmatch(authorization)
    if given is None or len(given[1]) > _LONGEST_TOKEN:
        raise Unauthenticated("malformed")
    return given[1]
