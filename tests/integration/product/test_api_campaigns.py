"""Campaigns from the idea to the public, asked with the operations that clients send."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import factories as make
import pytest
from api_client import ADMIN, CHECKER, MANAGER, ORGANISER, Api, Caller, gid, key_of
from world import FIRST_MANAGER, SECOND_MANAGER, World

NEW_CAMPAIGN = {
    "title": "Sarapan sehat",
    "startsAt": "2027-01-01T00:00:00+07:00",
    "endsAt": "2027-02-01T00:00:00+07:00",
    "disclosureLabel": "ASN · program pemerintah",
}
NEW_POST = {
    "platform": "X",
    "url": "https://x.com/contoh_resmi/status/1790000000000000001",
    "title": "Menu hari ini",
    "sourceUrl": "https://contoh.go.id/menu",
    "publishedAt": "2027-01-02T08:00:00+07:00",
    "hashtags": ["GiziAnak"],
    "variants": [{"locale": "id", "text": "Yuk sarapan."}],
}
ANSWERS = {"isFreeOfCandidatesAndParties": True, "factCheckedBy": "Tim fakta"}


async def drafted(api: Api, world: World, caller: Caller = MANAGER, **other: Any) -> dict[str, Any]:
    """Create a campaign of the first ministry with one post; return it as it stands then."""
    given = NEW_CAMPAIGN | {"programId": gid("Program", world.program)} | other
    campaign = (await api.change("CampaignCreate", caller=caller, **given))["campaign"]
    post = await api.change("ProgramPostAdd", caller=caller, campaignId=campaign["id"], **NEW_POST)
    assert post["userErrors"] == []
    return await now(api, campaign["id"])


async def submitted(api: Api, world: World, caller: Caller = MANAGER) -> dict[str, Any]:
    """Create a campaign and hand it to a checker."""
    campaign = await drafted(api, world, caller)
    await moved(api, "CampaignSubmit", campaign, caller, **ANSWERS)
    return await now(api, campaign["id"])


async def moved(
    api: Api, name: str, campaign: dict[str, Any], caller: Caller, **other: Any
) -> dict[str, Any]:
    """Move a campaign and return the payload."""
    version = other.pop("version", campaign["version"])
    return await api.change(
        name, caller=caller, campaignId=campaign["id"], version=version, **other
    )


async def now(api: Api, campaign_id: str) -> dict[str, Any]:
    """Return a campaign as it stands."""
    document = "query ($id: ID!) { campaign(id: $id) { id status version launchedAt title } }"
    campaign: dict[str, Any] = (await api.ask(document, {"id": campaign_id}))["campaign"]
    return campaign


async def test_a_campaign_goes_from_programme_to_public(api: Api, world: World) -> None:
    program = await api.change(
        "ProgramCreate",
        caller=MANAGER,
        name="Sekolah Sehat",
        agencyId=gid("Agency", world.first),
        sourceUrl="https://contoh.go.id/sekolah",
    )
    campaign = await drafted(api, world, programId=program["program"]["id"])
    submission = await moved(api, "CampaignSubmit", campaign, MANAGER, **ANSWERS)
    campaign = await now(api, campaign["id"])
    approval = await moved(api, "CampaignApprove", campaign, CHECKER, note="Sumber terbuka.")
    campaign = await now(api, campaign["id"])
    launch = await moved(api, "CampaignLaunch", campaign, MANAGER)

    assert program["program"]["agency"] == {"id": gid("Agency", world.first)}
    assert submission["campaign"]["status"] == "IN_REVIEW"
    assert approval["campaign"]["status"] == "APPROVED"
    assert (launch["campaign"]["status"], launch["userErrors"]) == ("ACTIVE", [])
    assert launch["campaign"]["launchedAt"] is not None
    key = key_of(campaign["id"])
    actions = "SELECT array_agg(action ORDER BY at) FROM audit_event WHERE object_id = $1"
    assert await make.value(actions, key) == [
        "create_campaign",
        "submit_campaign",
        "approve_campaign",
        "launch_campaign",
    ]
    jobs = "SELECT count(*) FROM outbox_message WHERE job IN ('scan_resharers', 'scan_quotes')"
    assert await make.value(jobs) == 2


async def test_campaigns_are_listed_with_programme_and_posts(api: Api, world: World) -> None:
    campaigns = (await api.run("Campaigns", first=10))["campaigns"]

    assert campaigns["totalCount"] == 2
    by_id = {one["id"]: one for one in campaigns["nodes"]}
    first = by_id[gid("Campaign", world.campaign)]
    assert (first["status"], first["version"]) == ("ACTIVE", 1)
    assert first["program"]["id"] == gid("Program", world.program)
    assert first["posts"]["nodes"][0]["id"] == gid("ProgramPost", world.post)
    assert by_id[gid("Campaign", world.other_campaign)]["posts"]["nodes"] == []


async def test_every_part_of_the_campaign_filter_narrows(api: Api, world: World) -> None:
    async def count(**narrowed: object) -> int:
        found = await api.run("Campaigns", first=10, filter=narrowed)
        total: int = found["campaigns"]["totalCount"]
        assert total == len(found["campaigns"]["nodes"])
        return total

    assert await count(programId=gid("Program", world.program)) == 1
    assert await count(agencyId=gid("Agency", world.second)) == 1
    assert await count(status="CLOSED") == 0
    assert await count(search="MAKAN") == 1
    assert await count(search="100%") == 0


async def test_a_campaign_shows_progress_timeline_and_posts(api: Api, world: World) -> None:
    campaign = (await api.run("Campaign", id=gid("Campaign", world.campaign)))["campaign"]

    progress = campaign["progress"]
    assert (progress["holderCount"], progress["sharerCount"]) == (3, 3)
    assert (progress["shareCount"], progress["resharerCount"]) == (3, 14)
    assert (progress["potentialReach"], progress["coverage"]) == ("3000", "COMPLETE")
    assert sum(step["shareCount"] for step in campaign["timeline"]) == 3
    assert sum(step["resharerCount"] for step in campaign["timeline"]) == 14
    (post,) = campaign["posts"]["nodes"]
    assert post["evidence"] == [{"level": "API_CONFIRMED", "count": 3}]
    assert [one["asn"]["name"] for one in post["topSharers"]] == [
        "Ani Lestari",
        "Budi Santoso",
        "Citra Dewi",
    ]
    assert post["sharers"]["totalCount"] == 3
    assert post["missing"] == {"totalCount": 0, "nodes": []}


async def test_sharers_of_a_post_are_paged_and_filtered(api: Api, world: World) -> None:
    post = {"id": gid("ProgramPost", world.post), "first": 2}
    page = (await api.run("PostSharers", **post))["node"]["sharers"]
    rest = (await api.run("PostSharers", **post, after=page["pageInfo"]["endCursor"]))["node"]
    none = (await api.run("PostSharers", **post, filter={"kind": "REPOST"}))["node"]["sharers"]

    seen = page["nodes"] + rest["sharers"]["nodes"]
    assert page["totalCount"] == 3
    assert {one["asn"]["id"] for one in seen} == {
        gid("Asn", one) for one in (world.ani, world.budi, world.citra)
    }
    assert none == {"totalCount": 0, "nodes": [], "pageInfo": none["pageInfo"]}
    all_match = {"platform": "X", "kind": "QUOTE", "state": "COUNTED"}
    strong = all_match | {"evidenceAtLeast": "PROOF_REVIEWED"}
    assert (await api.run("PostSharers", **post, filter=strong))["node"]["sharers"][
        "totalCount"
    ] == 3


async def test_the_author_may_not_approve_not_even_an_administrator(api: Api, world: World) -> None:
    boss = Caller(ADMIN.role, subject="boss")
    own = NEW_CAMPAIGN | {"programId": gid("Program", world.program)}
    created = (await api.change("CampaignCreate", caller=boss, **own))["campaign"]
    await moved(api, "CampaignSubmit", created, MANAGER, **ANSWERS)
    for author, campaign in ((MANAGER, await submitted(api, world)), (boss, created)):
        waiting = await now(api, campaign["id"])
        assert await refusals(api, "CampaignApprove", waiting, author) == [("SAME_PERSON", None)]
        assert await now(api, campaign["id"]) == waiting


async def refusals(
    api: Api, name: str, campaign: dict[str, Any], caller: Caller, **other: Any
) -> list[tuple[str, list[str] | None]]:
    version = other.pop("version", campaign["version"])
    given = {"campaignId": campaign["id"], "version": version} | other
    return await api.problems(name, caller=caller, **given)


async def test_whoever_added_a_post_may_not_approve(api: Api, world: World) -> None:
    campaign = await submitted(api, world)
    post = NEW_POST | {"url": "https://x.com/contoh_resmi/status/1790000000000000002"}
    await api.change("ProgramPostAdd", caller=CHECKER, campaignId=campaign["id"], **post)

    campaign = await now(api, campaign["id"])

    assert await refusals(api, "CampaignApprove", campaign, CHECKER) == [("SAME_PERSON", None)]


async def test_a_post_added_after_the_approval_sends_it_back_to_review(
    api: Api, world: World
) -> None:
    campaign = await submitted(api, world)
    await moved(api, "CampaignApprove", campaign, CHECKER)
    post = NEW_POST | {"url": "https://x.com/contoh_resmi/status/1790000000000000003"}
    await api.change("ProgramPostAdd", caller=MANAGER, campaignId=campaign["id"], **post)

    campaign = await now(api, campaign["id"])

    assert campaign["status"] == "IN_REVIEW"
    assert await refusals(api, "CampaignLaunch", campaign, MANAGER) == [("INVALID_STATE", None)]


async def test_a_stale_version_is_a_conflict_that_names_the_current_one(
    api: Api, world: World
) -> None:
    campaign = await drafted(api, world)

    for name, other in (
        ("CampaignSubmit", ANSWERS),
        ("CampaignApprove", {}),
        ("CampaignLaunch", {}),
    ):
        stale = campaign["version"] - 1
        payload = await moved(api, name, campaign, CHECKER, version=stale, **other)
        (error,) = payload["userErrors"]
        assert (error["code"], error["field"]) == ("CONFLICT", ["version"])
        assert f"version {campaign['version']} " in error["message"]
        assert payload["campaign"] is None
    assert await now(api, campaign["id"]) == campaign


async def test_moves_out_of_order_are_refused(api: Api, world: World) -> None:
    campaign = await drafted(api, world)
    closed = await make.make_campaign(world.program, status=make.CampaignStatus.CLOSED)

    for name in ("CampaignApprove", "CampaignLaunch"):
        assert await refusals(api, name, campaign, CHECKER) == [("INVALID_STATE", None)]
    over = {"id": gid("Campaign", closed), "version": 1}
    assert await refusals(api, "CampaignLaunch", over, MANAGER) == [("INVALID_STATE", None)]
    submit = await refusals(api, "CampaignSubmit", over, MANAGER, **ANSWERS)
    assert submit == [("INVALID_STATE", None)]


async def test_the_neutrality_question_and_the_fact_check_are_asked(api: Api, world: World) -> None:
    campaign = await drafted(api, world)

    assert await refusals(
        api,
        "CampaignSubmit",
        campaign,
        MANAGER,
        isFreeOfCandidatesAndParties=False,
        factCheckedBy=" ",
    ) == [("INVALID", ["isFreeOfCandidatesAndParties"]), ("BLANK", ["factCheckedBy"])]


async def test_all_problems_of_a_new_campaign_come_at_once(api: Api, world: World) -> None:
    wrong = NEW_CAMPAIGN | {
        "programId": gid("Program", world.program),
        "title": " ",
        "brief": "b" * 10_001,
        "endsAt": "2026-12-31T00:00:00+07:00",
        "disclosureLabel": "l" * 121,
        "goalShareCount": 0,
    }

    assert await api.problems("CampaignCreate", caller=MANAGER, **wrong) == [
        ("BLANK", ["title"]),
        ("TOO_LONG", ["brief"]),
        ("INVALID", ["endsAt"]),
        ("TOO_LONG", ["disclosureLabel"]),
        ("INVALID", ["goalShareCount"]),
    ]


async def test_a_blocked_phrase_is_found_under_its_spelling(api: Api, world: World) -> None:
    await make.insert(
        "blocked_phrase",
        phrase="pilih nomor satu",
        effect="BLOCK",
        owner="contoh",
        valid_from_on=make.LONG_AGO,
    )
    wrong = NEW_CAMPAIGN | {"title": "Ayo PILIH  nomorr satu"}

    assert await api.problems(
        "CampaignCreate", caller=MANAGER, programId=gid("Program", world.program), **wrong
    ) == [("BLOCKED_PHRASE", ["title"])]


async def test_references_that_are_missing_or_foreign_look_alike(api: Api, world: World) -> None:
    for program in (uuid4(), world.other_program):
        given = NEW_CAMPAIGN | {"programId": gid("Program", program)}
        assert await api.problems("CampaignCreate", caller=FIRST_MANAGER, **given) == [
            ("NOT_FOUND", ["programId"])
        ]
    for agency in (uuid4(), world.second):
        assert await api.problems(
            "ProgramCreate",
            caller=FIRST_MANAGER,
            name="Program lain",
            agencyId=gid("Agency", agency),
            sourceUrl="https://contoh.go.id/",
        ) == [("NOT_FOUND", ["agencyId"])]
    for campaign in (uuid4(), world.campaign):
        given = {"campaignId": gid("Campaign", campaign)} | NEW_POST
        assert await api.problems("ProgramPostAdd", caller=SECOND_MANAGER, **given) == [
            ("NOT_FOUND", ["campaignId"])
        ]
    audience = {"agencyIds": [gid("Agency", uuid4())]}
    given = NEW_CAMPAIGN | {"programId": gid("Program", world.program), "audience": audience}
    assert await api.problems("CampaignCreate", caller=MANAGER, **given) == [
        ("NOT_FOUND", ["audience", "agencyIds", "0"])
    ]


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://x.com.contoh.id/a/status/1790000000000000009", "X"),
        ("https://192.168.0.1/a/status/1790000000000000009", "X"),
        ("javascript:alert(1)", "X"),
        ("https://x.com/contoh_resmi", "X"),
        ("https://t.co/abc", "X"),
        ("https://x.com/a/status/1790000000000000009", "BLUESKY"),
    ],
)
async def test_a_post_needs_an_address_on_its_network(
    api: Api, world: World, url: str, platform: str
) -> None:
    given = NEW_POST | {"url": url, "platform": platform}

    assert await api.problems(
        "ProgramPostAdd", caller=MANAGER, campaignId=gid("Campaign", world.campaign), **given
    ) == [("INVALID_URL", ["url"])]


async def test_a_post_belongs_to_one_campaign(api: Api, world: World) -> None:
    await drafted(api, world)
    payload = await api.change(
        "ProgramPostAdd",
        caller=SECOND_MANAGER,
        campaignId=gid("Campaign", world.other_campaign),
        **NEW_POST,
    )

    (error,) = payload["userErrors"]
    assert (payload["post"], error["code"], error["field"]) == (None, "TAKEN", ["url"])
    assert "Sarapan" not in error["message"]


async def test_a_quiet_period_stops_a_launch_and_says_until_when(api: Api, world: World) -> None:
    campaign = await submitted(api, world)
    await moved(api, "CampaignApprove", campaign, CHECKER)
    campaign = await now(api, campaign["id"])
    today = make.NOW.date()
    await make.insert(
        "quiet_period",
        from_on=today - timedelta(days=2),
        to_on=today + timedelta(days=5),
        legal_ground="PKPU contoh",
    )

    payload = await moved(api, "CampaignLaunch", campaign, MANAGER)

    (error,) = payload["userErrors"]
    assert error["code"] == "QUIET_PERIOD"
    assert (today + timedelta(days=5)).isoformat() in error["message"]
    assert (await now(api, campaign["id"]))["status"] == "APPROVED"


async def test_holders_see_what_went_public_and_only_their_own_shares(
    api: Api, world: World
) -> None:
    await drafted(api, world)
    campaigns = (await api.run("Campaigns", caller=world.as_budi, first=10))["campaigns"]
    post = gid("ProgramPost", world.post)
    mine = (await api.run("PostSharers", caller=world.as_budi, id=post, first=5))["node"]

    assert campaigns["totalCount"] == 2
    assert {one["status"] for one in campaigns["nodes"]} == {"ACTIVE"}
    assert mine["sharers"]["totalCount"] == 1
    assert mine["sharers"]["nodes"][0]["asn"]["id"] == gid("Asn", world.budi)


async def test_campaigns_are_written_by_managers(api: Api, world: World) -> None:
    document = (
        "mutation ($input: CampaignLaunchInput!)"
        " { campaignLaunch(input: $input) { userErrors { code } } }"
    )
    given = {"input": {"campaignId": gid("Campaign", world.campaign), "version": 1}}

    refused = await api.refused(document, given, caller=ORGANISER)

    assert (refused["code"], refused["requires"]) == ("FORBIDDEN", ["ADMIN", "CAMPAIGN_MANAGER"])
