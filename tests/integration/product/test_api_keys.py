"""Machines' keys: shown once, bounded by role, agency and scope, and ended within seconds."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
import httpx2
import pytest
from api_client import ADMIN, Api, gid
from world import FIRST_MANAGER, World

CREATE = """
mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) {
  apiKey { id name role scopes lastUsedAt revokedAt } secret userErrors { code field } } }
"""
REVOKE = """
mutation($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) {
  apiKey { id revokedAt } userErrors { code field } } }
"""
KEYS = "{ apiKeys { totalCount nodes { id lastUsedAt } } }"
PROGRAM = (
    "mutation($input: ProgramCreateInput!) { programCreate(input: $input) { program { id } } }"
)
SHOWN = "{ viewer { role scope } campaigns(first: 5) { totalCount } }"


def wanted(**changes: Any) -> dict[str, Any]:
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    usual = {"name": "Dasbor", "role": "CAMPAIGN_MANAGER", "scopes": ["READ"], "expiresAt": until}
    return {**usual, **changes}


async def create(api: Api, **changes: Any) -> dict[str, Any]:
    answer = await api.ask(CREATE, {"input": wanted(**changes)})
    payload: dict[str, Any] = answer["apiKeyCreate"]
    return payload


async def ask(
    api: Api, key: str, query: str, variables: dict[str, Any] | None = None
) -> httpx2.Response:
    return await api.client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {key}"},
    )


def reason(response: httpx2.Response) -> tuple[int, str, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["extensions"]["reason"]


async def test_a_key_acts_in_its_role_and_agency(api: Api, world: World) -> None:
    made = await create(api, agencyId=gid("Agency", world.first))
    answer = await ask(api, made["secret"], SHOWN)

    assert made["secret"].startswith("gema_")
    assert answer.json()["data"] == {
        "viewer": {"role": "CAMPAIGN_MANAGER", "scope": "AGENCY"},
        "campaigns": {"totalCount": 1},
    }


async def test_the_secret_is_kept_nowhere(api: Api, world: World) -> None:
    until = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    made = await create(api, idempotencyKey="once", expiresAt=until)
    again = await create(api, idempotencyKey="once", expiresAt=until)
    rows = await make.value("SELECT string_agg(k::text, ' ') FROM api_key k")
    trail = await make.value("SELECT string_agg(e::text, ' ') FROM audit_event e")

    assert made["secret"].split("_", 2)[2] not in f"{rows}{trail}"
    assert (again["apiKey"], again["secret"]) == (made["apiKey"], None)


async def test_a_key_without_the_scope_is_forbidden(api: Api, world: World) -> None:
    reader = (await create(api))["secret"]
    writer = (await create(api, name="Penulis", scopes=["CAMPAIGNS_WRITE"]))["secret"]
    given = {
        "name": "Gizi",
        "agencyId": gid("Agency", world.first),
        "sourceUrl": "https://contoh.go.id/a",
    }

    refused = await ask(api, reader, PROGRAM, {"input": given})
    blind = await ask(api, writer, SHOWN)
    done = await ask(api, writer, PROGRAM, {"input": given})

    for response, scope in ((refused, "campaigns:write"), (blind, "read")):
        (error,) = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (200, "FORBIDDEN")
        assert error["extensions"]["requires"] == [scope]
    assert "errors" not in done.json()


async def test_no_key_makes_keys(api: Api, world: World) -> None:
    everything = ["READ", "CAMPAIGNS_WRITE", "EVENTS_WRITE", "EXPORTS"]
    key = (await create(api, role="ADMIN", scopes=everything))["secret"]
    (error,) = (await ask(api, key, CREATE, {"input": wanted()})).json()["errors"]

    assert error["extensions"] == {"code": "FORBIDDEN", "requires": ["person"]}


async def test_two_keys_of_a_name_live_while_one_is_replaced(api: Api, world: World) -> None:
    first, second = await create(api), await create(api)
    third = await create(api)
    await api.ask(REVOKE, {"input": {"apiKeyId": first["apiKey"]["id"]}})
    next_ = await create(api)

    assert (await ask(api, second["secret"], SHOWN)).status_code == 200
    assert third == {
        "apiKey": None,
        "secret": None,
        "userErrors": [{"code": "INVALID_STATE", "field": ["name"]}],
    }
    assert next_["secret"]


async def test_a_revoked_key_ends_within_five_seconds(api: Api, world: World) -> None:
    made = await create(api)
    before = await ask(api, made["secret"], SHOWN)
    await api.ask(REVOKE, {"input": {"apiKeyId": made["apiKey"]["id"]}})
    await asyncio.sleep(3.5)
    after = await ask(api, made["secret"], SHOWN)

    assert before.status_code == 200
    assert reason(after) == (401, "UNAUTHENTICATED", "revoked")


async def test_wrong_keys_are_refused(api: Api, world: World) -> None:
    made = (await create(api))["secret"]
    last = "A" if made[-1] != "A" else "B"
    strange = f"gema_{'0' * 32}_{made.rsplit('_', 1)[0][-43:]}"
    await make.execute("UPDATE api_key SET expires_at = now() - interval '1 second'")

    assert reason(await ask(api, made[:-1] + last, SHOWN))[2] == "unknown_key"
    assert reason(await ask(api, made, SHOWN))[2] == "expired"
    assert reason(await ask(api, "gema_short", SHOWN))[2] == "malformed"
    assert reason(await ask(api, strange, SHOWN))[2] in {"unknown_key", "malformed"}


async def test_the_last_use_is_shown(api: Api, world: World) -> None:
    made = (await create(api))["secret"]
    await ask(api, made, SHOWN)
    await asyncio.sleep(0.2)

    assert (await api.ask(KEYS))["apiKeys"]["nodes"][0]["lastUsedAt"] is not None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": " "}, ("BLANK", ["name"])),
        ({"name": "x" * 121}, ("TOO_LONG", ["name"])),
        ({"role": "ASN"}, ("INVALID", ["role"])),
        ({"scopes": []}, ("BLANK", ["scopes"])),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, ("INVALID", ["expiresAt"])),
        ({"expiresAt": "2099-01-01T00:00:00Z"}, ("INVALID", ["expiresAt"])),
        ({"agencyId": gid("Agency", make.new_id())}, ("NOT_FOUND", ["agencyId"])),
    ],
)
async def test_a_key_that_cannot_be_is_refused(
    api: Api, world: World, changes: dict[str, Any], problem: tuple[str, list[str]]
) -> None:
    refused = await create(api, **changes)

    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [problem]


async def test_only_administrators_see_keys(api: Api, world: World) -> None:
    made = await create(api)
    found = await api.ask(
        "query($id: ID!) { node(id: $id) { id } }",
        {"id": made["apiKey"]["id"]},
        caller=FIRST_MANAGER,
    )

    assert (await api.refused(KEYS, caller=FIRST_MANAGER))["code"] == "FORBIDDEN"
    assert found == {"node": None}
    assert (await api.ask(KEYS, caller=ADMIN))["apiKeys"]["totalCount"] == 1
