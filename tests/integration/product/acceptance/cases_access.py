"""Rows 42 to 49: who may ask."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from api_client import ADMIN, MANAGER, ORGANISER, Caller, gid
from cases_refusals import move
from cases_values import EVENT
from forged import forgeries
from joserfc import jwt
from joserfc.jwk import RSAKey
from live import served
from stand import NO_VALKEY, Expect, Outcome, Probe, Row, Stand, ask, change, outcome_of
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from world import SECOND_MANAGER, World

from api.app import create_app
from api.domain.access import Role
from api.settings import SettingRefused, Settings

DENIED = "UNAUTHENTICATED"
BEARER = {"www-authenticate": "Bearer"}
VIEWER = "{ viewer { role } }"
SPENDER = Caller(Role.AUDITOR, subject="somebody who spends")
EXPENSIVE = "{ nowhere { edges { " + " ".join(f"f{i}" for i in range(145)) + " } } }"


def bearing(token: str, query: str = VIEWER) -> Probe:
    """Ask with a token as it is."""

    async def probe(stand: Stand, accept: str) -> Outcome:
        return await asked_with(stand.client, token, accept, query)

    return probe


async def asked_with(
    client: httpx2.AsyncClient, token: str, accept: str, query: str = VIEWER, variables: Any = None
) -> Outcome:
    headers = {"accept": accept, "authorization": f"Bearer {token}"}
    body = {"query": query, "variables": variables}
    return outcome_of(await client.post("/graphql", json=body, headers=headers))


def forged(position: int) -> Probe:
    async def probe(stand: Stand, accept: str) -> Outcome:
        token, reason = list(forgeries(stand.settings).items())[position]
        outcome = await asked_with(stand.client, token, accept)
        assert outcome.details["reason"] == reason
        return outcome

    return probe


class Keys:
    """Publishes the keys of an issuer for as long as it is served."""

    key = RSAKey.generate_key(2048, {"kid": "one"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = {"keys": [self.key.as_dict(private=False)]}
        await JSONResponse(body)(scope, receive, send)


def issued() -> str:
    """Return a token of the issuer."""
    now = int(datetime.now(UTC).timestamp())
    claims = {"iss": "https://id.example", "aud": "gema", "sub": "s", "role": "AUDITOR"}
    header = {"alg": "RS256", "typ": "at+jwt", "kid": "one"}
    times = {"iat": now, "exp": now + 600}
    return jwt.encode(header, {**claims, **times}, Keys.key, algorithms=["RS256"])


def of_issuer(settings: Settings, jwks_url: str) -> Settings:
    access = replace(
        settings.access,
        mode="oidc",
        issuer="https://id.example",
        audience="gema",
        jwks_url=jwks_url,
    )
    return replace(settings, access=access, redis_url=NO_VALKEY)


async def keys_were_published(stand: Stand, accept: str) -> Outcome:
    token = issued()
    async with served(Keys()) as keys:
        app = create_app(of_issuer(stand.settings, f"http://{keys}/jwks"))
        running = served(app)
        host = await running.__aenter__()
        client = httpx2.AsyncClient(base_url=f"http://{host}")
        assert (await asked_with(client, token, accept)).codes == ()
    try:
        return await asked_with(client, token, accept)
    finally:
        await client.aclose()
        await running.__aexit__(None, None, None)


async def keys_never_published(stand: Stand, accept: str) -> Outcome:
    app = create_app(of_issuer(stand.settings, "http://127.0.0.1:9/jwks"))
    async with served(app) as host, httpx2.AsyncClient(base_url=f"http://{host}") as client:
        return await asked_with(client, issued(), accept)


def with_key(query: str, *, state: str = "live") -> Probe:
    """Ask with a machine's key that may only read."""

    async def probe(stand: Stand, accept: str) -> Outcome:
        until = datetime.now(UTC) + timedelta(days=9)
        given = {"role": "CAMPAIGN_MANAGER", "scopes": ["READ"], "expiresAt": until.isoformat()}
        name = f"Dasbor {datetime.now(UTC).timestamp()}"
        made = await change("apiKeyCreate", given | {"name": name}, shown="secret apiKey { id }")(
            stand, accept
        )
        payload = made.data["apiKeyCreate"]
        if state == "revoked":
            await change("apiKeyRevoke", {"apiKeyId": payload["apiKey"]["id"]})(stand, accept)
        if state == "expired":
            await stand.sql("UPDATE api_key SET expires_at = now() - interval '1 second'")
        return await asked_with(stand.client, payload["secret"], accept, query)

    return probe


CREATE = (
    'mutation { programCreate(input: {name: "a", agencyId: "b", sourceUrl: "https://a.example"})'
    " { userErrors { code } } }"
)


def event_of(world: World) -> dict[str, Any]:
    return EVENT | {"agencyId": gid("Agency", world.first)}


async def foreign_campaign(stand: Stand, accept: str) -> Outcome:
    denied = "SELECT count(*) FROM audit_event WHERE action LIKE '%pause%' OR reason = 'NOT_FOUND'"
    before = await stand.sql(denied)
    outcome = await move("campaignPause", SECOND_MANAGER, reason="Bukan milik saya.")(stand, accept)
    assert await stand.sql(denied) == before + 1
    return outcome


async def development_token_in_production(stand: Stand, accept: str) -> Outcome:
    production = replace(of_issuer(stand.settings, "http://127.0.0.1:9/"), environment="production")
    async with served(Keys()) as keys:
        access = replace(production.access, jwks_url=f"http://{keys}/jwks")
        app = create_app(replace(production, access=access))
        async with served(app) as host, httpx2.AsyncClient(base_url=f"http://{host}") as client:
            return await asked_with(client, stand.token(ADMIN), accept)


async def development_mode_in_production(stand: Stand, _: str) -> Outcome:
    try:
        Settings.from_env({"ENV": "production", "AUTH_MODE": "dev", **NEEDED})
    except SettingRefused as refusal:
        return Outcome("no start", (refusal.code,), refusal.message)
    return Outcome("started", ())


NEEDED = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "ENC_KEYS": "11" * 32,
    "CURSOR_KEYS": "22" * 32,
    "INDEX_KEY": "33" * 32,
    "RESHARER_KEY": "44" * 32,
}


async def spent(stand: Stand, accept: str) -> Outcome:
    for _ in range(100):
        outcome = await ask(EXPENSIVE, caller=SPENDER)(stand, accept)
        if "RATE_LIMITED" in outcome.codes:
            return outcome
    return outcome


ROWS = [
    Row(
        42,
        "nobody asks",
        (
            Expect(ask("{ asns { nodes { id } } }", caller=None), DENIED, 401, headers=BEARER),
            Expect(ask("{ viewer { role } asns { nodes { id } } }", caller=None), DENIED, 401),
        ),
    ),
    Row(
        43,
        "a token that nobody should believe",
        tuple(Expect(forged(n), DENIED, 401, headers=BEARER, has=("reason",)) for n in range(11)),
    ),
    Row(
        44,
        "the issuer is away",
        (
            Expect(keys_were_published, None, 200, changes=True),
            Expect(keys_never_published, "SERVICE_UNAVAILABLE", 503, has=("retryAfter",)),
        ),
    ),
    Row(
        45,
        "a key that is over, or may not",
        (
            Expect(
                with_key(VIEWER, state="revoked"),
                DENIED,
                401,
                details={"reason": "revoked"},
                changes=True,
            ),
            Expect(
                with_key(VIEWER, state="expired"),
                DENIED,
                401,
                details={"reason": "expired"},
                changes=True,
            ),
            Expect(with_key(CREATE), "FORBIDDEN", has=("requires",), changes=True),
        ),
    ),
    Row(
        46,
        "a role that may not",
        (
            Expect(change("eventCreate", event_of, MANAGER), "FORBIDDEN", has=("requires",)),
            Expect(
                change("campaignLaunch", {"campaignId": "x", "version": 1}, ORGANISER), "FORBIDDEN"
            ),
            Expect(
                ask(
                    "query ($id: ID!) { asn(id: $id) { employeeNumber maskedEmployeeNumber } }",
                    lambda world: {"id": gid("Asn", world.ani)},
                    MANAGER,
                ),
                None,
                check=lambda o: (
                    o.data["asn"]
                    == {"employeeNumber": None, "maskedEmployeeNumber": "***************011"}
                ),
            ),
        ),
    ),
    Row(47, "what another agency has", (Expect(foreign_campaign, "NOT_FOUND"),)),
    Row(
        48,
        "development in production",
        (
            Expect(development_token_in_production, DENIED, 401),
            Expect(development_mode_in_production, "SETTING_INVALID", "no start"),
        ),
    ),
    Row(
        49,
        "over the points",
        (
            Expect(
                spent,
                "RATE_LIMITED",
                429,
                has=("retryAfter",),
                check=lambda o: "retry-after" in o.headers and '"cost"' in o.text,
            ),
        ),
    ),
]
