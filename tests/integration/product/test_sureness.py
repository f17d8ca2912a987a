"""How sure ranks are: drawn by a worker for the published ranking and for each list."""

from collections import Counter
from typing import Any

import factories as make
from api_client import ADMIN, Api, gid, key_of
from test_gains import review
from worker import Desk
from world import FIRST_ORGANISER, World

from api.actions.ranking import prepare_published_ranks, prepare_ranks_of_list
from api.models import new_id
from api.settings import Settings
from workers.tasks.bootstrap import bootstrap

RANKING = """
{ ranking { nodes { rank pTopK rankInterval { low high }
                    asn { id standing { pTopK rankInterval { low high } } } } } }
"""
ENTRIES = """
query ($id: ID!) { node(id: $id) { ... on InviteList { sha256 isReproducible
  entries(first: 50) { nodes { decision rank pTopK isLevel rankInterval { low high }
                               asn { id } } } } } }
"""
LOTS = """
query ($id: ID!) { node(id: $id) { ... on InviteList { sha256 isReproducible lotCount
  entries(first: 50) { nodes { rank isLevel reasons { code } asn { id } } } } } }
"""
SOONER = "UPDATE outbox_message SET due_at = now() WHERE job = 'estimate_ranks'"


async def draw(settings: Settings) -> None:
    await make.execute(SOONER)
    await Desk(settings).work()


async def board(api: Api) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await api.ask(RANKING))["ranking"]["nodes"]
    return nodes


async def test_the_published_ranking_tells_how_sure_its_ranks_are(
    api: Api, world: World, settings: Settings
) -> None:
    before = await board(api)

    await draw(settings)

    assert [one["pTopK"] for one in before] == [None, None, None]
    after = await board(api)
    for row in after:
        assert row["pTopK"] == 1.0
        assert 1 <= row["rankInterval"]["low"] <= row["rankInterval"]["high"] <= 3
        standing = row["asn"]["standing"]
        assert standing == {"pTopK": row["pTopK"], "rankInterval": row["rankInterval"]}
    assert after[0]["rankInterval"] == {"low": 1, "high": 3}
    explained = await api.ask(
        "query ($id: ID!) { rankingExplanation(asnId: $id) { pTopK rankInterval { low high }"
        " sentences(language: ENGLISH) } }",
        {"id": gid("Asn", world.ani)},
    )
    found = explained["rankingExplanation"]
    assert found["rankInterval"] == {"low": 1, "high": 3}
    assert found["sentences"][1] == "The evidence allows any rank from 1 to 3."


async def test_the_draws_start_from_exactly_the_scores_of_the_board(api: Api, world: World) -> None:
    account = world.accounts[world.budi]
    await make.make_share(world.budi, account, world.post, at=make.NOW)
    held = await make.make_share(world.budi, account, world.post, resharer_count=7)
    await review(world.budi, held, "UNDER_REVIEW")
    await make.rank()

    estimate = await prepare_published_ranks()

    assert estimate is not None
    sums = Counter[object]()
    for asn_id, _, score in estimate.evidence.shares:
        sums[asn_id] += score
    async with make.connection() as db:
        rows = await db.fetch(
            "SELECT asn_id, score FROM ranking WHERE score_run_id = $1", estimate.run_id
        )
    assert {row["asn_id"]: int(row["score"]) for row in rows} == sums


async def test_a_list_gets_chances_for_its_seats_that_anybody_can_draw_again(
    api: Api, world: World, settings: Settings
) -> None:
    payload = await api.change(
        "InviteListPropose", caller=FIRST_ORGANISER, eventId=gid("Event", world.event)
    )
    list_id = key_of(payload["inviteList"]["id"])
    shown = {"id": payload["inviteList"]["id"]}
    before = (await api.ask(ENTRIES, shown, caller=FIRST_ORGANISER))["node"]

    await draw(settings)
    await draw(settings)

    after = (await api.ask(ENTRIES, shown, caller=ADMIN))["node"]
    estimate = await prepare_ranks_of_list(list_id)
    assert estimate is not None
    drawn = {one.asn_id: one for one in bootstrap(estimate.evidence, list_id)}
    assert drawn
    assert before["sha256"] == after["sha256"]
    assert after["isReproducible"] is True
    assert {one["pTopK"] for one in before["entries"]["nodes"]} == {None}
    for row in after["entries"]["nodes"]:
        found = drawn.get(key_of(row["asn"]["id"]))
        if found is None:
            assert (row["pTopK"], row["rankInterval"], row["isLevel"]) == (None, None, None)
            continue
        assert row["pTopK"] == found.top_count / 1000
        assert row["rankInterval"] == {"low": found.rank_low, "high": found.rank_high}
        assert row["isLevel"] is (200 <= found.top_count <= 800)


async def test_a_run_that_is_gone_when_the_draws_end_leaves_nothing(
    api: Api, world: World, settings: Settings
) -> None:
    await make.execute("DELETE FROM score_run")

    await draw(settings)

    assert await make.value("SELECT count(*) FROM rank_uncertainty") == 0


async def test_level_people_draw_lots_and_the_list_can_be_made_again(
    api: Api, world: World, settings: Settings
) -> None:
    await make.execute("UPDATE event SET capacity = 1")
    event = {"eventId": gid("Event", world.event)}
    payload = await api.change("InviteListPropose", caller=FIRST_ORGANISER, **event)
    first = payload["inviteList"]["id"]
    too_early = await api.change(
        "InviteListPropose", caller=FIRST_ORGANISER, lotAmongLevelOf=first, **event
    )
    await draw(settings)

    by_lot = await api.change(
        "InviteListPropose", caller=FIRST_ORGANISER, lotAmongLevelOf=first, **event
    )
    with_seed = await api.change(
        "InviteListPropose", caller=FIRST_ORGANISER, lotAmongLevelOf=first, seed="mine", **event
    )
    foreign = await api.change(
        "InviteListPropose",
        caller=FIRST_ORGANISER,
        lotAmongLevelOf=gid("InviteList", new_id()),
        **event,
    )

    before = (await api.ask(LOTS, {"id": first}, caller=ADMIN))["node"]
    level = {row["asn"]["id"] for row in before["entries"]["nodes"] if row["isLevel"]}
    after = (await api.ask(LOTS, {"id": by_lot["inviteList"]["id"]}, caller=ADMIN))["node"]
    told = {
        row["asn"]["id"]
        for row in after["entries"]["nodes"]
        if "DRAWN_BY_LOT" in {reason["code"] for reason in row["reasons"]}
    }
    assert level
    assert told == level
    assert (before["lotCount"], after["lotCount"]) == (0, len(level))
    assert before["sha256"] != after["sha256"]
    assert after["isReproducible"] is True
    assert too_early["userErrors"][0]["code"] == "INVALID_STATE"
    assert with_seed["userErrors"][0]["field"] == ["seed"]
    assert foreign["userErrors"][0]["code"] == "NOT_FOUND"
