"""A creating mutation with a key happens once, also when twins run at the same time."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import factories as make
import pytest
from api_client import MANAGER, Api, Caller, gid
from world import World

from api.domain.access import Role
from api.settings import Settings

OTHER = Caller(Role.CAMPAIGN_MANAGER, subject="somebody-else")


def created(world: World, mutation: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return what to show, an input, and what makes it another input."""
    agency, campaign = gid("Agency", world.first), gid("Campaign", world.campaign)
    program, source = gid("Program", world.program), "https://contoh.go.id/"
    start, end = "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"
    post = {"url": "https://x.com/a/status/1790000000000000011", "publishedAt": start}
    title = {"title": "Satu"}
    made: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
        "programCreate": (
            "program { id }",
            {"name": "Satu", "agencyId": agency, "sourceUrl": source},
            {"name": "Dua"},
        ),
        "campaignCreate": (
            "campaign { id }",
            {"programId": program, "startsAt": start, "endsAt": end, "disclosureLabel": "ASN"}
            | title,
            {"title": "Dua"},
        ),
        "programPostAdd": (
            "post { id }",
            {"campaignId": campaign, "platform": "X", "sourceUrl": source} | post | title,
            {"title": "Dua"},
        ),
        "eventCreate": (
            "event { id }",
            {"agencyId": agency, "startsAt": start, "capacity": 5} | title,
            {"capacity": 6},
        ),
        "inviteListPropose": (
            "inviteList { id }",
            {"eventId": gid("Event", world.event), "seed": "satu"},
            {"seed": "dua"},
        ),
    }
    return made[mutation]


MUTATIONS = [
    "programCreate",
    "campaignCreate",
    "programPostAdd",
    "eventCreate",
    "inviteListPropose",
]
ADMIN = Caller(Role.ADMIN, subject="boss")


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_twins_in_flight_create_one_object_and_both_learn_of_it(
    api: Api, world: World, mutation: str
) -> None:
    shown, given, other = created(world, mutation)
    keyed = given | {"idempotencyKey": "k" * 64}

    twins = await asyncio.gather(
        *(api.mutate(mutation, shown, caller=ADMIN, **keyed) for _ in range(3))
    )
    again = await api.mutate(mutation, shown, caller=ADMIN, **keyed)
    assert await make.value("SELECT count(*) FROM audit_event") == 1
    changed = await api.mutate(mutation, shown, caller=ADMIN, **keyed | other)

    assert [twin["userErrors"] for twin in twins] == [[]] * 3
    assert twins[0] == twins[1] == twins[2] == again
    assert [(error["code"], error["field"]) for error in changed["userErrors"]] == [
        ("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])
    ]
    assert await make.value("SELECT count(*) FROM idempotency_record") == 1


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_key_has_at_most_64_characters(api: Api, world: World, mutation: str) -> None:
    shown, given, _ = created(world, mutation)

    refused = await api.mutate(mutation, shown, caller=ADMIN, **given, idempotencyKey="k" * 65)

    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("TOO_LONG", ["idempotencyKey"])
    ]


async def test_a_key_is_the_callers_own(api: Api, world: World) -> None:
    shown, given, _ = created(world, "programCreate")
    keyed = given | {"idempotencyKey": "k"}

    one = await api.mutate("programCreate", shown, caller=MANAGER, **keyed)
    other = await api.mutate("programCreate", shown, caller=OTHER, **keyed)

    assert one["program"]["id"] != other["program"]["id"]


async def test_a_twin_that_does_not_end_is_a_conflict(
    api: Api, world: World, settings: Settings
) -> None:
    shown, given, _ = created(world, "programCreate")
    twin = await asyncpg.connect(settings.database_url, ssl=False)
    async with twin.transaction():
        await twin.execute(
            "INSERT INTO idempotency_record (id, actor, mutation, key, input_sha256, created_at)"
            " VALUES ($1, 'maker', 'programCreate', 'k', $2, now())",
            uuid4(),
            "0" * 64,
        )
        refused = await api.mutate(
            "programCreate", shown, caller=MANAGER, **given, idempotencyKey="k"
        )
    await twin.close()

    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("CONFLICT", ["idempotencyKey"])
    ]
