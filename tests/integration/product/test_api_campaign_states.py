"""Campaigns are sent back, paused, resumed, closed and cancelled, only from where they may be."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from api_client import ADMIN, CHECKER, MANAGER, Api, gid
from world import FIRST_MANAGER, SECOND_MANAGER, World

from api.domain.campaign import CampaignStatus

S = CampaignStatus
MOVES: dict[str, tuple[dict[str, str], CampaignStatus, set[CampaignStatus]]] = {
    "campaignRequestChanges": ({"note": "Sumber kurang."}, S.DRAFT, {S.IN_REVIEW}),
    "campaignPause": ({"reason": "Fakta diperiksa lagi."}, S.PAUSED, {S.ACTIVE}),
    "campaignResume": ({}, S.ACTIVE, {S.PAUSED}),
    "campaignClose": ({}, S.CLOSED, {S.ACTIVE, S.PAUSED}),
    "campaignCancel": (
        {"reason": "Program ditunda."},
        S.CANCELLED,
        {S.DRAFT, S.IN_REVIEW, S.APPROVED},
    ),
}
SHOWN = "campaign { id status version reviews { isApproved note reviewer } }"


async def move(
    api: Api, name: str, campaign: Any, caller: Any = MANAGER, **other: Any
) -> dict[str, Any]:
    given = {"campaignId": gid("Campaign", campaign), "version": 1} | MOVES[name][0] | other
    return await api.mutate(name, SHOWN, caller=caller, **given)


@pytest.mark.parametrize("name", MOVES)
async def test_a_move_is_made_from_its_states_and_refused_from_all_others(
    api: Api, world: World, name: str
) -> None:
    _, goal, allowed = MOVES[name]
    for status in CampaignStatus:
        campaign = await make.make_campaign(world.program, status=status)
        payload = await move(api, name, campaign)
        audited = await make.value(
            "SELECT count(*) FROM audit_event WHERE object_id = $1", campaign
        )
        if status in allowed:
            assert payload["userErrors"] == []
            assert (payload["campaign"]["status"], payload["campaign"]["version"]) == (goal, 2)
            assert audited == 1
        else:
            assert [error["code"] for error in payload["userErrors"]] == ["INVALID_STATE"]
            assert (payload["campaign"], audited) == (None, 0)
            stands = await make.value("SELECT status FROM campaign WHERE id = $1", campaign)
            assert stands == status


@pytest.mark.parametrize("name", MOVES)
async def test_a_move_asks_for_the_version_that_was_seen(api: Api, world: World, name: str) -> None:
    allowed = MOVES[name][2]
    campaign = await make.make_campaign(world.program, status=min(allowed))

    (error,) = (await move(api, name, campaign, version=7))["userErrors"]

    assert (error["code"], error["field"]) == ("CONFLICT", ["version"])
    assert "version 1 now" in error["message"]


@pytest.mark.parametrize("name", MOVES)
async def test_a_campaign_of_another_agency_looks_like_none(
    api: Api, world: World, name: str
) -> None:
    campaign = await make.make_campaign(world.program, status=min(MOVES[name][2]))

    foreign = await move(api, name, campaign, SECOND_MANAGER)
    missing = await move(api, name, world.run, SECOND_MANAGER)
    own = await move(api, name, campaign, FIRST_MANAGER)

    assert foreign == missing
    assert [(error["code"], error["field"]) for error in foreign["userErrors"]] == [
        ("NOT_FOUND", ["campaignId"])
    ]
    assert own["userErrors"] == []


@pytest.mark.parametrize("name", [name for name, (reason, _, _) in MOVES.items() if reason])
async def test_a_move_that_takes_something_away_says_why(api: Api, world: World, name: str) -> None:
    campaign = await make.make_campaign(world.program, status=min(MOVES[name][2]))
    (field,) = MOVES[name][0]

    for text, code in ((" ", "BLANK"), ("a" * 10_001, "TOO_LONG")):
        payload = await move(api, name, campaign, **{field: text})
        assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
            (code, [field])
        ]


async def test_the_maker_reads_what_the_checker_wants_changed(api: Api, world: World) -> None:
    campaign = await make.make_campaign(world.program, status=S.IN_REVIEW)

    payload = await move(api, "campaignRequestChanges", campaign, CHECKER)

    assert payload["campaign"]["reviews"] == [
        {"isApproved": False, "note": "Sumber kurang.", "reviewer": "checker"}
    ]
    document = "query ($id: ID!) { campaign(id: $id) { reviews { note } } }"
    live = {"id": gid("Campaign", world.campaign)}
    await make.execute(
        "UPDATE campaign_review SET campaign_id = $1 WHERE campaign_id = $2",
        world.campaign,
        campaign,
    )
    assert (await api.ask(document, live, caller=MANAGER))["campaign"]["reviews"] != []
    assert (await api.ask(document, live, caller=world.as_ani))["campaign"]["reviews"] == []


async def test_a_paused_campaign_is_not_resumed_in_a_quiet_period_or_after_its_end(
    api: Api, world: World
) -> None:
    paused = await make.make_campaign(world.program, status=S.PAUSED)
    over = await make.make_campaign(
        world.program, status=S.PAUSED, ends_at=make.NOW - timedelta(days=1)
    )
    today = make.NOW.date()
    await make.insert(
        "quiet_period",
        from_on=today - timedelta(days=1),
        to_on=today + timedelta(days=2),
        legal_ground="PKPU contoh",
        province_id=await make.province("31"),
    )

    codes = [
        [error["code"] for error in (await move(api, "campaignResume", one))["userErrors"]]
        for one in (paused, over)
    ]

    assert codes == [["QUIET_PERIOD"], ["INVALID_STATE"]]


async def test_resuming_looks_for_shares_again(api: Api, world: World) -> None:
    await move(api, "campaignPause", world.campaign)
    await move(api, "campaignResume", world.campaign, ADMIN, version=2)

    jobs = "SELECT array_agg(job ORDER BY job) FROM outbox_message WHERE args ->> 'post_id' = $1"
    assert await make.value(jobs, str(world.post)) == ["scan_quotes", "scan_resharers"]


async def test_a_closed_campaign_notes_when(api: Api, world: World) -> None:
    await move(api, "campaignClose", world.campaign)

    assert await make.value(
        "SELECT closed_at IS NOT NULL FROM campaign WHERE id = $1", world.campaign
    )
