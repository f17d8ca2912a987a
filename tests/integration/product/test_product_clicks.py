"""Visits of tracked links beside the other figures: unknown while nobody has a link."""

from datetime import UTC, datetime
from uuid import UUID

import factories as make
from api_client import Api, gid
from world import World

from api.actions.link import NewClick, create_link, store_clicks
from api.actions.shares.visited import observe_visited_links
from api.domain.access import SYSTEM
from api.domain.clicks import ClickClass, ClickVerdict

FIGURES = """query($id: ID!) { campaign(id: $id) { progress { clickCount }
             timeline(interval: DAY) { clickCount } posts(first: 1) { nodes { clickCount } } } }"""


async def test_clicks_are_unknown_without_links_and_then_counted_once_a_visitor(
    api: Api, world: World
) -> None:
    campaign = gid("Campaign", world.campaign)
    before = (await api.ask(FIGURES, {"id": campaign}))["campaign"]

    link_id = await create_link(SYSTEM, world.post, world.accounts[world.ani])
    none_yet = (await api.ask(FIGURES, {"id": campaign}))["campaign"]
    now, verdict = datetime.now(UTC), ClickVerdict(ClickClass.HUMAN)
    await store_clicks(
        [
            NewClick.now_at((world.ani, link_id), b"%016d" % (n % 4), now.date(), now, verdict)
            for n in range(9)
        ]
    )
    after = (await api.ask(FIGURES, {"id": campaign}))["campaign"]

    assert before["progress"] == {"clickCount": None}
    assert none_yet["progress"] == {"clickCount": 0}
    assert after["progress"] == {"clickCount": 4}
    assert after["posts"]["nodes"] == [{"clickCount": 4}]
    assert sum(step["clickCount"] for step in after["timeline"]) == 4


async def test_a_visit_raises_a_declared_share_and_makes_none_up(api: Api, world: World) -> None:
    share = world.shares[world.ani]
    await make.execute("UPDATE share SET evidence_level = 'DECLARED' WHERE id = $1", share)
    levels = "SELECT array_agg(evidence_level ORDER BY id) FROM share"
    link_id = await create_link(SYSTEM, world.post, world.accounts[world.ani])
    other_id = await create_link(SYSTEM, world.post, world.accounts[world.citra])
    before = await make.value("SELECT count(*) FROM share")

    await visited(world.ani, link_id, ClickClass.BOT)
    await observe_visited_links()
    by_a_bot = await make.value("SELECT evidence_level FROM share WHERE id = $1", share)
    await visited(world.ani, link_id, ClickClass.HUMAN)
    await visited(world.citra, other_id, ClickClass.HUMAN)
    await observe_visited_links()
    once = await make.value(levels)
    await observe_visited_links()

    assert by_a_bot == "DECLARED"
    level = await make.value("SELECT evidence_level FROM share WHERE id = $1", share)
    assert level == "LINK_OBSERVED"
    assert await make.value("SELECT count(*) FROM share") == before
    assert await make.value(levels) == once
    evidence = "SELECT count(*) FROM share_evidence WHERE mechanism = 'CLICK' AND share_id = $1"
    assert await make.value(evidence, share) == 1


async def test_a_level_that_a_visit_raises_is_measured_at_once(api: Api, world: World) -> None:
    share = world.shares[world.ani]
    reason = "SELECT reason FROM share_gain WHERE share_id = $1"
    await make.rank()
    before = await make.value(reason, share)
    await make.execute("UPDATE share SET evidence_level = 'DECLARED' WHERE id = $1", share)
    link_id = await create_link(SYSTEM, world.post, world.accounts[world.ani])
    await visited(world.ani, link_id, ClickClass.HUMAN)

    await observe_visited_links()

    # A counted share has no reason; a visit is less than the least evidence that counts.
    assert (before, await make.value(reason, share)) == (None, "EVIDENCE_BELOW_MINIMUM")


async def test_a_visit_after_a_withdrawal_is_no_evidence(api: Api, world: World) -> None:
    link_id = await create_link(SYSTEM, world.post, world.accounts[world.ani])
    await visited(world.ani, link_id, ClickClass.HUMAN)
    await make.execute(
        "UPDATE consent SET withdrawn_at = now() WHERE account_id = $1", world.accounts[world.ani]
    )

    await observe_visited_links()

    assert await make.value("SELECT count(*) FROM share_evidence WHERE mechanism = 'CLICK'") == 0


async def visited(asn_id: UUID, link_id: UUID, kind: ClickClass) -> None:
    now, verdict = datetime.now(UTC), ClickVerdict(kind)
    visit = NewClick.now_at(
        (asn_id, link_id), kind.value.ljust(16).encode(), now.date(), now, verdict
    )
    await store_clicks([visit])
