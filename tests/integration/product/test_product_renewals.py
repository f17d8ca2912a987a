"""Access that a holder gave is renewed before it runs out, or is seen to have run out."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import factories as make
import pytest
from api_client import Api
from login_desk import LoginDesk, account_key, login_desk
from world import World

from api.cli.networks import simulated_networks
from api.domain.platform import Platform
from api.settings import Settings
from workers.platforms.base import Auth
from workers.sandbox.logins import s256
from workers.tasks.reconcile import find_work

RENEW = "renew_access"
NOBODY: Any = None
ASKED = "SELECT count(*) FROM outbox_message WHERE job = 'renew_access'"
AGE = """UPDATE account_token SET created_at = now() - $1::interval,
                expires_at = now() + interval '60 days' - $1::interval"""
END = "SELECT expires_at FROM account_token"
CONSENTS = "SELECT count(*) FROM consent WHERE account_id = $1 AND withdrawn_at IS NULL"
RENEWED = "SELECT count(*) FROM audit_event WHERE action = 'renew_token'"
BACK = "http://127.0.0.1:8000/accounts/callback/x"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0001"


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_env({**environment, **simulated_networks("http://127.0.0.1:1")})


@pytest.fixture
async def desk(api: Api) -> AsyncIterator[LoginDesk]:
    async with login_desk(api) as opened:
        yield opened


async def look(desk: LoginDesk) -> None:
    """Let the reconciler look, and a worker renew what it asked for."""
    await find_work(desk.kit, NOBODY)
    await desk.work(RENEW)


@pytest.mark.parametrize("platform", [Platform.FACEBOOK, Platform.INSTAGRAM])
async def test_a_token_of_meta_is_renewed_on_its_day_45_and_read_with_from_then_on(
    desk: LoginDesk, world: World, platform: Platform
) -> None:
    person = desk.somebody(platform)
    account = await desk.linked(world.ani, platform, person)
    old = await desk.token()

    await make.execute(AGE, timedelta(days=44))
    await look(desk)
    early = await make.value(ASKED)
    await make.execute(AGE, timedelta(days=45, seconds=1))
    await look(desk)
    new = await desk.token()
    asked_with_old = len(desk.calls_with(old))
    await desk.refresh(platform)
    me = await desk.kit.connectors[platform].me(Auth.of_account(new))
    await look(desk)

    assert early == 0
    assert new != old
    assert await make.value(END) == desk.scene.now() + timedelta(days=60)
    assert await make.value(RENEWED) == 1
    assert len(desk.calls_with(old)) == asked_with_old
    assert me.id == desk.native_id(platform, person)
    assert await make.value(ASKED) == 1
    assert (await desk.state(account["id"]))["connection"] == "HEALTHY"


@pytest.mark.parametrize("platform", [Platform.FACEBOOK, Platform.INSTAGRAM])
async def test_a_token_that_can_be_renewed_no_more_shows_as_expired_and_is_no_withdrawal(
    desk: LoginDesk, world: World, platform: Platform
) -> None:
    account = await desk.linked(world.ani, platform, desk.somebody(platform))
    await desk.scene.tell("clock", {"advanceSeconds": 61 * 86_400})
    await make.execute(AGE, timedelta(days=61))

    await look(desk)
    await look(desk)

    assert (await desk.state(account["id"]))["connection"] == "EXPIRED"
    assert await make.value("SELECT count(*) FROM account_token WHERE NOT is_revoke_only") == 0
    assert await make.value(CONSENTS, account_key(account)) == 2
    assert (await make.value(ASKED), await make.value(RENEWED)) == (1, 0)


async def test_a_renewal_that_meets_access_taken_back_is_the_persons_withdrawal(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.FACEBOOK)
    account = await desk.linked(world.ani, Platform.FACEBOOK, person)
    await desk.act(Platform.FACEBOOK, person, "revoke")
    await make.execute(AGE, timedelta(days=46))

    await look(desk)

    assert (await desk.state(account["id"]))["connection"] == "REVOKED"
    assert await make.value(CONSENTS, account_key(account)) == 0


async def test_a_network_that_is_down_leaves_the_token_as_it_is(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.linked(world.ani, Platform.FACEBOOK, desk.somebody(Platform.FACEBOOK))
    old = await desk.token()
    await make.execute(AGE, timedelta(days=46))

    desk.line.is_down = True
    await look(desk)
    kept = await desk.token()
    desk.line.is_down = False
    await make.execute("UPDATE outbox_message SET due_at = now() WHERE job = 'renew_access'")
    await desk.work(RENEW)

    assert kept == old
    assert await desk.token() != old
    assert (await desk.state(account["id"]))["connection"] == "HEALTHY"


async def test_a_token_that_was_closed_meanwhile_is_not_renewed(
    desk: LoginDesk, world: World
) -> None:
    await desk.linked(world.ani, Platform.FACEBOOK, desk.somebody(Platform.FACEBOOK))
    await make.execute(AGE, timedelta(days=46))
    await find_work(desk.kit, NOBODY)
    await make.execute("UPDATE consent SET withdrawn_at = now() WHERE account_id IS NOT NULL")
    calls = len(desk.line.asked)

    await desk.work(RENEW)

    assert len(desk.line.asked) == calls


@pytest.mark.parametrize("platform", [Platform.X, Platform.BLUESKY, Platform.MASTODON])
async def test_a_refresh_token_is_replaced_by_the_one_that_it_gives(
    desk: LoginDesk, world: World, platform: Platform
) -> None:
    person = desk.somebody(platform)
    account = await desk.linked(world.ani, platform, person)
    old = await keep_what_a_login_gives(desk, platform, person, account)

    for _ in range(2):
        await make.execute(AGE, timedelta(days=46))
        await look(desk)

    assert await make.value(RENEWED) == 2
    assert await desk.token() != old
    await make.execute("UPDATE account_token SET sealed_refresh = NULL")
    await make.execute(AGE, timedelta(days=46))
    await look(desk)
    assert await make.value(RENEWED) == 2


@pytest.mark.parametrize(
    ("platform", "stands"), [(Platform.X, "REVOKED"), (Platform.MASTODON, "EXPIRED")]
)
async def test_a_refused_refresh_is_a_withdrawal_on_x_alone(
    desk: LoginDesk, world: World, platform: Platform, stands: str
) -> None:
    person = desk.somebody(platform)
    account = await desk.linked(world.ani, platform, person)
    await keep_what_a_login_gives(desk, platform, person, account)
    await desk.act(platform, person, "revoke")
    await make.execute(AGE, timedelta(days=46))

    await look(desk)

    assert (await desk.state(account["id"]))["connection"] == stands


async def keep_what_a_login_gives(
    desk: LoginDesk, platform: Platform, person: Any, account: dict[str, Any]
) -> str:
    """Keep both tokens of a login, as for a network that is read with them."""
    app = desk.api.settings.login_of(platform.value)
    asked = {
        "client_id": app.client_id,
        "redirect_uri": BACK,
        "login_hint": person.handle,
        "code_challenge": s256(VERIFIER),
        "code_challenge_method": "S256",
    }
    sent = await desk.browser.get(app.authorize_url, params=asked)
    (code,) = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
    grant = await desk.kit.logins[platform].exchange(code, VERIFIER, BACK)
    key = account_key(account)
    await make.execute("UPDATE social_account SET connection = 'HEALTHY' WHERE id = $1", key)
    await make.insert(
        "account_token",
        asn_id=await make.value("SELECT asn_id FROM social_account WHERE id = $1", key),
        account_id=key,
        sealed_access=desk.kit.sealer.seal_token(key, grant.access),
        sealed_refresh=desk.kit.sealer.seal_token(key, grant.refresh or ""),
        is_revoke_only=False,
        created_at=datetime.now(UTC),
    )
    return grant.access
