"""Signed access tokens (RFC 9068): which are believed, and what their claims say."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from joserfc import errors, jwt
from joserfc.jwk import KeySet

from api.domain.access import Role, Viewer
from api.errors import Unauthenticated
from api.http.tokens import TOKEN_TYPES, development_key
from api.settings import Access

LEEWAY_SECONDS = 30
ALGORITHMS = ("RS256", "PS256", "ES256")
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


class KeySource(Protocol):
    """Where the keys of an issuer come from."""

    async def current(self) -> KeySet:
        """Return the keys whose tokens are believed.

        Raises:
            Unavailable: none were ever read.
        """

    async def renewed(self) -> KeySet:
        """Return the keys after a token named one that is not known."""


class TokenAuthenticator:
    """Believes the access tokens of one issuer."""

    def __init__(
        self,
        access: Access,
        agency_of: AgencyOf,
        keys: KeySource,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._access = access
        self._agency_of = agency_of
        self._keys = keys
        self._clock = clock
        self._agencies: dict[str, UUID] = {}

    async def viewer(self, authorization: str | None) -> Viewer | None:
        """Return the caller, or nothing without a header."""
        if authorization is None:
            return None
        token = bearer(authorization)
        try:
            claims = verified_claims(token, await self._keys.current())
        except Unauthenticated as refusal:
            if refusal.reason != "unknown_key":
                raise
            claims = verified_claims(token, await self._keys.renewed())
        check_claims(claims, self._access, int(self._clock()))
        return await self._viewer(claims)

    async def _viewer(self, claims: Mapping[str, Any]) -> Viewer:
        names = self._access
        role = _role(claim(claims, names.role_claim))
        asn_id = _uuid(claim(claims, names.asn_claim))
        if (role is Role.ASN) != (asn_id is not None):
            raise Unauthenticated("malformed", "The role ASN, and only it, names a civil servant.")
        agency_id = await self._agency(claim(claims, names.agency_claim))
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


class DevAuthenticator(TokenAuthenticator):
    """Believes tokens that this installation signed itself."""

    def __init__(
        self, access: Access, agency_of: AgencyOf, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(access, agency_of, DevKeys(access.dev_key_file), clock)


class DevKeys:
    """The development key, read again when its file was made anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._changed_at_ns = 0
        self._keys: KeySet | None = None

    async def current(self) -> KeySet:
        """Return the one key whose tokens are believed."""
        if self._keys is None or self._changed() != self._changed_at_ns:
            self._keys = KeySet([development_key(self._file)])
            self._changed_at_ns = self._changed()
        return self._keys

    async def renewed(self) -> KeySet:
        """Return the same key: there is no other."""
        return await self.current()

    def _changed(self) -> int:
        try:
            return self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return 0


def bearer(authorization: str) -> str:
    """Return the token of a header.

    Raises:
        Unauthenticated: malformed.
    """
    given = _BEARER.fullmatch(authorization)
    if given is None or len(given[1]) > _LONGEST_TOKEN:
        raise Unauthenticated("malformed")
    return given[1]


def verified_claims(token: str, keys: KeySet) -> Mapping[str, Any]:
    """Return the claims of a signed access token.

    Neither joserfc nor its peers look at `typ` (RFC 9068, section 4), so it is checked here.

    Raises:
        Unauthenticated: malformed, of another type, of an unknown key or not signed by it.
    """
    try:
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except errors.InvalidKeyIdError:
        raise Unauthenticated("unknown_key") from None
    except (errors.BadSignatureError, errors.UnsupportedAlgorithmError):
        raise Unauthenticated("bad_signature") from None
    except (errors.JoseError, ValueError, TypeError, AttributeError):
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


def claim(claims: Mapping[str, Any], path: str) -> object:
    """Return a claim by its name, or by a path of names with dots between them."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _role(given: object) -> Role:
    """Return the one role of ours; issuers send a name, or a list with names of others too."""
    names = given if isinstance(given, list) else [given]
    known = [name for name in names if isinstance(name, str) and name in Role.__members__]
    if len(known) != 1:
        raise Unauthenticated("malformed")
    return Role(known[0])


def _uuid(given: object) -> UUID | None:
    if given is None:
        return None
    try:
        return UUID(str(given))
    except ValueError:
        raise Unauthenticated("malformed") from None
