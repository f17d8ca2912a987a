"""Employee numbers: masked for everybody, whole for their owner, revealed with a reason."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import factories as make
import pytest
from api_client import ADMIN, AUDITOR, MANAGER, NOBODY, ORGANISER, Api, Caller, gid, serving
from world import FIRST_AUDITOR, FIRST_MANAGER, World

from api.domain.access import Role
from api.schema.allowance import LOOKS_AN_HOUR
from api.settings import Settings

ANIS, CITRAS, NOBODYS = "199001012015042011", "199203032020121033", "198807072011011077"
WHY = "Surat permintaan 12/2026."
FIRST_ADMIN = Caller(Role.ADMIN, agency="KEM-1")


async def look_up(api: Api, number: str, caller: Caller, reason: str = WHY) -> dict[str, Any]:
    return await api.mutate(
        "employeeNumberLookUp",
        "asn { id maskedEmployeeNumber }",
        caller=caller,
        employeeNumber=number,
        reason=reason,
    )


async def reveal(api: Api, person: str, caller: Caller, reason: str = WHY) -> dict[str, Any]:
    return await api.mutate(
        "employeeNumberReveal", "employeeNumber", caller=caller, asnId=person, reason=reason
    )


async def trail() -> list[tuple[Any, ...]]:
    async with make.connection() as db:
        rows = await db.fetch(
            "SELECT action, role, object_id, reason FROM audit_event"
            " WHERE action LIKE '%number' ORDER BY at, id"
        )
    return [tuple(row) for row in rows]


async def test_a_civil_servant_sees_their_own_number_whole_and_no_other(
    api: Api, world: World
) -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Asn { employeeNumber } } }"
    ids = {"ids": [gid("Asn", world.ani), gid("Asn", world.citra)]}

    own = await api.ask(document, ids, caller=world.as_ani)
    staff = [await api.ask(document, ids, caller=caller) for caller in (ADMIN, AUDITOR, MANAGER)]

    assert own["nodes"] == [{"employeeNumber": ANIS}, None]
    assert staff == [{"nodes": [{"employeeNumber": None}] * 2}] * 3


async def test_a_ranking_shows_a_civil_servant_no_number_of_others(api: Api, world: World) -> None:
    document = """
    { ranking { nodes { asn { id employeeNumber maskedEmployeeNumber accounts { handle } } } } }
    """
    rows = (await api.ask(document, caller=world.as_ani))["ranking"]["nodes"]

    assert rows[0]["asn"]["employeeNumber"] == ANIS
    assert rows[1]["asn"] == {
        "id": gid("Asn", world.citra),
        "employeeNumber": None,
        "maskedEmployeeNumber": None,
        "accounts": [],
    }


async def test_a_reveal_has_a_reason_and_leaves_a_row(api: Api, world: World) -> None:
    for caller in (ADMIN, AUDITOR):
        shown = await reveal(api, gid("Asn", world.citra), caller)
        assert shown == {"employeeNumber": CITRAS, "userErrors": []}

    assert await trail() == [
        ("reveal_number", "ADMIN", world.citra, WHY),
        ("reveal_number", "AUDITOR", world.citra, WHY),
    ]


@pytest.mark.parametrize(
    ("reason", "code"), [("", "BLANK"), (" ", "BLANK"), ("a" * 501, "TOO_LONG")]
)
async def test_a_reveal_without_a_reason_shows_nothing(
    api: Api, world: World, reason: str, code: str
) -> None:
    shown = await reveal(api, gid("Asn", world.citra), ADMIN, reason)

    assert shown["employeeNumber"] is None
    assert [(error["code"], error["field"]) for error in shown["userErrors"]] == [
        (code, ["reason"])
    ]


async def test_a_reveal_out_of_scope_looks_like_one_of_nobody(api: Api, world: World) -> None:
    missing, pseudonymous = uuid4(), await make.make_asn("Tanpa Nomor", world.first)
    shown = [
        await reveal(api, gid("Asn", one), FIRST_AUDITOR)
        for one in (missing, world.citra, pseudonymous)
    ]

    assert shown[0] == shown[1] == shown[2]
    assert [(error["code"], error["field"]) for error in shown[0]["userErrors"]] == [
        ("NOT_FOUND", ["asnId"])
    ]
    assert [row[2] for row in await trail()] == [missing, world.citra, pseudonymous]


@pytest.mark.parametrize("caller", [MANAGER, ORGANISER])
async def test_only_administrators_and_auditors_reveal(
    api: Api, world: World, caller: Caller
) -> None:
    document = (
        "mutation ($input: EmployeeNumberRevealInput!)"
        " { employeeNumberReveal(input: $input) { employeeNumber } }"
    )
    given = {"input": {"asnId": gid("Asn", world.ani), "reason": WHY}}

    refused = await api.refused(document, given, caller=caller)
    anonymous = await api.send(document, given, caller=NOBODY)

    assert (refused["code"], refused["requires"]) == ("FORBIDDEN", ["ADMIN", "AUDITOR"])
    assert anonymous.status_code == 401


async def test_a_person_is_found_by_a_number_of_any_time(api: Api, world: World) -> None:
    spaced = "19900101 201504 2 011"
    await make.execute("UPDATE employee_number SET valid_to_on = current_date")

    found = await look_up(api, spaced, FIRST_MANAGER)

    assert found["asn"]["id"] == gid("Asn", world.ani)
    assert await trail() == [("look_up_number", "CAMPAIGN_MANAGER", world.ani, WHY)]


async def test_a_number_of_nobody_and_one_out_of_scope_get_the_same_answer_and_row(
    api: Api, world: World
) -> None:
    answers = [await look_up(api, number, FIRST_MANAGER) for number in (NOBODYS, CITRAS)]

    assert answers[0] == answers[1]
    assert [(error["code"], error["field"]) for error in answers[0]["userErrors"]] == [
        ("NOT_FOUND", ["employeeNumber"])
    ]
    rows = await trail()
    assert rows[0] == rows[1] == ("look_up_number", "CAMPAIGN_MANAGER", None, WHY)


@pytest.mark.parametrize(
    "number",
    [
        "19900101201504201",
        "1990010120150420111",
        "19900101201504201x",
        "199013992015042011",
        "199001012015043011",
        "",
    ],
)
async def test_what_is_no_number_is_refused_without_repeating_it(
    api: Api, world: World, number: str
) -> None:
    (error,) = (await look_up(api, number, ADMIN))["userErrors"]

    assert (error["code"], error["field"]) == ("INVALID_NIP", ["employeeNumber"])
    assert not number or number not in error["message"]
    assert await trail() == []


async def test_looks_are_counted_by_caller_whatever_they_find(api: Api, world: World) -> None:
    for _ in range(LOOKS_AN_HOUR):
        await look_up(api, NOBODYS, ADMIN)
    document = (
        "mutation ($input: EmployeeNumberRevealInput!)"
        " { employeeNumberReveal(input: $input) { employeeNumber } }"
    )
    given = {"input": {"asnId": gid("Asn", world.ani), "reason": WHY}}
    answer = await api.send(document, given)
    (error,) = answer.json()["errors"]
    other = await reveal(api, gid("Asn", world.ani), AUDITOR)

    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert error["extensions"]["retryAfter"] > 0
    assert "data" not in answer.json() or answer.json()["data"]["employeeNumberReveal"] is None
    assert other["employeeNumber"] == ANIS


async def test_without_valkey_nothing_is_revealed_and_all_else_goes_on(
    settings: Settings, world: World
) -> None:
    alone = replace(settings, redis_url="redis://127.0.0.1:1/0")
    document = (
        "mutation ($input: EmployeeNumberRevealInput!)"
        " { employeeNumberReveal(input: $input) { employeeNumber } }"
    )
    given = {"input": {"asnId": gid("Asn", world.ani), "reason": WHY}}

    async with serving(alone) as api:
        answer = await api.send(document, given)
        people = await api.run("Asns", first=1)

    assert answer.json()["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert ANIS not in answer.text
    assert people["asns"]["totalCount"] == 3
