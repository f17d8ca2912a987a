"""WhyThisRank over HTTP: exact sums, points that come back, neighbours without names, scope."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import factories as make
import pytest
from api_client import ADMIN, Api, Caller, gid, holder
from test_gains import review
from world import FIRST_MANAGER, FIRST_ORGANISER, SECOND_MANAGER, World

EXACT = """
query ($asnId: ID!) { rankingExplanation(asnId: $asnId) {
  rank score points pointsMicro pointsIfCleared rankIfCleared pendingPoints isCurrent
  shareCount measuredShareCount tooOldCount percentiles { overall agency province }
  components { platform shareCount score pointsMicro }
  topShares { points score gainMicro ageWeightPpm state postSlot share { id }
    figures { metric value baseline weight } }
  underReview { points score reason reasons share { id } }
  excluded { state reason shareCount }
  comparison { rank gap score largestComponent { platform score } components { score } }
  sentences(language: ENGLISH) } }
"""


async def explained(api: Api, asn_id: UUID, caller: Caller = ADMIN) -> dict[str, Any]:
    answer = await api.ask(EXACT, {"asnId": gid("Asn", asn_id)}, caller=caller)
    found: dict[str, Any] = answer["rankingExplanation"]
    return found


async def test_the_operation_of_the_contract_answers_word_for_word(api: Api, world: World) -> None:
    answer = await api.run("WhyThisRank", caller=world.as_budi, asnId=gid("Asn", world.budi))

    found = answer["rankingExplanation"]
    above, below = found["comparison"]
    assert (found["rank"], above["rank"], below["rank"]) == (2, 1, 3)
    assert found["pointsToNextRank"] == above["gap"] > 0 > below["gap"]
    assert above["largestComponent"]["platform"] == "X"
    (top,) = found["topShares"]
    assert top["share"]["id"] == gid("Share", world.shares[world.budi])
    assert (top["resharers"], top["clicks"], top["baseline"]) == (4, None, 1.0)
    assert top["points"] == found["points"]
    assert found["underReview"] == []
    assert found["sentences"][0].startswith("Peringkat 2 dari 3, dengan ")


async def test_shares_components_and_gaps_add_up_exactly(api: Api, world: World) -> None:
    account = world.accounts[world.budi]
    await make.make_share(world.budi, account, world.post, resharer_count=3)
    await make.rank()
    ranking = (await api.ask("{ ranking { nodes { points rank asn { id } } } }"))["ranking"][
        "nodes"
    ]

    for person in (world.ani, world.budi, world.citra):
        found = await explained(api, person)

        score = int(found["score"])
        assert found["isCurrent"] is True
        assert sum(int(one["score"]) for one in found["components"]) == score
        assert sum(int(one["score"]) for one in found["topShares"]) == score
        micro = sum(int(one["pointsMicro"]) for one in found["components"])
        assert micro == int(found["pointsMicro"])
        for one in found["topShares"]:
            assert int(one["score"]) == int(one["gainMicro"]) * one["ageWeightPpm"]
        for one in found["comparison"]:
            assert sum(int(part["score"]) for part in one["components"]) == int(one["score"])
        (row,) = (one for one in ranking if one["asn"]["id"] == gid("Asn", person))
        assert (found["rank"], found["points"]) == (row["rank"], row["points"])


async def test_neighbours_have_the_scores_that_their_own_explanations_show(
    api: Api, world: World
) -> None:
    first, second, third = [
        await explained(api, one) for one in (world.ani, world.budi, world.citra)
    ]

    above, below = second["comparison"]
    assert int(above["score"]) == int(first["score"]) - int(second["score"])
    assert int(below["score"]) == int(third["score"]) - int(second["score"])
    assert [one["rank"] for one in first["comparison"]] == [2]
    assert [one["rank"] for one in third["comparison"]] == [2]


async def test_a_cleared_flag_gives_back_the_points_that_were_told(api: Api, world: World) -> None:
    before = await explained(api, world.ani)
    account = world.accounts[world.ani]
    other = await make.make_share(world.ani, account, world.post, resharer_count=2)
    await make.rank()
    full = await explained(api, world.ani)
    await review(world.ani, other, "UNDER_REVIEW")
    await make.rank()

    held = await explained(api, world.ani)
    await review(world.ani, other, "CLEAR")
    stale = await explained(api, world.ani)
    await make.rank()

    (waiting,) = held["underReview"]
    assert waiting["share"]["id"] == gid("Share", other)
    assert int(waiting["score"]) == int(full["score"]) - int(held["score"]) > 0
    assert held["score"] == before["score"]
    assert held["pointsIfCleared"] == full["points"]
    assert held["rankIfCleared"] == 1
    assert stale["isCurrent"] is False
    assert await explained(api, world.ani) == full


async def test_a_holder_whose_only_share_is_held_reads_why_there_is_no_rank(
    api: Api, world: World
) -> None:
    await review(world.citra, world.shares[world.citra], "UNDER_REVIEW")
    await make.rank()

    found = await explained(api, world.citra, holder(world.citra))

    assert (found["rank"], found["points"], found["components"]) == (None, None, [])
    assert found["comparison"] == []
    assert found["pointsIfCleared"] == found["underReview"][0]["points"] > 0
    assert found["rankIfCleared"] is None


async def test_an_open_flag_names_its_rule_to_those_who_may_read_flags(
    api: Api, world: World
) -> None:
    share = world.shares[world.ani]
    await make.insert(
        "review_flag",
        asn_id=world.ani,
        share_id=share,
        rule="COSHARE_PAIR",
        rule_version=1,
        tier="HOLD",
        evidence=[],
        state="OPEN",
        opened_at=make.NOW,
        held_at=make.NOW,
        ingest_seq=1,
    )
    await review(world.ani, share, "UNDER_REVIEW")
    await make.rank()

    by_caller = {
        caller: (await explained(api, world.ani, caller))["underReview"][0]["reason"]
        for caller in (world.as_ani, FIRST_MANAGER, FIRST_ORGANISER)
    }

    assert list(by_caller.values()) == ["COSHARE_PAIR", "COSHARE_PAIR", None]


async def test_what_does_not_count_is_told_with_its_reason(api: Api, world: World) -> None:
    account = world.accounts[world.budi]
    for _ in range(3):
        await make.make_share(world.budi, account, world.post, resharer_count=1)
    await make.rank()

    found = await explained(api, world.budi)

    assert found["excluded"] == [{"state": "OVER_CAP", "reason": "POST_CAP", "shareCount": 1}]
    assert (found["shareCount"], found["measuredShareCount"]) == (4, 3)


async def test_percentiles_are_told_from_five_people_on(api: Api, world: World) -> None:
    before = await explained(api, world.ani)
    for number in range(3):
        person, account = await make.make_holder(f"Umpama {number}", world.first)
        await make.make_share(person, account, world.post, resharer_count=1)
    await make.rank()

    after = await explained(api, world.ani)

    assert before["percentiles"] == {"overall": None, "agency": None, "province": None}
    assert after["percentiles"]["overall"] == 100 * 5 / 6
    assert after["percentiles"]["agency"] == 100 * 4 / 5


async def test_an_explanation_out_of_scope_looks_like_a_missing_one(api: Api, world: World) -> None:
    nobody = UUID(int=7)
    for person, caller in (
        (world.ani, world.as_budi),
        (world.ani, SECOND_MANAGER),
        (nobody, ADMIN),
    ):
        answer = await api.ask(EXACT, {"asnId": gid("Asn", person)}, caller=caller)
        assert answer == {"rankingExplanation": None}
    wrong = await api.ask(EXACT, {"asnId": gid("Share", world.ani)})
    assert wrong == {"rankingExplanation": None}
    assert (await api.refused(EXACT, {"asnId": "bukan id"}))["code"] == "BAD_USER_INPUT"


async def test_a_rank_without_decay_counts_old_shares_like_new_ones(api: Api, world: World) -> None:
    account = world.accounts[world.citra]
    old = make.NOW - timedelta(days=150)
    for count in (9, 9):
        await make.make_share(world.citra, account, world.post, at=old, resharer_count=count)
    await make.rank()
    query = "query ($id: ID!) { rankingExplanation(asnId: $id) { rank rankWithoutDecay } }"

    found = [
        (await api.ask(query, {"id": gid("Asn", one)}))["rankingExplanation"]
        for one in (world.ani, world.budi, world.citra)
    ]

    assert [one["rank"] for one in found] == [1, 2, 3]
    assert [one["rankWithoutDecay"] for one in found] == [2, 3, 1]


async def test_the_repeated_part_is_that_of_resharers_who_came_before(
    api: Api, world: World
) -> None:
    query = "query ($id: ID!) { rankingExplanation(asnId: $id) { repeatShare } }"
    asked = {"id": gid("Asn", world.ani)}
    before = (await api.ask(query, asked))["rankingExplanation"]["repeatShare"]
    await make.execute(
        "UPDATE reshare SET ordinal = 2 WHERE share_id = $1 AND id = ("
        "SELECT id FROM reshare WHERE share_id = $1 ORDER BY id LIMIT 1)",
        world.shares[world.ani],
    )

    after = (await api.ask(query, asked))["rankingExplanation"]["repeatShare"]

    assert before == 0.0
    assert after == pytest.approx(0.5 / 8.5)
