"""Corrections reach everybody who shared a post, and their links."""

from typing import Any

import factories as make
from api_client import Api, Caller, gid
from world import FIRST_MANAGER, SECOND_MANAGER, World

CORRECT = """mutation($input: ProgramPostCorrectInput!) { programPostCorrect(input: $input) {
             post { state corrections { oldFact newFact notifiedCount acknowledgedCount
             deletedCount } } userErrors { code field } } }"""
NOTICES = "query($id: ID!) { asn(id: $id) { correctionNotices { id newFact acknowledgedAt } } }"
READ = """mutation($input: CorrectionAcknowledgeInput!) { correctionAcknowledge(input: $input) {
          noticeId userErrors { code field } } }"""


async def correct(
    api: Api, world: World, caller: Caller = FIRST_MANAGER, **changed: str
) -> dict[str, Any]:
    given = {
        "postId": gid("ProgramPost", world.post),
        "oldFact": "Biaya Rp 10 ribu",
        "newFact": "Tanpa biaya",
        **changed,
    }
    answer: dict[str, Any] = (await api.ask(CORRECT, {"input": given}, caller=caller))[
        "programPostCorrect"
    ]
    return answer


async def test_everybody_who_shared_is_told_once_and_can_say_so(api: Api, world: World) -> None:
    answer = await correct(api, world, idempotencyKey="satu")
    again = await correct(api, world, idempotencyKey="satu")
    person = {"id": gid("Asn", world.ani)}
    (notice,) = (await api.ask(NOTICES, person, caller=world.as_ani))["asn"]["correctionNotices"]
    given = {"input": {"noticeId": notice["id"]}}
    stranger = await api.ask(READ, given, caller=world.as_budi)
    await api.ask(READ, given, caller=world.as_ani)
    await make.execute("UPDATE share SET presence = 'REMOVED' WHERE asn_id = $1", world.budi)

    assert answer["userErrors"] == []
    assert answer["post"]["state"] == "CORRECTED"
    assert again["post"] == answer["post"]
    assert notice["newFact"] == "Tanpa biaya"
    assert stranger["correctionAcknowledge"]["userErrors"][0]["code"] == "NOT_FOUND"
    (shown,) = (await correct(api, world, idempotencyKey="satu"))["post"]["corrections"]
    assert (shown["notifiedCount"], shown["acknowledgedCount"], shown["deletedCount"]) == (3, 1, 1)


async def test_what_cannot_be_corrected_is_refused(api: Api, world: World) -> None:
    foreign = await correct(api, world, SECOND_MANAGER)
    blank = await correct(api, world, oldFact=" ", newFact="x" * 2_001)
    await make.execute("UPDATE program_post SET state = 'DRAFT'")
    draft = await correct(api, world)

    assert foreign["userErrors"] == [{"code": "NOT_FOUND", "field": ["postId"]}]
    assert blank["userErrors"] == [
        {"code": "BLANK", "field": ["oldFact"]},
        {"code": "TOO_LONG", "field": ["newFact"]},
    ]
    assert draft["userErrors"] == [{"code": "INVALID_STATE", "field": None}]
    assert await make.value("SELECT count(*) FROM correction_notice") == 0
