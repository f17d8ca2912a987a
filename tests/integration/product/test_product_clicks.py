"""Visits of tracked links beside the other figures: unknown while nobody has a link."""

from datetime import UTC, datetime

from api_client import Api, gid
from world import World

from api.actions.link import NewClick, create_link, store_clicks
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
