"""Changing a draft by hand, freezing it by its hash, and computing it again."""

from typing import Any
from uuid import UUID

import factories as make
import pytest
from api_client import Api, Caller, gid, key_of
from world import FIRST_ORGANISER, SECOND_ORGANISER, World

from api.actions.invite_list import is_reproducible
from api.domain.access import Role

OTHER = Caller(Role.EVENT_ORGANISER, subject="other organiser")
ONE = Caller(Role.EVENT_ORGANISER, subject="one organiser")

OVERRIDE = """
mutation ($input: InviteListOverrideInput!) {
  inviteListOverride(input: $input) {
    breaks isWaitingForSecondPerson
    inviteList {
      id sha256
      overrides { action reason breaks askedBy confirmedBy sha256Before sha256After asn { name } }
      entries(first: 10) { nodes { decision position asn { name } reasons { code message } } }
    }
    userErrors { code field message }
  }
}
"""
AUDIT = """
SELECT action, reason FROM audit_event WHERE object_id = $1 ORDER BY id DESC LIMIT 1
"""


async def propose(api: Api, world: World, **wish: Any) -> dict[str, Any]:
    payload = await api.change(
        "InviteListPropose", caller=ONE, eventId=gid("Event", world.event), **wish
    )
    assert payload["userErrors"] == []
    return dict(payload["inviteList"])


async def override(api: Api, caller: Caller = ONE, **given: Any) -> dict[str, Any]:
    answer = await api.ask(OVERRIDE, {"input": given}, caller=caller)
    return dict(answer["inviteListOverride"])


def wish(
    drafted: dict[str, Any], asn_id: UUID, action: str, reason: str = "Alasan"
) -> dict[str, Any]:
    return {
        "inviteListId": drafted["id"],
        "asnId": gid("Asn", asn_id),
        "action": action,
        "reason": reason,
    }


async def last_audit(drafted: dict[str, Any]) -> tuple[str, str | None]:
    async with make.connection() as db:
        row = await db.fetchrow(AUDIT, key_of(drafted["id"]))
    return row["action"], row["reason"]


def seated(changed: dict[str, Any]) -> list[str]:
    nodes = changed["inviteList"]["entries"]["nodes"]
    return [node["asn"]["name"] for node in nodes if node["decision"] == "ADMITTED"]


async def test_somebody_admitted_by_hand_takes_the_seat_of_the_last_with_reason_and_new_hash(
    api: Api, world: World
) -> None:
    draft = await propose(api, world)

    changed = await override(api, **wish(draft, world.citra, "ADMIT", "Narasumber utama"))

    assert changed["userErrors"] == []
    assert changed["breaks"] == []
    assert not changed["isWaitingForSecondPerson"]
    assert seated(changed) == ["Ani Lestari", "Citra Dewi"]
    now = changed["inviteList"]
    assert now["sha256"] != draft["sha256"]
    (citra,) = [n for n in now["entries"]["nodes"] if n["asn"]["name"] == "Citra Dewi"]
    assert citra["reasons"] == [
        {"code": "ADMITTED_BY_HAND", "message": "Admitted by a person: Narasumber utama"}
    ]
    (shown,) = now["overrides"]
    assert (shown["action"], shown["askedBy"], shown["confirmedBy"]) == (
        "ADMIT",
        "one organiser",
        None,
    )
    assert (shown["sha256Before"], shown["sha256After"]) == (draft["sha256"], now["sha256"])


async def test_somebody_removed_by_hand_makes_room_and_may_come_back(
    api: Api, world: World
) -> None:
    draft = await propose(api, world)

    gone = await override(api, **wish(draft, world.ani, "REMOVE"))
    again = await override(api, **wish(draft, world.ani, "REMOVE"))
    back = await override(api, **wish(draft, world.ani, "ADMIT"))

    assert seated(gone) == ["Budi Santoso", "Citra Dewi"]
    assert [error["code"] for error in again["userErrors"]] == ["INVALID_STATE"]
    assert seated(back) == ["Ani Lestari", "Budi Santoso"]


async def test_a_change_that_breaks_a_quota_waits_for_a_second_person(
    api: Api, world: World
) -> None:
    quota = {"dimension": "AGENCY", "keyId": gid("Agency", world.second), "maximum": 0}
    draft = await propose(api, world, quotas=[quota])
    wanted = wish(draft, world.citra, "ADMIT", "Tuan rumah daerah")

    asked = await override(api, **wanted)
    alone = await override(api, **wanted)
    confirmed = await override(api, OTHER, **{**wanted, "reason": "Setuju"})

    assert asked["isWaitingForSecondPerson"]
    assert [text.split(": ")[1] for text in asked["breaks"]] == ["at most 0"]
    assert asked["inviteList"]["sha256"] == draft["sha256"]
    assert seated(asked) == ["Ani Lestari", "Budi Santoso"]
    assert [error["code"] for error in alone["userErrors"]] == ["SAME_PERSON"]
    assert seated(confirmed) == ["Ani Lestari", "Citra Dewi"]
    (shown,) = confirmed["inviteList"]["overrides"]
    assert (shown["askedBy"], shown["confirmedBy"]) == ("one organiser", "other organiser")
    assert shown["reason"] == "Tuan rumah daerah"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"reason": "  "}, "BLANK", ["reason"]),
        ({"reason": "x" * 501}, "TOO_LONG", ["reason"]),
    ],
)
async def test_a_change_that_says_too_little_is_refused_noted_and_changes_nothing(
    api: Api, world: World, change: dict[str, str], code: str, field: list[str]
) -> None:
    draft = await propose(api, world)
    given = {**wish(draft, world.citra, "ADMIT"), **change}

    assert await api.problems("InviteListOverride", caller=ONE, **given) == [(code, field)]

    stands = "SELECT sha256 FROM invite_list WHERE id = $1"
    assert await make.value(stands, key_of(draft["id"])) == draft["sha256"]
    assert await make.value("SELECT count(*) FROM invite_list_override") == 0
    assert await last_audit(draft) == ("override_list", code)


async def test_nobody_can_admit_a_person_without_consent(api: Api, world: World) -> None:
    await make.execute(
        "UPDATE consent SET withdrawn_at = now()"
        " WHERE asn_id = $1 AND purpose = 'INVITATION_CONTACT'",
        world.citra,
    )
    draft = await propose(api, world)

    problems = await api.problems(
        "InviteListOverride", caller=ONE, **wish(draft, world.citra, "ADMIT")
    )

    assert problems == [("NOT_ELIGIBLE", ["asnId"])]


async def test_a_stranger_is_not_found_on_the_list_and_that_is_noted_once(
    api: Api, world: World
) -> None:
    draft, nobody = await propose(api, world), UUID(int=5)

    problems = await api.problems("InviteListOverride", caller=ONE, **wish(draft, nobody, "ADMIT"))

    assert problems == [("NOT_FOUND", ["asnId"])]
    assert await make.value("SELECT count(*) FROM audit_event WHERE reason = 'NOT_FOUND'") == 1


async def test_an_organiser_of_another_agency_finds_no_list(api: Api, world: World) -> None:
    draft = await propose(api, world)

    problems = await api.problems(
        "InviteListOverride", caller=SECOND_ORGANISER, **wish(draft, world.citra, "ADMIT")
    )

    assert problems == [("NOT_FOUND", ["inviteListId"])]


async def test_the_hash_from_before_a_change_no_longer_freezes_the_list(
    api: Api, world: World
) -> None:
    draft = await propose(api, world)
    changed = await override(api, **wish(draft, world.citra, "ADMIT"))
    given = {"inviteListId": draft["id"]}

    old = await api.problems("InviteListFreeze", caller=ONE, **given, sha256=draft["sha256"])
    refused = await last_audit(draft)
    sha256 = changed["inviteList"]["sha256"]
    frozen = await api.change("InviteListFreeze", caller=ONE, **given, sha256=sha256)

    assert old == [("CONFLICT", ["sha256"])]
    assert refused == ("freeze_list", "CONFLICT")
    assert frozen["inviteList"]["status"] == "FROZEN"
    late = await api.problems("InviteListOverride", caller=ONE, **wish(draft, world.ani, "REMOVE"))
    assert late == [("INVALID_STATE", None)]


async def test_a_list_is_computed_again_from_observations_until_one_is_touched(
    api: Api, world: World
) -> None:
    draft = await propose(api, world)
    await override(api, **wish(draft, world.citra, "ADMIT"))
    shown = await api.run("Event", caller=FIRST_ORGANISER, id=gid("Event", world.event))
    await make.execute("DELETE FROM reshare WHERE asn_id = $1", world.budi)

    now = await is_reproducible(key_of(draft["id"]))

    assert shown["event"]["inviteList"]["isReproducible"] is True
    assert now is False


async def test_minimums_that_clash_are_refused_with_the_smallest_set_and_nothing_is_stored(
    api: Api, world: World
) -> None:
    quotas = [
        {"dimension": "AGENCY", "keyId": gid("Agency", world.first), "maximum": 2},
        {"dimension": "AGENCY", "keyId": gid("Agency", world.second), "minimum": 2},
        {"dimension": "NEWCOMER", "minimum": 0},
    ]

    payload = await api.change(
        "InviteListPropose", caller=ONE, eventId=gid("Event", world.event), quotas=quotas
    )

    assert [(e["code"], e["field"]) for e in payload["userErrors"]] == [
        ("INVALID", ["quotas", "1", "minimum"])
    ]
    assert "Kementerian Dua" in payload["userErrors"][0]["message"]
    assert await make.value("SELECT count(*) FROM invite_list") == 0


STUDY = """
query ($id: ID!, $since: ID!) {
  node(id: $id) { ... on InviteList {
    parity { dimension name count expected poolCount poolSize probabilityAtMost }
    difference(since: $since) {
      enteredCount leftCount
      entered { decisionBefore decisionNow reasons { code } asn { name } }
      left { decisionBefore decisionNow asn { name } }
    }
  } }
}
"""


async def test_two_drafts_are_compared_and_each_is_held_against_its_pool(
    api: Api, world: World
) -> None:
    first = await propose(api, world)
    quota = {"dimension": "AGENCY", "keyId": gid("Agency", world.second), "minimum": 1}
    second = await propose(api, world, quotas=[quota])
    asked = {"id": second["id"], "since": first["id"]}

    shown = (await api.ask(STUDY, asked, caller=ONE))["node"]
    stranger = (await api.ask(STUDY, asked, caller=SECOND_ORGANISER))["node"]

    difference = shown["difference"]
    assert (difference["enteredCount"], difference["leftCount"]) == (1, 1)
    (entered,), (left,) = difference["entered"], difference["left"]
    assert entered["asn"] == {"name": "Citra Dewi"}
    assert (entered["decisionBefore"], entered["decisionNow"]) == ("WAITLISTED", "ADMITTED")
    assert entered["reasons"] == [{"code": "ADMITTED_BY_AGENCY_QUOTA"}]
    assert left["asn"] == {"name": "Budi Santoso"}
    groups = {group["name"]: group for group in shown["parity"]}
    second_ministry = groups["Kementerian Dua"]
    assert second_ministry == {
        "dimension": "AGENCY",
        "name": "Kementerian Dua",
        "count": 1,
        "expected": 0.666,
        "poolCount": 1,
        "poolSize": 3,
        "probabilityAtMost": 1.0,
    }
    assert stranger is None


@pytest.mark.parametrize(
    "wish",
    [{"seats": 3}, {"quotas": [{"dimension": "AGENCY", "maximum": -1}]}],
    ids=["seats above the capacity", "a negative quota"],
)
async def test_a_wish_that_no_list_can_follow_is_noted_and_stores_nothing(
    api: Api, world: World, wish: dict[str, Any]
) -> None:
    given = {"eventId": gid("Event", world.event)} | wish

    ((code, _),) = await api.problems("InviteListPropose", caller=ONE, **given)

    noted = "SELECT reason FROM audit_event WHERE action = 'propose_list' AND object_id = $1"
    assert (code, await make.value(noted, world.event)) == ("INVALID", "INVALID")
    assert await make.value("SELECT count(*) FROM invite_list") == 0
