"""Mastodon counts all calls of a host together: few are made, and lists go before timelines."""

from dataclasses import replace

import pytest

from api.domain.platform import Platform
from tests.integration.connector_kit import Scene, post_of
from workers.platforms.base import APP, RateLimited


@pytest.fixture
def scene():
    return Scene()


def counted(scene):
    return scene.stage.log.to_json(0)["requestCount"]


async def test_a_timeline_that_was_read_before_costs_one_call(scene):
    await scene.trouble()
    ref = scene.account(Platform.MASTODON, scene.holder(Platform.MASTODON))
    async with scene.connector(Platform.MASTODON) as connector:
        first = await connector.own_posts(ref, APP, None, None)
        before = counted(scene)
        again = await connector.own_posts(ref, APP, None, None)

    assert again.items == tuple(replace(one, observed_at=scene.now()) for one in first.items)
    assert counted(scene) - before == 1


async def test_an_account_that_has_another_number_is_found_by_its_name(scene):
    await scene.trouble()
    ref = scene.account(Platform.MASTODON, scene.holder(Platform.MASTODON))
    async with scene.connector(Platform.MASTODON) as connector:
        first = await connector.own_posts(ref, APP, None, None)
        connector._numbers[ref.id] = "404"  # noqa: SLF001 (as if it had left and come back)
        again = await connector.own_posts(ref, APP, None, None)

    assert [one.id for one in again.items] == [one.id for one in first.items]


async def test_timelines_leave_a_third_of_the_window_to_lists(scene):
    await scene.trouble()
    post = (await scene.truth(Platform.MASTODON))[0]
    ref = scene.account(Platform.MASTODON, scene.holder(Platform.MASTODON))
    listed = post_of(post)
    async with scene.connector(Platform.MASTODON) as connector:
        for _ in range(199):
            await connector.own_posts(ref, APP, None, None)
        before = counted(scene)
        with pytest.raises(RateLimited):
            await connector.own_posts(ref, APP, None, None)
        for _ in range(90):
            await connector.resharers(listed, APP, None)
        with pytest.raises(RateLimited):
            await connector.own_posts(ref, APP, None, None)

    assert before == 200
    assert counted(scene) - before == 90
