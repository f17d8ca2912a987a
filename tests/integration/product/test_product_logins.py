"""Linking an account by signing in at its network, with the sandbox as identity provider."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import factories as make
import pytest
from api_client import Api, Caller, gid, holder
from login_desk import LoginDesk, account_key, handle_of, login_desk
from world import World

from api.cli.networks import simulated_networks
from api.domain.platform import Platform
from api.settings import Settings

ALL = list(Platform)
KEPT = {Platform.FACEBOOK, Platform.INSTAGRAM}
REASONS = """SELECT array_agg(reason ORDER BY at) FROM audit_event
              WHERE object_id = $1 AND action = $2 AND reason IS NOT NULL"""


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_env({**environment, **simulated_networks("http://127.0.0.1:1")})


@pytest.fixture
async def desk(api: Api) -> AsyncIterator[LoginDesk]:
    async with login_desk(api) as opened:
        yield opened


@pytest.mark.parametrize("platform", ALL)
async def test_who_signs_in_at_the_network_has_linked_the_account(
    desk: LoginDesk, world: World, platform: Platform
) -> None:
    person = desk.somebody(platform)

    account = await desk.linked(world.ani, platform, person)

    shown = await desk.state(account["id"])
    assert shown["verification"] == "VERIFIED"
    assert shown["handle"] == handle_of(platform, person)
    assert shown["challenge"] is None
    native = "SELECT platform_user_id FROM social_account WHERE id = $1"
    assert await make.value(native, account_key(account)) == desk.native_id(platform, person)


@pytest.mark.parametrize("platform", ALL)
async def test_access_is_kept_only_where_something_is_read_with_it(
    desk: LoginDesk, world: World, platform: Platform
) -> None:
    account = await desk.linked(world.ani, platform, desk.somebody(platform))

    kept = await make.value("SELECT array_agg(is_revoke_only) FROM account_token")
    assert kept == ([False] if platform in KEPT else None)
    shown = await desk.state(account["id"])
    assert shown["connection"] == ("HEALTHY" if platform in KEPT else "NONE")
    if platform not in KEPT:
        assert await make.value(REASONS, account_key(account), "delete_token") == ["REVOKED"]
        lives = [one.expires_at for one in desk.scene.stage.logins._access.values()]  # noqa: SLF001
        assert lives == [-1]


async def test_a_kept_token_lies_sealed_and_opens_for_its_account_only(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.linked(world.ani, Platform.FACEBOOK, desk.somebody(Platform.FACEBOOK))

    sealed = await make.value("SELECT sealed_access FROM account_token")
    assert b"sandbox" not in sealed
    opened = desk.kit.sealer.open_token(account_key(account), sealed)
    assert opened.startswith("sandbox-user-")


async def test_the_address_carries_a_challenge_and_a_state_that_names_nobody(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.X)
    account = await desk.link(world.ani, Platform.X, person.handle)

    address = account["challenge"]["token"]
    given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert given["code_challenge_method"] == "S256"
    assert len(given["code_challenge"]) == 43
    assert given["redirect_uri"] == f"{desk.api.settings.public_url}/accounts/callback/x"
    assert str(world.ani) not in address
    assert await desk.link(world.ani, Platform.X, person.handle) == account


async def test_opening_the_way_back_takes_nothing_before_the_button(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.X)
    account = await desk.link(world.ani, Platform.X, person.handle)
    back = await desk.sign_in(account["challenge"]["token"])

    page = await desk.api.client.get(back)
    await desk.work()

    assert page.status_code == 200
    assert "Ani Lestari" in page.text
    assert (await desk.state(account["id"]))["verification"] == "PENDING"
    assert (await desk.agree(back)).status_code == 202


async def test_who_signs_in_as_somebody_else_links_nothing(desk: LoginDesk, world: World) -> None:
    named = desk.somebody(Platform.X)
    other = desk.somebody(Platform.X, but=named)
    account = await desk.link(world.ani, Platform.X, named.handle)

    back = await desk.sign_in(account["challenge"]["token"], login_hint=other.handle)
    await desk.agree(back)
    await desk.work()

    shown = await desk.state(account["id"])
    assert (shown["verification"], shown["challenge"]["outcome"]) == ("PENDING", "OTHER_ACCOUNT")
    key = account_key(account)
    assert await make.value(REASONS, key, "check_ownership") == ["OTHER_ACCOUNT"]
    assert await make.value("SELECT count(*) FROM account_token") == 0


async def test_a_person_may_refuse_at_the_network_and_begin_again(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.BLUESKY)
    account = await desk.link(world.ani, Platform.BLUESKY, person.handle)

    back = await desk.sign_in(account["challenge"]["token"], deny="1")
    page = await desk.api.client.get(back)
    again = await desk.api.client.get(back)

    assert (page.status_code, again.status_code) == (200, 200)
    assert "DENIED" in page.text
    assert (await desk.state(account["id"]))["challenge"]["outcome"] == "DENIED"
    assert await make.value(REASONS, account_key(account), "accept_login") == ["DENIED"]
    await desk.linked(world.ani, Platform.BLUESKY, person)
    assert (await desk.state(account["id"]))["verification"] == "VERIFIED"


async def test_a_state_works_once(desk: LoginDesk, world: World) -> None:
    person = desk.somebody(Platform.X)
    account = await desk.link(world.ani, Platform.X, person.handle)
    back = await desk.sign_in(account["challenge"]["token"])
    form = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    path = urlsplit(back).path

    first = await desk.api.client.post(path, data=form)
    second = await desk.api.client.post(path, data=form)
    page = await desk.api.client.get(back)

    assert [first.status_code, second.status_code, page.status_code] == [202, 409, 409]
    assert "INVALID_STATE" in second.text
    assert await make.value(REASONS, account_key(account), "accept_login") == ["INVALID_STATE"]
    jobs = "SELECT count(*) FROM outbox_message WHERE job = 'finish_login'"
    assert await make.value(jobs) == 1


async def test_a_state_ends_after_half_an_hour(desk: LoginDesk, world: World) -> None:
    account = await desk.link(world.ani, Platform.X, desk.somebody(Platform.X).handle)
    back = await desk.sign_in(account["challenge"]["token"])
    form = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    await make.execute(
        "UPDATE account_verification SET expires_at = expires_at - interval '31 minutes'"
    )

    answer = await desk.api.client.post(urlsplit(back).path, data=form)

    assert answer.status_code == 410
    assert await make.value(REASONS, account_key(account), "accept_login") == ["EXPIRED"]
    assert (await desk.api.client.get(back)).status_code == 410


@pytest.mark.parametrize("change", ["network", "signature", "nonce", "nothing", "letters"])
async def test_a_state_that_is_not_ours_is_refused(
    desk: LoginDesk, world: World, change: str
) -> None:
    account = await desk.link(world.ani, Platform.X, desk.somebody(Platform.X).handle)
    back = await desk.sign_in(account["challenge"]["token"])
    form = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    state, path = form["state"], urlsplit(back).path
    changed = {
        "network": state,
        "signature": f"{state[:-4]}AAAA",
        "nonce": f"AAAA{state[4:]}",
        "nothing": "",
        "letters": "\N{LATIN SMALL LETTER E WITH ACUTE}.\x00" * 3,
    }[change]
    path = path.replace("/x", "/mastodon") if change == "network" else path

    answer = await desk.api.client.post(path, data={**form, "state": changed})
    page = await desk.api.client.get(path, params={**form, "state": changed})

    assert (answer.status_code, page.status_code) == (400, 400)
    assert "Ani" not in answer.text + page.text
    refused = (
        "SELECT count(*) FROM audit_event WHERE action = 'accept_login' AND reason = 'INVALID'"
    )
    assert await make.value(refused) == 1
    assert await make.value("SELECT used_at FROM account_verification") is None


async def test_the_state_of_one_person_never_links_for_another(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.link(world.ani, Platform.X, desk.somebody(Platform.X).handle)
    back = await desk.sign_in(account["challenge"]["token"])
    await make.execute(
        "UPDATE social_account SET asn_id = $1 WHERE id = $2", world.budi, account_key(account)
    )

    assert (await desk.api.client.get(back)).status_code == 400


async def test_an_account_that_somebody_else_holds_is_taken_and_nobody_is_named(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.FACEBOOK)
    await desk.linked(world.budi, Platform.FACEBOOK, person)
    account = await desk.link(world.ani, Platform.FACEBOOK, f"{person.handle}.lain")

    back = await desk.sign_in(account["challenge"]["token"], login_hint=person.handle)
    await desk.agree(back)
    await desk.work()

    shown = await desk.state(account["id"])
    assert (shown["verification"], shown["challenge"]["outcome"]) == ("REJECTED", "TAKEN")
    assert await make.value(REASONS, account_key(account), "check_ownership") == ["TAKEN"]
    owners = "SELECT array_agg(asn_id) FROM account_token"
    assert await make.value(owners) == [world.budi]


async def test_a_withdrawal_between_the_page_and_the_button_wins(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.link(world.ani, Platform.X, desk.somebody(Platform.X).handle)
    back = await desk.sign_in(account["challenge"]["token"])
    form = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    await withdraw(desk.api, world.as_ani, world, account["id"])

    answer = await desk.api.client.post(urlsplit(back).path, data=form)

    assert answer.status_code == 409
    assert "CONSENT_MISSING" in answer.text
    assert desk.scene.stage.logins._access == {}  # noqa: SLF001


async def test_a_crash_after_the_exchange_finishes_with_the_same_token(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.INSTAGRAM)
    account = await desk.link(world.ani, Platform.INSTAGRAM, person.handle)
    await desk.agree(await desk.sign_in(account["challenge"]["token"]))
    await desk.scene.trouble({"name": "server_error", "path": "/instagram/v26.0/me", "count": 3})

    await desk.work()
    held = await make.value("SELECT array_agg(is_revoke_only) FROM account_token")
    await make.execute("UPDATE outbox_message SET due_at = now() WHERE job = 'finish_login'")
    await desk.scene.trouble()
    await desk.work()

    assert held == [True]
    assert (await desk.state(account["id"]))["verification"] == "VERIFIED"
    assert await make.value("SELECT array_agg(is_revoke_only) FROM account_token") == [False]


async def test_a_network_without_a_login_is_refused(
    environment: dict[str, str], api: Api, world: World
) -> None:
    app = api.settings.x.login
    object.__setattr__(app, "client_id", "")
    given = {
        "asnId": gid("Asn", world.ani),
        "platform": "X",
        "handle": "ani",
        "method": "OAUTH",
        "consent": True,
    }
    found = await api.problems("AccountLink", caller=holder(world.ani), **given)

    assert found == [("INVALID_STATE", ["method"])]


async def withdraw(api: Api, caller: Caller, world: World, account_id: str) -> None:
    document = """mutation($input: ConsentWithdrawInput!) { consentWithdraw(input: $input) {
                  userErrors { code } } }"""
    given = {
        "asnId": gid("Asn", world.ani),
        "purpose": "ACCOUNT_TRACKING",
        "accountId": account_id,
    }
    answer = await api.ask(document, {"input": given}, caller=caller)
    assert answer["consentWithdraw"]["userErrors"] == []
