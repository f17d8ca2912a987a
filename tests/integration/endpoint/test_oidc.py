"""Access tokens of an OIDC issuer: which are believed, and what an outage of the issuer means."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.domain.access import Role
from api.errors import Unauthenticated, Unavailable
from api.http.auth import PublishedKeys, TokenAuthenticator
from api.settings import Settings

NOW = int(datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp())
AGENCY = UUID("0198c0de-0000-7000-8000-000000000002")
GONE = RSAKey.generate_key(2048, {"kid": "one"})
FIRST = RSAKey.generate_key(2048, {"kid": "one"})
SECOND = ECKey.generate_key("P-256", {"kid": "two"})


@dataclass
class Issuer:
    """Publishes keys, counts who asks, and may be away."""

    keys: list[Any] = field(default_factory=lambda: [FIRST])
    is_away: bool = False
    asked: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        body = {"keys": [key.as_dict(private=False) for key in self.keys]}
        status = 500 if self.is_away else 200
        await JSONResponse(body, status)(scope, receive, send)


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


async def agency_of(code: str) -> UUID | None:
    return AGENCY if code == "KOMDIGI" else None


@pytest.fixture
def door(access: Callable[..., Settings]) -> Callable[..., TokenAuthenticator]:
    def made(issuer: Issuer, clock: Clock | None = None, **changes: str) -> TokenAuthenticator:
        settings = access(mode="oidc", issuer="https://id.example", audience="gema", **changes)
        transport = httpx2.ASGITransport(issuer)
        keys = PublishedKeys("https://id.example/jwks", clock or Clock(), transport)
        return TokenAuthenticator(settings.access, agency_of, keys, lambda: NOW)

    return made


def claims(**changes: object) -> dict[str, object]:
    whole = {
        "iss": "https://id.example",
        "aud": ["gema", "other"],
        "sub": "person-1",
        "exp": NOW + 600,
        "iat": NOW,
        "role": "AUDITOR",
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def signed(
    key: Any = FIRST, alg: str = "RS256", header: dict[str, object] | None = None, **changes: object
) -> str:
    full = {"alg": alg, "typ": "at+jwt", "kid": key.kid, **(header or {})}
    return jwt.encode(full, claims(**changes), key, algorithms=["RS256", "PS256", "ES256", "RS512"])


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def confused() -> str:
    """Sign with the published key as if it were a shared secret."""
    body = f"{part({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'one'})}.{part(claims())}"
    made = hmac.digest(FIRST.as_pem(private=False), body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def tampered() -> str:
    head, _, signature = signed().split(".")
    return f"{head}.{part({**claims(), 'role': 'ADMIN'})}.{signature}"


ATTACKS = {
    "expired": (lambda: signed(exp=NOW - 31), "expired"),
    "not yet valid": (lambda: signed(nbf=NOW + 31), "not_yet_valid"),
    "issued later": (lambda: signed(iat=NOW + 31), "not_yet_valid"),
    "wrong audience": (lambda: signed(aud="another"), "wrong_audience"),
    "wrong issuer": (lambda: signed(iss="https://evil.example"), "wrong_issuer"),
    "no end": (lambda: signed(exp=None), "malformed"),
    "text as end": (lambda: signed(exp="tomorrow"), "malformed"),
    "no signature": (
        lambda: f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{part(claims())}.",
        "bad_signature",
    ),
    "shared secret": (confused, "bad_signature"),
    "tampered": (tampered, "bad_signature"),
    "another algorithm": (lambda: signed(alg="RS512"), "bad_signature"),
    "another key of that name": (lambda: signed(GONE), "bad_signature"),
    "unknown key": (lambda: signed(SECOND, "ES256"), "unknown_key"),
    "identity token": (lambda: signed(header={"typ": "JWT"}), "wrong_type"),
    "no type": (lambda: signed(header={"typ": ""}), "wrong_type"),
    "garbage": (lambda: "garbage", "malformed"),
    "three dots": (lambda: "a.b.c", "malformed"),
    "too long": (lambda: "a" * 9_000, "malformed"),
    "unknown role": (lambda: signed(role="KING"), "malformed"),
    "two roles": (lambda: signed(role=["ADMIN", "AUDITOR"]), "malformed"),
    "unknown agency": (lambda: signed(agency="NOWHERE"), "malformed"),
    "role ASN of nobody": (lambda: signed(role="ASN"), "malformed"),
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_every_attack_is_refused_with_its_reason(
    door: Callable[..., TokenAuthenticator], name: str
) -> None:
    forge, reason = ATTACKS[name]

    with pytest.raises(Unauthenticated) as refused:
        await door(Issuer()).viewer(f"Bearer {forge()}")

    assert refused.value.reason == reason


@pytest.mark.parametrize("header", ["jku", "x5u", "jwk"])
async def test_keys_that_a_token_names_itself_are_ignored(
    door: Callable[..., TokenAuthenticator], header: str
) -> None:
    own = GONE.as_dict(private=False) if header == "jwk" else "https://evil.example/keys"
    head = {"alg": "RS256", "typ": "at+jwt", "kid": "one", header: own}
    token = jwt.encode(head, claims(), GONE, algorithms=["RS256"], registry=None)

    with pytest.raises(Unauthenticated):
        await door(Issuer()).viewer(f"Bearer {token}")


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "AT+JWT"])
@pytest.mark.parametrize("alg", ["RS256", "PS256"])
async def test_a_good_token_names_its_viewer(
    door: Callable[..., TokenAuthenticator], typ: str, alg: str
) -> None:
    token = signed(alg=alg, header={"typ": typ}, agency="KOMDIGI", name="Sari Contoh")
    viewer = await door(Issuer()).viewer(f"Bearer {token}")

    assert viewer is not None
    assert (viewer.role, viewer.agency_id, viewer.name) == (Role.AUDITOR, AGENCY, "Sari Contoh")
    assert (viewer.subject, viewer.expires_at) == ("person-1", NOW + 600)


async def test_roles_may_lie_deep_and_beside_those_of_others(
    door: Callable[..., TokenAuthenticator],
) -> None:
    token = signed(role=None, realm_access={"roles": ["offline_access", "ADMIN"]})
    viewer = await door(Issuer(), role_claim="realm_access.roles").viewer(f"Bearer {token}")

    assert viewer is not None
    assert viewer.role is Role.ADMIN


async def test_keys_are_read_once_in_ten_minutes(door: Callable[..., TokenAuthenticator]) -> None:
    issuer, clock = Issuer(), Clock()
    authenticator = door(issuer, clock)
    for seconds in (0, 300, 299):
        clock.now += seconds
        await authenticator.viewer(f"Bearer {signed()}")
    assert issuer.asked == 1

    clock.now += 2
    await authenticator.viewer(f"Bearer {signed()}")
    assert issuer.asked == 2


async def test_a_new_key_is_found_and_guesses_ask_once_in_half_a_minute(
    door: Callable[..., TokenAuthenticator],
) -> None:
    issuer, clock = Issuer(), Clock()
    authenticator = door(issuer, clock)
    await authenticator.viewer(f"Bearer {signed()}")
    issuer.keys = [FIRST, SECOND]
    clock.now += 31
    viewer = await authenticator.viewer(f"Bearer {signed(SECOND, 'ES256')}")
    stranger = ECKey.generate_key("P-256", {"kid": "three"})
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await authenticator.viewer(f"Bearer {signed(stranger, 'ES256')}")

    assert viewer is not None
    assert issuer.asked == 2


async def test_the_last_good_keys_survive_an_outage(
    door: Callable[..., TokenAuthenticator],
) -> None:
    issuer, clock = Issuer(), Clock()
    authenticator = door(issuer, clock)
    await authenticator.viewer(f"Bearer {signed()}")
    issuer.is_away = True
    clock.now += 10_000

    assert await authenticator.viewer(f"Bearer {signed()}") is not None


async def test_without_any_keys_nobody_can_be_signed_in(
    door: Callable[..., TokenAuthenticator],
) -> None:
    issuer, clock = Issuer(is_away=True), Clock()
    authenticator = door(issuer, clock)
    with pytest.raises(Unavailable):
        await authenticator.viewer(f"Bearer {signed()}")
    issuer.is_away = False
    clock.now += 2

    assert await authenticator.viewer(f"Bearer {signed()}") is not None


async def test_a_shared_secret_among_the_published_keys_is_ignored(
    door: Callable[..., TokenAuthenticator],
) -> None:
    @dataclass
    class Careless(Issuer):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            secret = {"kty": "oct", "kid": "one", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}
            await JSONResponse({"keys": [secret]})(scope, receive, send)

    with pytest.raises(Unavailable):
        await door(Careless()).viewer(f"Bearer {signed()}")


def test_production_starts_with_an_issuer(plain_settings: Settings) -> None:
    from api.http.auth import authenticator_of  # noqa: PLC0415

    access = replace(plain_settings.access, mode="oidc", jwks_url="https://id.example/jwks")
    settings = replace(plain_settings, environment="production", access=access)

    assert authenticator_of(settings, agency_of) is not None
