"""What becomes of linked accounts: new names, lost access, withdrawal, and linking again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import factories as make
import pytest
from api_client import Api, gid
from login_desk import LoginDesk, account_key, handle_of, login_desk
from world import World

from api.actions.account_token import forget_overdue_tokens
from api.cli.networks import simulated_networks
from api.domain.platform import Platform
from api.settings import Settings
from workers.platforms import Connector, connector_for
from workers.tasks.charges import BudgetLedger

CONSENTS = """query($id: ID!) { node(id: $id) { ... on Asn {
              consents { purpose withdrawnAt stopDueAt stoppedAt accountId } } } }"""
WITHDRAW = """mutation($input: ConsentWithdrawInput!) { consentWithdraw(input: $input) {
              asn { id } userErrors { code } } }"""
HEALTH = """{ platformHealth { platform pausedUntil nextTryAt budgetMicroUsd spentMicroUsd } }"""
DELETED = """SELECT array_agg(reason ORDER BY at) FROM audit_event WHERE action = 'delete_token'"""
TOKENS = "SELECT count(*) FROM account_token"
OBSERVED = "SELECT count(*) FROM audience_observation WHERE account_id = $1"


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return Settings.from_env({**environment, **simulated_networks("http://127.0.0.1:1")})


@pytest.fixture
async def desk(api: Api) -> AsyncIterator[LoginDesk]:
    async with login_desk(api) as opened:
        yield opened


async def withdraw(desk: LoginDesk, world: World, account: dict[str, Any]) -> None:
    given = {
        "asnId": gid("Asn", world.ani),
        "purpose": "ACCOUNT_TRACKING",
        "accountId": account["id"],
    }
    answer = await desk.api.ask(WITHDRAW, {"input": given}, caller=world.as_ani)
    assert answer["consentWithdraw"]["userErrors"] == []


async def clock(desk: LoginDesk, world: World, account: dict[str, Any]) -> dict[str, Any]:
    """Return the tracking consent of an account that was withdrawn last."""
    shown = await desk.api.ask(CONSENTS, {"id": gid("Asn", world.ani)}, caller=world.as_ani)
    (found,) = [
        one
        for one in shown["node"]["consents"]
        if one["accountId"] == account["id"]
        and one["purpose"] == "ACCOUNT_TRACKING"
        and one["withdrawnAt"]
    ]
    return dict(found)


async def test_a_withdrawal_gives_the_token_back_to_the_network_and_deletes_it(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.FACEBOOK)
    account = await desk.linked(world.ani, Platform.FACEBOOK, person)
    token = await desk.token()

    await withdraw(desk, world, account)
    before = await clock(desk, world, account)
    await desk.work()

    assert (before["stopDueAt"] is not None, before["stoppedAt"]) == (True, None)
    assert (await clock(desk, world, account))["stoppedAt"] is not None
    assert await make.value(TOKENS) == 0
    assert await make.value(DELETED) == ["REVOKED"]
    assert desk.calls_with(token)[-1] == "/facebook/v26.0/me/permissions"
    assert ("FACEBOOK", person.id) in desk.scene.stage.logins._lost  # noqa: SLF001


async def test_a_network_that_is_down_is_asked_again_until_it_has_taken_the_token(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.linked(world.ani, Platform.FACEBOOK, desk.somebody(Platform.FACEBOOK))
    desk.line.is_down = True
    await withdraw(desk, world, account)

    for _ in range(7):
        await desk.work()
        await make.execute(
            "UPDATE outbox_message SET due_at = now() WHERE job = 'revoke_access'"
            " AND state IN ('PENDING', 'SENT')"
        )
    kept = await make.value(TOKENS), (await clock(desk, world, account))["stoppedAt"]
    desk.line.is_down = False
    await desk.work()

    assert kept == (1, None)
    assert await make.value(DELETED) == ["REVOKED"]
    assert (await clock(desk, world, account))["stoppedAt"] is not None


async def test_a_token_that_nobody_takes_back_is_deleted_within_the_hour(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.linked(world.ani, Platform.FACEBOOK, desk.somebody(Platform.FACEBOOK))
    await withdraw(desk, world, account)

    await forget_overdue_tokens()
    early = await make.value(TOKENS)
    # The sweep comes every five minutes: the last one within the hour finds it.
    await make.execute("UPDATE account_token SET delete_by = delete_by - interval '46 minutes'")
    await forget_overdue_tokens()
    await desk.work()

    due = await make.value("SELECT max(delete_by) FROM account_token")
    assert (early, await make.value(TOKENS), due) == (1, 0, None)
    assert await make.value(DELETED) == ["NOT_REVOKED_IN_TIME"]
    assert (await clock(desk, world, account))["stoppedAt"] is not None


async def test_a_token_of_somebody_else_is_not_given_back_over_their_head(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.FACEBOOK)
    await desk.linked(world.budi, Platform.FACEBOOK, person)
    account = await desk.link(world.ani, Platform.FACEBOOK, f"{person.handle}.lain")

    await desk.agree(await desk.sign_in(account["challenge"]["token"], login_hint=person.handle))
    await desk.work()

    assert desk.scene.stage.logins._lost == set()  # noqa: SLF001
    assert await make.value(DELETED) == ["NOT_REVOCABLE"]
    assert await make.value(TOKENS) == 1


@pytest.mark.parametrize("platform", [Platform.X, Platform.BLUESKY])
async def test_a_new_name_is_seen_and_shown_with_its_date(
    desk: LoginDesk, world: World, platform: Platform
) -> None:
    person = desk.somebody(platform)
    account = await desk.linked(world.ani, platform, person)
    old = handle_of(platform, person)
    new = old.replace(old[:4], "baru", 1)

    await desk.act(platform, person, "rename", handle=new)
    await desk.refresh(platform)
    await desk.refresh(platform)

    shown = await desk.state(account["id"])
    assert shown["verification"] == "VERIFIED"
    assert shown["handle"] == handle_of(platform, person) != old
    (change,) = shown["changes"]
    assert (change["kind"], change["before"], change["after"]) == ("HANDLE", old, shown["handle"])
    assert change["beginsAt"]


async def test_an_account_that_is_gone_for_a_time_has_a_dated_gap(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.X)
    account = await desk.linked(world.ani, Platform.X, person)

    await desk.act(Platform.X, person, "suspend")
    await desk.refresh(Platform.X)
    await desk.refresh(Platform.X)
    lost = await desk.state(account["id"])
    await desk.act(Platform.X, person, "suspend", isOn=False)
    await desk.refresh(Platform.X)
    found = await desk.state(account["id"])

    assert [one["kind"] for one in lost["changes"]] == ["ACCESS"]
    assert lost["accessLostAt"] == lost["changes"][0]["beginsAt"]
    assert found["accessLostAt"] is None
    assert found["changes"][0]["endsAt"] is not None


async def test_access_that_the_owner_took_back_ends_everything_until_they_link_again(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.FACEBOOK)
    account = await desk.linked(world.ani, Platform.FACEBOOK, person)
    token = await desk.token()
    key = account_key(account)
    await desk.act(Platform.FACEBOOK, person, "revoke")

    await desk.refresh(Platform.FACEBOOK)
    asked, observed = len(desk.calls_with(token)), await make.value(OBSERVED, key)
    await desk.refresh(Platform.FACEBOOK)
    lost = await desk.state(account["id"])

    assert (lost["connection"], lost["accessLostAt"] is not None) == ("REVOKED", True)
    assert (await clock(desk, world, account))["withdrawnAt"] is not None
    assert await make.value(TOKENS) == 0
    assert len(desk.calls_with(token)) == asked
    assert await make.value(OBSERVED, key) == observed
    again = await desk.linked(world.ani, Platform.FACEBOOK, person)
    await desk.refresh(Platform.FACEBOOK)
    shown = await desk.state(account["id"])
    assert again["id"] == account["id"]
    assert (shown["connection"], shown["accessLostAt"]) == ("HEALTHY", None)
    assert await make.value(OBSERVED, key) == observed + 1


async def test_access_that_ran_out_is_dropped_but_is_no_withdrawal(
    desk: LoginDesk, world: World
) -> None:
    account = await desk.linked(world.ani, Platform.FACEBOOK, desk.somebody(Platform.FACEBOOK))
    await desk.scene.tell("clock", {"advanceSeconds": 61 * 86_400})

    await desk.refresh(Platform.FACEBOOK)

    shown = await desk.state(account["id"])
    assert (shown["connection"], shown["changes"][0]["after"]) == ("EXPIRED", "EXPIRED")
    assert await make.value(TOKENS) == 0
    open_consents = "SELECT count(*) FROM consent WHERE account_id = $1 AND withdrawn_at IS NULL"
    assert await make.value(open_consents, account_key(account)) == 2


async def test_a_name_that_leads_to_another_account_drops_the_proof(
    desk: LoginDesk, world: World
) -> None:
    person = desk.somebody(Platform.INSTAGRAM)
    other = desk.somebody(Platform.INSTAGRAM, but=person)
    account = await desk.linked(world.ani, Platform.INSTAGRAM, person)
    key = account_key(account)
    await make.execute("DELETE FROM account_token")
    await make.execute("UPDATE social_account SET handle = $1 WHERE id = $2", other.handle, key)

    await desk.refresh(Platform.INSTAGRAM)

    shown = await desk.state(account["id"])
    assert shown["verification"] == "EXPIRED"
    assert "OWNER" in [one["kind"] for one in shown["changes"]]
    assert await make.value(OBSERVED, key) == 0
    await desk.linked(world.ani, Platform.INSTAGRAM, other)
    assert (await desk.state(account["id"]))["verification"] == "EXPIRED"


async def test_a_cap_that_is_reached_pauses_paid_calls_and_says_so(
    desk: LoginDesk, world: World
) -> None:
    await desk.linked(world.ani, Platform.X, desk.somebody(Platform.X))
    ledger = BudgetLedger({Platform.X: 1_000})
    async with connected(desk, Platform.X, ledger) as connector:
        desk.kit = replace(desk.kit, connectors={**desk.kit.connectors, Platform.X: connector})
        asked = len(desk.line.asked)
        await desk.refresh(Platform.X)
        calls = desk.line.asked[asked:]

    health = (await desk.api.ask(HEALTH))["platformHealth"]
    (shown,) = [row for row in health if row["platform"] == "X"]
    assert calls == []
    assert shown["pausedUntil"] is not None
    assert shown["pausedUntil"] == shown["nextTryAt"]
    assert (shown["budgetMicroUsd"], shown["spentMicroUsd"]) == ("1000", "0")
    assert [row["pausedUntil"] for row in health if row["platform"] != "X"] == [None] * 4


@asynccontextmanager
async def connected(
    desk: LoginDesk, platform: Platform, ledger: BudgetLedger
) -> AsyncIterator[Connector]:
    tools = replace(desk.scene.tools(), transport=desk.line, ledger=ledger)
    connector = connector_for(platform, desk.api.settings, tools)
    yield connector
    await connector.close()
