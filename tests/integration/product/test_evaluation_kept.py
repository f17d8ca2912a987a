"""Every month the ranking of thirty days ago is held against what came, and staff can read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import factories as make
from api_client import ADMIN, AUDITOR, Api, Caller
from test_evaluation_own_data import share
from worker import Desk
from world import FIRST_ORGANISER, World

from api.actions.ranking import ask_for_evaluation, evaluate, keep_evaluation
from api.domain.access import Role
from api.models import transaction
from api.settings import Settings

EVALUATIONS = """
{ rankingEvaluations { totalCount nodes { id model rankedAt horizonDays holderCount rewardedCount
  computedAt plot figures { method top ndcg captured } } } }
"""
AGAIN = "query ($id: ID!) { node(id: $id) { ... on RankingEvaluation { model plot } } }"
METHODS = {"random", "share_count", "mean_resharers", "total_resharers", "sum_log", "followers"}
COUNT = "SELECT count(*) FROM ranking_evaluation"


async def nodes(api: Api, caller: Caller = ADMIN) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.ask(EVALUATIONS, caller=caller))["rankingEvaluations"][
        "nodes"
    ]
    return found


async def pass_a_month(world: World) -> None:
    await share(world, "ani", 40, 6)
    await share(world, "budi", 50, 1)
    await share(world, "ani", 3, 2)
    at = make.NOW - timedelta(days=45)
    await make.observe(world.budi, world.accounts[world.budi], 90_000, at=at)


async def work_off(settings: Settings) -> None:
    async with transaction() as db:
        await ask_for_evaluation(db, datetime.now(UTC))
        await ask_for_evaluation(db, datetime.now(UTC))
    await Desk(settings).work()


async def test_a_worker_keeps_what_the_ranking_of_thirty_days_ago_foresaw(
    api: Api, world: World, settings: Settings
) -> None:
    await pass_a_month(world)

    await work_off(settings)
    await work_off(settings)

    (row,) = await nodes(api)
    known = (await evaluate((-30,), 30)).by_cut[0]
    assert (row["model"], row["horizonDays"]) == ("amp-1", 30)
    assert (row["holderCount"], row["rewardedCount"]) == (2, 2)
    assert {one["method"] for one in row["figures"]} == {*METHODS, "amp-1"}
    for one in row["figures"]:
        of = known.figures[one["method"]]
        assert of is not None
        assert (one["ndcg"], one["captured"]) == (of[one["top"]].ndcg, of[one["top"]].captured)
    assert row["plot"].startswith("<svg")
    assert "amp-1" in row["plot"]
    again = await api.ask(AGAIN, {"id": row["id"]}, caller=AUDITOR)
    assert again["node"] == {"model": "amp-1", "plot": row["plot"]}


async def test_where_nothing_came_nothing_is_kept(
    api: Api, world: World, settings: Settings
) -> None:
    assert world.run

    await work_off(settings)

    assert await make.value(COUNT) == 0


async def test_another_evaluation_of_the_day_replaces_the_first(api: Api, world: World) -> None:
    await pass_a_month(world)
    for _ in range(2):
        found = await evaluate((-30, -31), 30)
        async with transaction() as db:
            assert await keep_evaluation(db, found, 30) == 2
        await share(world, "budi", 2, 4)

    newest, older = await nodes(api, FIRST_ORGANISER)

    assert newest["rankedAt"] > older["rankedAt"]
    assert newest["rewardedCount"] == 2


async def test_a_holder_may_not_read_evaluations(api: Api, world: World) -> None:
    await pass_a_month(world)
    found = await evaluate((-30,), 30)
    async with transaction() as db:
        await keep_evaluation(db, found, 30)
    (row,) = await nodes(api)
    ani = Caller(Role.ASN, asn_id=world.ani)

    refused = await api.refused(EVALUATIONS, caller=ani)
    hidden = await api.ask(AGAIN, {"id": row["id"]}, caller=ani)

    assert refused["code"] == "FORBIDDEN"
    assert hidden["node"] is None
