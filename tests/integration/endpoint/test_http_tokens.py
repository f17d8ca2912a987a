"""Bearer tokens: whom the development issuer lets in, and why it refuses the others."""

import base64
import hmac
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from asking import ask, token_of
from joserfc import jwt
from joserfc.jwk import ECKey

from api.app import create_app
from api.domain.access import Role, Scope, Viewer
from api.errors import StartupFailure, Unauthenticated
from api.http.auth import DevAuthenticator
from api.http.tokens import development_key, issue_dev_token
from api.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASN_ID = UUID("0198c0de-0000-7000-8000-000000000001")
AGENCY_ID = UUID("0198c0de-0000-7000-8000-000000000002")


async def agency_of(code: str) -> UUID | None:
    return AGENCY_ID if code == "KOMDIGI" else None


def claims_of(settings: Settings, **changes: object) -> dict[str, object]:
    times = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 3600}
    access = settings.access
    claims = {"iss": access.issuer, "aud": access.audience, "sub": "s", "role": "ADMIN", **times}
    changed = {**claims, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def signed(settings: Settings, header: dict[str, object] | None = None, **changes: object) -> str:
    key = development_key(settings.access.dev_key_file)
    full = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid, **(header or {})}
    return jwt.encode(full, claims_of(settings, **changes), key, algorithms=["ES256"])


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def reason_of(settings: Settings, authorization: str) -> str:
    authenticator = DevAuthenticator(settings.access, agency_of, NOW.timestamp)
    with pytest.raises(Unauthenticated) as caught:
        await authenticator.viewer(authorization)
    return caught.value.reason


async def viewer_of(settings: Settings, role: Role, **claims: object) -> Viewer | None:
    token = issue_dev_token(settings.access, role, now=NOW, **claims)
    authenticator = DevAuthenticator(settings.access, agency_of, NOW.timestamp)
    return await authenticator.viewer(f"Bearer {token}")


async def test_a_token_names_its_viewer(plain_settings: Settings) -> None:
    manager = await viewer_of(plain_settings, Role.CAMPAIGN_MANAGER, agency_code="KOMDIGI")
    person = await viewer_of(plain_settings, Role.ASN, asn_id=ASN_ID, name="Sari")

    assert manager is not None
    assert person is not None
    assert (manager.agency_id, manager.scope) == (AGENCY_ID, Scope.AGENCY)
    assert (person.asn_id, person.scope, person.name) == (ASN_ID, Scope.SELF, "Sari")
    assert manager.subject != person.subject


async def test_without_a_header_there_is_no_viewer(plain_settings: Settings) -> None:
    assert await DevAuthenticator(plain_settings.access, agency_of).viewer(None) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": int(NOW.timestamp()) - 31}, "expired"),
        ({"nbf": int(NOW.timestamp()) + 31}, "not_yet_valid"),
        ({"iat": int(NOW.timestamp()) + 31}, "not_yet_valid"),
        ({"iss": "elsewhere"}, "wrong_issuer"),
        ({"iss": None}, "malformed"),
        ({"aud": "other"}, "wrong_audience"),
        ({"aud": ["other"]}, "wrong_audience"),
        ({"exp": None}, "malformed"),
        ({"exp": "tomorrow"}, "malformed"),
        ({"sub": None}, "malformed"),
        ({"role": "KING"}, "malformed"),
        ({"role": None}, "malformed"),
        ({"role": ["ADMIN", "AUDITOR"]}, "malformed"),
        ({"asn": "1"}, "malformed"),
        ({"asn": str(ASN_ID)}, "malformed"),
        ({"role": "ASN"}, "malformed"),
        ({"agency": "NOWHERE"}, "malformed"),
        ({"agency": 5}, "malformed"),
    ],
)
async def test_wrong_claims_are_refused_with_their_reason(
    plain_settings: Settings, changes: dict[str, object], reason: str
) -> None:
    assert await reason_of(plain_settings, f"Bearer {signed(plain_settings, **changes)}") == reason


async def test_the_clock_may_differ_by_half_a_minute(plain_settings: Settings) -> None:
    late = signed(plain_settings, exp=int(NOW.timestamp()) - 29)
    authenticator = DevAuthenticator(plain_settings.access, agency_of, NOW.timestamp)

    assert await authenticator.viewer(f"bearer {late}") is not None


async def test_forged_tokens_are_refused(plain_settings: Settings) -> None:
    key = development_key(plain_settings.access.dev_key_file)
    claims = claims_of(plain_settings)
    good = signed(plain_settings)
    stranger = ECKey.generate_key("P-256", {"kid": key.kid})
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    confused = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    mac = hmac.digest(key.as_pem(private=False), confused.encode(), "sha256")
    confused += "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    head, body, signature = good.split(".")
    attacks = {
        f"{part({**header, 'alg': 'none'})}.{body}.": "bad_signature",
        confused: "bad_signature",
        jwt.encode(header, claims, stranger, algorithms=["ES256"]): "bad_signature",
        f"{head}.{part({**claims, 'role': 'AUDITOR'})}.{signature}": "bad_signature",
        signed(plain_settings, {"kid": "elsewhere"}): "unknown_key",
        signed(plain_settings, {"typ": "JWT"}): "wrong_type",
        signed(plain_settings, {"typ": "id+jwt"}): "wrong_type",
        good[:-10]: "bad_signature",
        f"{head}.{body}": "malformed",
        "garbage": "malformed",
        "a.b.c": "malformed",
        "x" * 9_000: "malformed",
    }

    assert {
        token: await reason_of(plain_settings, f"Bearer {token}") for token in attacks
    } == attacks
    for authorization in ("", "Bearer", "Bearer ", f"Basic {good}", f"Bearer {good} x", "Bearer é"):
        assert await reason_of(plain_settings, authorization) == "malformed"


async def test_keys_named_in_the_header_are_ignored(plain_settings: Settings) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "mine"})
    header = {
        "alg": "ES256",
        "typ": "at+jwt",
        "kid": "mine",
        "jwk": stranger.as_dict(private=False),
    }
    token = jwt.encode(header, claims_of(plain_settings), stranger, algorithms=["ES256"])

    assert await reason_of(plain_settings, f"Bearer {token}") == "unknown_key"


async def test_a_bad_token_is_refused_even_for_public_fields(client: httpx2.AsyncClient) -> None:
    response = await ask(client, "{ __typename }", token="garbage")  # noqa: S106

    error = response.json()["errors"][0]
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "reason": "malformed"}


async def test_tokens_of_another_installation_mean_nothing(
    client: httpx2.AsyncClient, plain_settings: Settings, tmp_path: Path
) -> None:
    access = replace(plain_settings.access, dev_key_file=tmp_path / "other.json")
    other = replace(plain_settings, access=access)
    response = await ask(client, "{ __typename }", token=token_of(other, Role.ADMIN))

    assert response.json()["errors"][0]["extensions"]["reason"] == "unknown_key"


def test_the_key_is_made_once_and_only_its_owner_reads_it(plain_settings: Settings) -> None:
    file = plain_settings.access.dev_key_file
    first, second = development_key(file), development_key(file)

    assert first.as_dict(private=True) == second.as_dict(private=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_development_tokens_are_refused_in_production(plain_settings: Settings) -> None:
    with pytest.raises(StartupFailure, match="AUTH_MODE"):
        create_app(replace(plain_settings, environment="production"))


def test_development_tokens_serve_no_other_machine(access: Callable[..., Settings]) -> None:
    with pytest.raises(StartupFailure):
        create_app(access(is_bound_to_loopback=False))


async def test_a_token_ends_with_its_time(plain_settings: Settings) -> None:
    token = issue_dev_token(plain_settings.access, Role.ADMIN, now=NOW, ttl=timedelta(seconds=10))
    later = NOW.timestamp() + 41
    authenticator = DevAuthenticator(plain_settings.access, agency_of, lambda: later)

    with pytest.raises(Unauthenticated) as caught:
        await authenticator.viewer(f"Bearer {token}")
    assert caught.value.reason == "expired"
