"""Visitors of a holder's tracked link are a figure of the share that the link belongs to."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import factories as make
import pytest
from test_gains import TOTALS, bucket
from world import World

from api.actions.link import NewClick, create_link, store_clicks
from api.actions.ranking import RunRequest, refresh_ranking
from api.actions.shares.visited import observe_visited_links
from api.cli.rebuild import rebuild
from api.domain.access import SYSTEM
from api.domain.clicks import ClickClass, ClickVerdict

pytestmark = pytest.mark.usefixtures("api")

INPUTS = "SELECT inputs -> 'values' ->> 'CLICKS' FROM share_gain WHERE share_id = $1"
FIGURES = (
    "SELECT array_agg(value ORDER BY ingest_seq) FROM metric_observation WHERE metric='CLICKS'"
)
STATE = "SELECT state FROM share_gain WHERE share_id = $1"


async def visit(
    asn_id: UUID, link_id: UUID, visitors: range, kind: ClickClass = ClickClass.HUMAN
) -> None:
    """Let each of these visitors come twice."""
    now, verdict = datetime.now(UTC), ClickVerdict(kind)
    await store_clicks(
        [
            NewClick.now_at((asn_id, link_id), b"%016d" % visitor, now.date(), now, verdict)
            for visitor in (*visitors, *visitors)
        ]
    )


async def gain_of(asn_id: UUID) -> int:
    return (await bucket(asn_id))[1]


async def test_a_link_that_nobody_visited_changes_no_score(world: World) -> None:
    before = await bucket(world.ani)

    link_id = await create_link(SYSTEM, world.post, world.accounts[world.ani])
    await visit(world.ani, link_id, range(3), ClickClass.BOT)
    await observe_visited_links()

    assert await bucket(world.ani) == before
    assert await make.value(FIGURES) is None


async def test_visitors_become_a_figure_once_and_more_of_them_raise_the_gain(world: World) -> None:
    share = world.shares[world.ani]
    link_id = await create_link(SYSTEM, world.post, world.accounts[world.ani])
    gains = []

    for visitors in (range(1), range(1), range(1, 5), range(5, 40)):
        await visit(world.ani, link_id, visitors)
        await observe_visited_links()
        await observe_visited_links()
        gains.append(await gain_of(world.ani))

    assert await make.value(FIGURES) == [1, 5, 40]
    assert await make.value(INPUTS, share) == "40000000"
    assert gains[0] == gains[1] < gains[2] < gains[3]
    assert await make.value(TOTALS) == 0


async def test_a_run_with_visitors_equals_a_rebuild_from_raw_rows(world: World) -> None:
    account = world.accounts[world.budi]
    await make.make_share(world.budi, account, world.post, resharer_count=2)
    for asn_id in (world.ani, world.budi):
        link_id = await create_link(SYSTEM, world.post, world.accounts[asn_id])
        await visit(asn_id, link_id, range(7))
    await observe_visited_links()

    run = await refresh_ranking(RunRequest())

    assert (await rebuild()).is_equal
    again = await refresh_ranking(RunRequest(as_of=datetime.now(UTC)))
    assert again.rows_sha256 == run.rows_sha256


async def test_visits_from_before_a_share_was_seen_count_as_soon_as_it_is(world: World) -> None:
    post = await make.make_post(world.campaign)
    link_id = await create_link(SYSTEM, post, world.accounts[world.ani])
    await visit(world.ani, link_id, range(3))
    await observe_visited_links()

    first = await make.make_share(world.ani, world.accounts[world.ani], post)
    second = await make.make_share(world.ani, world.accounts[world.ani], post)

    assert await make.value(INPUTS, first) == "3000000"
    assert await make.value(INPUTS, second) is None


async def test_visitors_alone_make_a_share_count_whose_resharers_nobody_tells(
    world: World,
) -> None:
    post = await make.make_post(world.campaign)
    old = make.NOW - timedelta(days=9)
    share = await make.make_share(world.ani, world.accounts[world.ani], post, at=old)
    before = await make.value(STATE, share)
    link_id = await create_link(SYSTEM, post, world.accounts[world.ani])

    await visit(world.ani, link_id, range(2))
    await observe_visited_links()

    assert (before, await make.value(STATE, share)) == ("UNMEASURED", "PARTIAL")
    assert (await rebuild()).is_equal
