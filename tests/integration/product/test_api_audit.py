"""The audit trail as auditors read it, the chain behind it, and rows for what was denied."""

import asyncio

import asyncpg
import factories as make
import pytest
from api_client import ADMIN, AUDITOR, Api, gid
from world import FIRST_AUDITOR, FIRST_MANAGER, World

from api.actions.audit import seal_audit

PROGRAM = {"name": "Gizi Anak", "sourceUrl": "https://contoh.go.id/gizi"}
CHAIN = "{ auditEvents(first: 1) { chainIsIntact } }"
EVENTS = """
query($filter: AuditEventFilter) { auditEvents(filter: $filter) {
  totalCount nodes { id actor role action objectId reason requestId operation documentSha256
                     sequence } } }
"""


async def make_some(api: Api, world: World) -> None:
    for name in ("Satu", "Dua", "Tiga"):
        given = {**PROGRAM, "name": name, "agencyId": gid("Agency", world.first)}
        await api.change("ProgramCreate", **given)


async def tamper(statement: str) -> None:
    """Change rows as somebody with all rights can: the table itself refuses it."""
    with pytest.raises(asyncpg.RestrictViolationError):
        await make.execute(statement)
    await make.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    await make.execute(statement)


async def is_intact(api: Api) -> bool:
    return (await api.ask(CHAIN, caller=AUDITOR))["auditEvents"]["chainIsIntact"]


async def test_every_change_is_shown_with_its_request(api: Api, world: World) -> None:
    await make_some(api, world)

    trail = await api.run("AuditTrail", caller=AUDITOR, first=10)
    shown = (await api.ask(EVENTS, caller=AUDITOR))["auditEvents"]["nodes"][0]
    again = await api.ask(
        "query($id: ID!) { node(id: $id) { ... on AuditEvent { action } } }", {"id": shown["id"]}
    )

    assert [node["action"] for node in trail["auditEvents"]["nodes"]][:3] == ["create_program"] * 3
    assert trail["auditEvents"]["chainIsIntact"] is True
    assert shown["operation"] == "ProgramCreate"
    assert len(shown["documentSha256"]) == 64
    assert len(shown["requestId"]) >= 8
    assert again["node"] == {"action": "create_program"}


@pytest.mark.parametrize("column", ["actor", "reason", "object_id", "row_hash", "at"])
async def test_a_changed_row_breaks_the_chain(api: Api, world: World, column: str) -> None:
    await make_some(api, world)
    await seal_audit()
    assert await is_intact(api)

    value = {"object_id": "gen_random_uuid()", "at": "at + interval '1 second'"}
    changed = value.get(column, f"repeat('0', {64 if column == 'row_hash' else 3})")
    await tamper(f"UPDATE audit_event SET {column} = {changed} WHERE sequence = 2")  # noqa: S608

    assert not await is_intact(api)


async def test_a_missing_or_late_row_breaks_the_chain(api: Api, world: World) -> None:
    await make_some(api, world)
    await seal_audit()
    await make_some(api, world)
    await seal_audit()

    await tamper("DELETE FROM audit_event WHERE sequence = 6")

    assert not await is_intact(api)


async def test_sealers_that_meet_give_every_row_one_place(api: Api, world: World) -> None:
    await make_some(api, world)
    sealed = await asyncio.gather(*(seal_audit() for _ in range(4)))
    places = await make.value("SELECT array_agg(sequence ORDER BY sequence) FROM audit_event")

    assert sum(sealed) == len(places)
    assert places == list(range(1, len(places) + 1))
    assert await is_intact(api)


async def test_a_denied_attempt_leaves_the_same_row_for_foreign_and_missing(
    api: Api, world: World
) -> None:
    foreign = gid("Campaign", world.other_campaign)
    missing = gid("Campaign", world.ani)
    answers = [
        await api.change("CampaignLaunch", caller=FIRST_MANAGER, campaignId=one, version=1)
        for one in (foreign, missing)
    ]
    found = await api.ask(EVENTS, {"filter": {"action": "campaignLaunch"}}, caller=AUDITOR)
    rows = found["auditEvents"]["nodes"]

    assert answers[0] == answers[1]
    assert [row.pop("objectId") for row in rows] == [missing, foreign]
    assert {(row["actor"], row["reason"]) for row in rows} == {
        ("dev:campaign_manager:KEM-1", "NOT_FOUND")
    }


async def test_an_auditor_of_one_agency_sees_what_its_people_did(api: Api, world: World) -> None:
    mine = {**PROGRAM, "agencyId": gid("Agency", world.first)}
    await api.change("ProgramCreate", caller=FIRST_MANAGER, **mine)
    await api.change("ProgramCreate", caller=ADMIN, **{**mine, "name": "Lain"})

    seen = (await api.ask(EVENTS, caller=FIRST_AUDITOR))["auditEvents"]
    everything = (await api.ask(EVENTS, caller=AUDITOR))["auditEvents"]

    assert seen["totalCount"] == 1
    assert everything["totalCount"] > 1


async def test_others_may_not_read_the_trail(api: Api, world: World) -> None:
    for caller in (FIRST_MANAGER, world.as_ani):
        refusal = await api.refused(EVENTS, caller=caller)
        assert (refusal["code"], refusal["requires"]) == ("FORBIDDEN", ["ADMIN", "AUDITOR"])
