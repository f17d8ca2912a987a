"""Ranking, events and invite lists, asked with the operations that clients send."""

from typing import Any
from uuid import uuid4

import factories as make
import pytest
from api_client import ADMIN, MANAGER, ORGANISER, Api, gid, key_of
from world import FIRST_MANAGER, FIRST_ORGANISER, SECOND_ORGANISER, World

NEW_EVENT = {
    "title": "Temu warganet",
    "venue": "Balai Contoh",
    "startsAt": "2027-03-01T09:00:00+07:00",
    "endsAt": "2027-03-01T12:00:00+07:00",
    "capacity": 2,
}


async def proposed(api: Api, world: World, **other: Any) -> dict[str, Any]:
    """Propose a list for the first event and return the payload."""
    given = {"eventId": gid("Event", world.event)} | other
    return await api.change("InviteListPropose", caller=ORGANISER, **given)


async def test_the_ranking_is_led_by_who_amplified_most(api: Api, world: World) -> None:
    ranking = (await api.run("Ranking", caller=MANAGER, first=10))["ranking"]

    rows = [edge["node"] for edge in ranking["edges"]]
    assert [row["asn"]["name"] for row in rows] == ["Ani Lestari", "Budi Santoso", "Citra Dewi"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert rows[0]["points"] > rows[1]["points"] > rows[2]["points"] > 0
    assert rows[0]["breakdown"] == [{"platform": "X", "shareCount": 1, "points": rows[0]["points"]}]
    assert rows[0]["badge"]["issuedAt"] is not None
    assert rows[0]["accounts"][0]["audience"] == {"count": 1_000}
    assert ranking["totalCount"] == 3
    run = ranking["scoreRun"]
    assert (run["id"], run["model"]) == (gid("ScoreRun", world.run), "amp-1")
    assert (run["shareCount"], run["holderCount"]) == (3, 3)


async def test_the_ranking_is_paged_and_narrowed(api: Api, world: World) -> None:
    first = (await api.run("Ranking", first=1))["ranking"]
    second = (await api.run("Ranking", first=1, after=first["pageInfo"]["endCursor"]))["ranking"]
    other = {"agencyId": gid("Agency", world.second), "platform": "X"}
    narrowed = (await api.run("Ranking", first=9, filter=other))["ranking"]
    earlier = {"scoreRunId": gid("ScoreRun", world.run)}
    unknown = {"scoreRunId": gid("ScoreRun", uuid4())}

    assert second["edges"][0]["node"]["rank"] == 2
    assert [edge["node"]["asn"]["name"] for edge in narrowed["edges"]] == ["Citra Dewi"]
    assert (await api.run("Ranking", first=9, filter=earlier))["ranking"]["totalCount"] == 3
    empty = (await api.run("Ranking", first=9, filter=unknown))["ranking"]
    assert (empty["scoreRun"], empty["totalCount"], empty["edges"]) == (None, 0, [])


async def test_a_cursor_of_another_run_or_filter_does_not_open(api: Api, world: World) -> None:
    first = (await api.run("Ranking", first=1))["ranking"]["pageInfo"]["endCursor"]
    document = (
        "query ($after: String, $filter: RankingFilter)"
        " { ranking(after: $after, filter: $filter) { totalCount } }"
    )

    for narrowed in ({"platform": "X"}, {"scoreRunId": gid("ScoreRun", world.run)}):
        refused = await api.refused(document, {"after": first, "filter": narrowed})
        assert (refused["message"], refused["argument"]) == ("Malformed cursor", "after")


async def test_holders_see_themselves_and_who_agreed_to_be_ranked(api: Api, world: World) -> None:
    seen = (await api.run("Ranking", caller=world.as_budi, first=10))["ranking"]
    other = (await api.run("Ranking", caller=world.as_ani, first=10))["ranking"]

    assert [edge["node"]["asn"]["name"] for edge in seen["edges"]] == [
        "Ani Lestari",
        "Budi Santoso",
        "Citra Dewi",
    ]
    assert [edge["node"]["asn"]["name"] for edge in other["edges"]] == [
        "Ani Lestari",
        "Citra Dewi",
    ]
    assert other["totalCount"] == 2


async def test_events_are_listed_with_their_list(api: Api, world: World) -> None:
    made = await proposed(api, world)
    events = (await api.run("Events", first=10))["events"]

    assert events["totalCount"] == 2
    by_id = {one["id"]: one for one in events["nodes"]}
    mine, other = by_id[gid("Event", world.event)], by_id[gid("Event", world.other_event)]
    assert mine["inviteList"] == {"id": made["inviteList"]["id"], "status": "DRAFT"}
    assert (mine["capacity"], other["inviteList"]) == (2, None)


async def test_an_event_is_created_once_by_its_key(api: Api, world: World) -> None:
    given = NEW_EVENT | {"agencyId": gid("Agency", world.first), "idempotencyKey": "k-1"}
    first = await api.change("EventCreate", caller=FIRST_ORGANISER, **given)
    again = await api.change("EventCreate", caller=FIRST_ORGANISER, **given)
    other = given | {"title": "Temu lain"}

    assert first["event"]["title"] == "Temu warganet"
    assert again == first
    assert await api.problems("EventCreate", caller=FIRST_ORGANISER, **other) == [
        ("IDEMPOTENCY_MISMATCH", ["idempotencyKey"])
    ]
    assert await make.value("SELECT count(*) FROM event WHERE title LIKE 'Temu%'") == 3
    audited = "SELECT count(*) FROM audit_event WHERE object_id = $1"
    assert await make.value(audited, key_of(first["event"]["id"])) == 1


async def test_all_problems_of_a_new_event_come_at_once(api: Api, world: World) -> None:
    wrong = NEW_EVENT | {
        "agencyId": gid("Agency", world.first),
        "title": "t" * 201,
        "venue": "v" * 201,
        "capacity": 0,
        "endsAt": NEW_EVENT["startsAt"],
    }

    assert await api.problems("EventCreate", caller=ORGANISER, **wrong) == [
        ("TOO_LONG", ["title"]),
        ("TOO_LONG", ["venue"]),
        ("INVALID", ["capacity"]),
        ("INVALID", ["endsAt"]),
    ]
    for agency in (uuid4(), world.second):
        given = NEW_EVENT | {"agencyId": gid("Agency", agency)}
        assert await api.problems("EventCreate", caller=FIRST_ORGANISER, **given) == [
            ("NOT_FOUND", ["agencyId"])
        ]


async def test_a_list_is_proposed_with_reasons_waiting_list_and_price(
    api: Api, world: World
) -> None:
    quotas = [{"dimension": "AGENCY", "maximum": 1}]
    payload = await proposed(api, world, seats=1, quotas=quotas, coolDownDays=30, seed="benih")

    made = payload["inviteList"]
    assert payload["userErrors"] == []
    assert (made["status"], made["capacity"], made["seed"]) == ("DRAFT", 2, "benih")
    assert made["scoreRun"]["id"] == gid("ScoreRun", world.run)
    entries = made["entries"]["nodes"]
    assert made["entries"]["totalCount"] == len(entries) == 3
    assert (entries[0]["asn"]["name"], entries[0]["decision"]) == ("Ani Lestari", "ADMITTED")
    assert all(entry["reasons"] for entry in entries)
    assert [one["position"] for one in made["waitingList"]["nodes"]] == [1, 2]
    assert made["priceOfFairness"]["percent"] == 0
    stored = "SELECT sha256 FROM invite_list WHERE id = $1"
    assert await make.value(stored, key_of(made["id"])) == made["sha256"]


async def test_a_dry_run_gives_the_same_hash_and_stores_nothing(api: Api, world: World) -> None:
    dry = await proposed(api, world, dryRun=True, seed="benih")
    assert await make.value("SELECT count(*) FROM invite_list") == 0
    assert await make.value("SELECT count(*) FROM audit_event") == 0
    kept = await proposed(api, world, seed="benih")

    assert dry["inviteList"]["sha256"] == kept["inviteList"]["sha256"]
    shown = [one["asn"]["name"] for one in dry["inviteList"]["entries"]["nodes"]]
    assert shown == [one["asn"]["name"] for one in kept["inviteList"]["entries"]["nodes"]]


async def test_a_list_is_frozen_by_the_hash_that_was_seen(api: Api, world: World) -> None:
    made = (await proposed(api, world))["inviteList"]
    stale = await api.change(
        "InviteListFreeze", caller=ORGANISER, inviteListId=made["id"], sha256="0" * 64
    )
    frozen = await api.change(
        "InviteListFreeze", caller=ORGANISER, inviteListId=made["id"], sha256=made["sha256"]
    )

    (error,) = stale["userErrors"]
    assert (error["code"], error["field"], stale["inviteList"]) == ("CONFLICT", ["sha256"], None)
    assert made["sha256"] in error["message"]
    assert frozen["inviteList"]["status"] == "FROZEN"
    assert frozen["inviteList"]["frozenAt"] is not None
    again = {"inviteListId": made["id"], "sha256": made["sha256"]}
    assert await api.problems("InviteListFreeze", caller=ORGANISER, **again) == [
        ("INVALID_STATE", None)
    ]


async def test_an_event_freezes_one_list(api: Api, world: World) -> None:
    for seed, expected in (("satu", []), ("dua", ["INVALID_STATE"])):
        made = (await proposed(api, world, seed=seed))["inviteList"]
        done = await api.change(
            "InviteListFreeze", caller=ORGANISER, inviteListId=made["id"], sha256=made["sha256"]
        )
        assert [error["code"] for error in done["userErrors"]] == expected


async def test_an_event_shows_its_list_and_attendance(api: Api, world: World) -> None:
    made = (await proposed(api, world))["inviteList"]
    await make.invite(world.event, key_of(made["id"]), world.ani, status="ACCEPTED")
    event = (await api.run("Event", id=gid("Event", world.event)))["event"]

    assert event["attendance"] == {
        "invited": 1,
        "accepted": 1,
        "declined": 0,
        "expired": 0,
        "checkedIn": 0,
        "noShow": 0,
    }
    first = event["inviteList"]["entries"]["nodes"][0]
    assert (first["asn"]["name"], first["invitation"]) == ("Ani Lestari", {"status": "ACCEPTED"})
    assert event["inviteList"]["sha256"] == made["sha256"]


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        (
            {"quotas": [{"dimension": "AGENCY", "minimum": 3}]},
            "INVALID",
            ["quotas", "0", "minimum"],
        ),
        (
            {"quotas": [{"dimension": "AGENCY", "maximum": -1}]},
            "INVALID",
            ["quotas", "0", "maximum"],
        ),
        ({"seats": 3}, "INVALID", ["seats"]),
        ({"seats": 0}, "INVALID", ["seats"]),
        ({"coolDownDays": -1}, "INVALID", ["coolDownDays"]),
        ({"seed": "s" * 65}, "INVALID", ["seed"]),
        ({"scoreRunId": gid("ScoreRun", uuid4())}, "NOT_FOUND", ["scoreRunId"]),
        (
            {
                "quotas": [
                    {"dimension": "PROVINCE", "keyId": gid("Province", uuid4()), "maximum": 1}
                ]
            },
            "NOT_FOUND",
            ["quotas", "0", "keyId"],
        ),
    ],
)
async def test_a_wish_that_no_list_can_follow_names_its_field(
    api: Api, world: World, wish: dict[str, Any], code: str, field: list[str]
) -> None:
    given = {"eventId": gid("Event", world.event)} | wish

    assert await api.problems("InviteListPropose", caller=ORGANISER, **given) == [(code, field)]


async def test_events_and_lists_that_are_missing_or_foreign_look_alike(
    api: Api, world: World
) -> None:
    made = (await proposed(api, world))["inviteList"]
    for event in (uuid4(), world.event):
        assert await api.problems(
            "InviteListPropose", caller=SECOND_ORGANISER, eventId=gid("Event", event)
        ) == [("NOT_FOUND", ["eventId"])]
        assert await api.run("Event", caller=SECOND_ORGANISER, id=gid("Event", event)) == {
            "event": None
        }
    for unseen in (gid("InviteList", uuid4()), made["id"]):
        assert await api.problems(
            "InviteListFreeze",
            caller=SECOND_ORGANISER,
            inviteListId=unseen,
            sha256=made["sha256"],
        ) == [("NOT_FOUND", ["inviteListId"])]


async def test_no_list_without_a_ranking_or_for_a_cancelled_event(api: Api, world: World) -> None:
    off = await make.make_event(world.first, status="CANCELLED")
    given = {"eventId": gid("Event", off)}
    assert await api.problems("InviteListPropose", caller=ORGANISER, **given) == [
        ("INVALID_STATE", None)
    ]
    await make.execute("DELETE FROM ranking")
    await make.execute("DELETE FROM score_run")
    given = {"eventId": gid("Event", world.event)}
    assert await api.problems("InviteListPropose", caller=ORGANISER, **given) == [
        ("INVALID_STATE", None)
    ]


async def test_events_are_written_by_organisers(api: Api, world: World) -> None:
    document = (
        "mutation ($input: InviteListFreezeInput!)"
        " { inviteListFreeze(input: $input) { userErrors { code } } }"
    )
    given = {"input": {"inviteListId": gid("InviteList", uuid4()), "sha256": "0" * 64}}

    for caller in (MANAGER, FIRST_MANAGER, world.as_ani):
        refused = await api.refused(document, given, caller=caller)
        assert (refused["code"], refused["requires"]) == (
            "FORBIDDEN",
            ["ADMIN", "EVENT_ORGANISER"],
        )
    assert (await api.ask(document, given, caller=ADMIN))["inviteListFreeze"]["userErrors"] == [
        {"code": "NOT_FOUND"}
    ]
