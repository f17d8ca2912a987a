"""Review flags over the whole application: searched by the worker's task, decided by people."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from api_client import ADMIN, AUDITOR, CHECKER, MANAGER, ORGANISER, Api, Caller, gid, holder, key_of
from world import FIRST_MANAGER, SECOND_MANAGER, World

from api.domain.access import Role
from api.models import connection, transaction
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from api.settings import Settings
from workers.tasks import TASKS
from workers.tasks.kit import Kit
from workers.tasks.outbox import Runner

START = make.NOW - timedelta(days=10)
FLAG = """
query ($id: ID!) { node(id: $id) { ... on ReviewFlag {
  state tier reason decidedBy releasesAt shares { id asn { name } }
  evidence { label value labelInIndonesian } history { kind by text }
  appeal { state decidedBy } } } }
"""


async def search(settings: Settings) -> None:
    """Run the search as the worker does, with a real message."""
    async with transaction() as db:
        await enqueue(db, Job.SEARCH_DOUBTS, {}, key="search_doubts")
        message = await db.fetchval(
            "SELECT id FROM outbox_message WHERE key = 'search_doubts' AND state = 'PENDING'"
        )
    await Runner(Kit(settings, Sealer(settings.secrets), {}), TASKS).run(message)
    buried = await make.value("SELECT error_class || ' ' || place FROM dead_letter")
    assert buried is None
    assert await make.value("SELECT state FROM outbox_message WHERE id = $1", message) == "DONE"


async def plant(world: World, settings: Settings) -> None:
    """Ani and Budi share three more posts within seconds, among a crowd that takes its time."""
    crowd = [await make.make_holder(f"Warga Contoh {n}", world.second) for n in range(10)]
    for number in range(3):
        post = await make.make_post(world.campaign)
        at = START + timedelta(days=number)
        for seconds, asn_id in ((0, world.ani), (20, world.budi)):
            account = world.accounts[asn_id]
            shared_at = at + timedelta(seconds=seconds)
            await make.make_share(asn_id, account, post, at=shared_at, resharer_count=3)
        for place, (asn_id, account) in enumerate(crowd, start=1):
            await make.make_share(asn_id, account, post, at=at + timedelta(hours=place))
    await make.rank()
    await search(settings)


async def queue(api: Api, caller: Caller = ADMIN) -> list[dict[str, Any]]:
    return list((await api.run("ReviewQueue", caller=caller))["reviewFlags"]["nodes"])


async def decide(api: Api, flag: str, decision: str, caller: Caller = CHECKER) -> dict[str, Any]:
    given = {"reviewFlagId": flag, "decision": decision, "reason": "Dua rekan di satu ruangan."}
    return await api.change("ReviewDecide", caller=caller, **given)


async def board() -> list[tuple[Any, ...]]:
    """The integers of the latest run."""
    run = await make.rank()
    async with connection() as db:
        rows = await db.fetch(
            "SELECT asn_id, score, quality_micro, share_count, resharer_count FROM ranking"
            " WHERE score_run_id = $1 ORDER BY asn_id",
            run,
        )
    return [tuple(row) for row in rows]


async def test_a_pair_that_always_shares_together_is_held(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    flags = await queue(api)

    assert len(flags) == 8
    assert {(f["reason"], f["tier"]) for f in flags} == {("COSHARE_PAIR", "HOLD")}
    assert {f["shares"][0]["asn"]["name"] for f in flags} == {"Ani Lestari", "Budi Santoso"}
    (first, *_) = flags
    assert first["evidence"][0]["label"] == "Shared within 60 s of Budi Santoso"
    assert first["evidence"][0]["value"].startswith("4 of 4 posts that both shared; ")
    states = await make.value("SELECT count(*) FROM share WHERE review = 'UNDER_REVIEW'")
    assert states == 8


async def test_a_hold_moves_points_aside_and_a_clearance_gives_them_back_exactly(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    held = {row[0]: row for row in await board()}
    for flag in await queue(api):
        payload = await decide(api, flag["id"], "CLEAR")
        assert payload["userErrors"] == []
        assert payload["reviewFlag"]["state"] == "CLEARED"
    cleared = await board()
    await make.execute("DELETE FROM review_flag")

    untouched = await board()

    assert cleared == untouched
    after = {row[0]: row for row in cleared}
    assert world.ani not in held
    assert after[world.ani][1] > 0
    assert held[world.citra][1] == after[world.citra][1]


async def test_the_next_search_asks_nobody_twice(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    (first, *others) = await queue(api)
    await decide(api, first["id"], "CLEAR")
    await make.execute("DELETE FROM review_progress")

    await search(settings)

    assert [f["id"] for f in await queue(api)] == [f["id"] for f in others]
    assert await make.value("SELECT count(*) FROM review_flag") == 8


async def test_an_undecided_hold_releases_itself_after_seven_days(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    await make.execute("UPDATE review_flag SET held_at = now() - interval '6 days 23 hours'")
    await search(settings)
    assert len(await queue(api)) == 8

    await make.execute("UPDATE review_flag SET held_at = now() - interval '7 days 1 minute'")
    await search(settings)

    assert await queue(api) == []
    assert await make.value("SELECT count(*) FROM review_flag WHERE state = 'RELEASED'") == 8
    assert await make.value("SELECT count(*) FROM share WHERE review <> 'CLEAR'") == 0
    assert await make.value("SELECT count(*) FROM badge WHERE state <> 'ACTIVE'") == 0


async def test_the_holder_sees_answers_and_appeals_to_another_person(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    own = await queue(api, world.as_ani)
    assert {f["shares"][0]["asn"]["name"] for f in own} == {"Ani Lestari"}
    assert own[0]["evidence"][0]["label"] == "Shared within 60 s of another badge holder"
    flag = own[0]["id"]

    answer = "mutation ($input: ReviewFlagAnswerInput!) { reviewFlagAnswer(input: $input) {"
    answer += " reviewFlag { history { kind text } } userErrors { code field } } }"
    given = {"reviewFlagId": flag, "text": "Kami rapat bersama."}
    said = (await api.ask(answer, {"input": given}, caller=world.as_ani))["reviewFlagAnswer"]
    assert said["reviewFlag"]["history"][-1] == {"kind": "ANSWERED", "text": "Kami rapat bersama."}

    assert (await decide(api, flag, "REJECT"))["reviewFlag"]["decidedBy"] == "checker"
    appeal = "mutation ($input: ReviewFlagAppealInput!) { reviewFlagAppeal(input: $input) {"
    appeal += " reviewFlag { appeal { state } } userErrors { code field } } }"
    await api.ask(appeal, {"input": given}, caller=world.as_ani)
    again = (await api.ask(appeal, {"input": given}, caller=world.as_ani))["reviewFlagAppeal"]
    assert [e["code"] for e in again["userErrors"]] == ["INVALID_STATE"]

    judge = "mutation ($input: ReviewAppealDecideInput!) { reviewAppealDecide(input: $input) {"
    judge += " reviewFlag { state appeal { state decidedBy } } userErrors { code } } }"
    ruling = {"reviewFlagId": flag, "decision": "UPHOLD", "reason": "Rapat terbukti."}
    same = (await api.ask(judge, {"input": ruling}, caller=CHECKER))["reviewAppealDecide"]
    other = (await api.ask(judge, {"input": ruling}, caller=MANAGER))["reviewAppealDecide"]
    assert [e["code"] for e in same["userErrors"]] == ["SAME_PERSON"]
    assert other["reviewFlag"] == {
        "state": "CLEARED",
        "appeal": {"state": "UPHELD", "decidedBy": "maker"},
    }
    assert await make.value("SELECT count(*) FROM share WHERE review = 'UNDER_REVIEW'") == 7
    shown = (await api.ask(FLAG, {"id": flag}, caller=world.as_ani))["node"]
    assert shown["decidedBy"] == "a reviewer"
    kinds = ["OPENED", "ANSWERED", "REJECTED", "APPEALED", "UPHELD"]
    assert [entry["kind"] for entry in shown["history"]] == kinds
    assert {e["by"] for e in shown["history"]} == {"ADMIN", "ASN", "CAMPAIGN_MANAGER"}


async def test_bad_decisions_change_nothing(world: World, api: Api, settings: Settings) -> None:
    await plant(world, settings)
    (flag, *_) = [f["id"] for f in await queue(api)]
    good = {"reviewFlagId": flag, "decision": "CLEAR", "reason": "Sudah diperiksa."}
    nowhere = gid("ReviewFlag", world.post)

    async def codes(caller: Caller = CHECKER, **changed: Any) -> list[Any]:
        return await api.problems("ReviewDecide", caller=caller, **{**good, **changed})

    assert await codes(reason="  ") == [("BLANK", ["reason"])]
    assert await codes(reason="a" * 2_001) == [("TOO_LONG", ["reason"])]
    assert await codes(reviewFlagId=nowhere) == [("NOT_FOUND", ["reviewFlagId"])]
    assert await codes(SECOND_MANAGER) == [("NOT_FOUND", ["reviewFlagId"])]
    assert len(await queue(api)) == 8
    assert (
        await make.value(
            "SELECT count(*) FROM audit_event"
            " WHERE action = 'review_decide' AND reason = 'NOT_FOUND'"
        )
        == 2
    )

    assert (await decide(api, flag, "REJECT", FIRST_MANAGER))["userErrors"] == []
    assert await codes() == [("INVALID_STATE", None)]
    assert (
        await make.value(
            "SELECT count(*) FROM audit_event WHERE action = 'review_rejected' AND object_id = $1",
            key_of(flag),
        )
        == 1
    )


async def test_a_person_concerned_decides_in_no_role(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    flag = (await queue(api, world.as_ani))[0]["id"]
    both = Caller(Role.ASN, asn_id=world.budi, subject="budi")
    own = (await queue(api, both))[0]["id"]
    answer = "mutation ($input: ReviewFlagAnswerInput!) { reviewFlagAnswer(input: $input) {"
    answer += " userErrors { code } } }"
    await api.ask(answer, {"input": {"reviewFlagId": own, "text": "Kebetulan."}}, caller=both)
    as_manager = Caller(Role.CAMPAIGN_MANAGER, subject="budi")

    for one in (own, flag):
        payload = await decide(api, one, "CLEAR", as_manager)
        assert [error["code"] for error in payload["userErrors"]] == ["SAME_PERSON"]


async def test_roles_and_scope_hold_on_every_way_to_a_flag(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    (flag, *_) = [f["id"] for f in await queue(api)]

    assert len(await queue(api, AUDITOR)) == 8
    assert await queue(api, SECOND_MANAGER) == []
    assert await queue(api, holder(world.citra)) == []
    refused = await api.refused("{ reviewFlags { totalCount } }", caller=ORGANISER)
    assert refused["code"] == "FORBIDDEN"
    for caller in (SECOND_MANAGER, ORGANISER, holder(world.citra)):
        assert (await api.ask(FLAG, {"id": flag}, caller=caller))["node"] is None
    assert (await api.ask(FLAG, {"id": flag}, caller=FIRST_MANAGER))["node"]["tier"] == "HOLD"


async def test_the_log_of_a_flag_is_only_added_to(
    world: World, api: Api, settings: Settings
) -> None:
    await plant(world, settings)
    for change in (
        "UPDATE review_entry SET kind = 'CLEARED'",
        "UPDATE review_entry SET text = 'lain'",
        "DELETE FROM review_entry",
    ):
        with pytest.raises(Exception, match="only added to"):
            await make.execute(change)


async def test_single_signals_ask_and_hold_nothing(
    world: World, api: Api, settings: Settings
) -> None:
    post = await make.make_post(world.campaign)
    early = make.NOW - timedelta(days=20, seconds=90)
    await make.make_share(world.ani, world.accounts[world.ani], post, at=early)

    await search(settings)

    flags = await queue(api)
    assert [(f["reason"], f["tier"]) for f in flags] == [("PRE_PUBLICATION", "ADVISORY")]
    assert flags[0]["evidence"] == [
        {"label": "Shared before the programme post was published", "value": "90 s earlier"}
    ]
    assert await make.value("SELECT count(*) FROM share WHERE review <> 'CLEAR'") == 0
