"""One suite for the connectors of all five networks, each against its simulated network."""

import inspect
from dataclasses import replace

import httpx2
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from api.domain.matching import PostRef, ProfileRef, post_from_id
from api.domain.platform import Coverage, Platform, ShareKind
from tests.integration.connector_kit import (
    LIST_TROUBLES,
    Scene,
    auth_for,
    own,
    post_of,
    read_all,
    settings_of,
)
from workers.platforms import connector_for, login_servers
from workers.platforms.base import (
    APP,
    AuthRevoked,
    Cap,
    Connector,
    ContractError,
    IssueCode,
    MissingPermission,
    NotFound,
    RateLimited,
    ReferenceKind,
    Transient,
    Watermark,
)
from workers.platforms.meters import CallMeters
from workers.sandbox.network import Kind

ALL = list(Platform)
LISTING = [Platform.X, Platform.FACEBOOK, Platform.BLUESKY, Platform.MASTODON]
QUOTING = [Platform.X, Platform.BLUESKY, Platform.MASTODON]
ABSENT = {
    Platform.X: "1999999999999999999",
    Platform.FACEBOOK: "1_2",
    Platform.BLUESKY: f"at://did:plc:{'a' * 24}/app.bsky.feed.post/3laaaaaaaaaaa",
    Platform.MASTODON: "https://sosial.contoh.id/@tiada/1",
}


@pytest.fixture
def scene():
    return Scene()


async def lists_of(connector, post):
    """Read who passed a post on, by every list that the network has."""
    facts, coverage = [], []
    for cap, ask in ((Cap.RESHARERS, connector.resharers), (Cap.QUOTES, connector.quotes)):
        if cap in connector.caps:
            found, _, known = await read_all(lambda cursor, ask=ask: ask(post, APP, cursor))
            facts += found
            coverage.append(known)
    return {fact.key: fact for fact in facts}, coverage


async def ask_often(connector, scene, count):
    for _ in range(count):
        await a_question(connector, scene)


async def a_question(connector, scene):
    """Ask something that every network can be asked with the token of an account."""
    one = scene.holder(connector.platform)
    ref = scene.account(connector.platform, one)
    return await connector.own_posts(ref, auth_for(connector, one), None, None)


def listed(platform, share):
    """Tell whether the network lists a share to this application."""
    if platform is Platform.FACEBOOK:
        return "SHAREDPOSTS" in share["knowableBy"] and not share["isRemoved"]
    return share["isKnowable"] and not share["isRemoved"]


@pytest.mark.parametrize("platform", ALL)
async def test_a_connector_says_what_it_can_do_and_refuses_the_rest(scene, platform):
    async with scene.connector(platform) as connector:
        post = post_of((await scene.truth(platform))[0])
        missing = {
            Cap.RESHARERS: lambda: connector.resharers(post, APP, None),
            Cap.QUOTES: lambda: connector.quotes(post, APP, None),
            Cap.SEARCH: lambda: connector.search("https://contoh.id/", APP, None, None),
            Cap.MENTIONS: lambda: connector.mentions(scene.account(platform, one), APP, None),
        }
        one = scene.holder(platform)

        assert isinstance(connector.batch_size, int)
        for cap, ask in missing.items():
            if cap not in connector.caps:
                with pytest.raises(TypeError, match="has no"):
                    await ask()
        if Cap.WEBHOOK not in connector.caps:
            with pytest.raises(TypeError, match="has no"):
                connector.events(b"{}")


@pytest.mark.parametrize("platform", ALL)
async def test_every_connector_has_the_one_shape(scene, platform):
    async with scene.connector(platform) as connector:
        for name, wanted in inspect.getmembers(Connector, inspect.isfunction):
            if not name.startswith("_"):
                offered = inspect.signature(getattr(type(connector), name))
                assert list(offered.parameters) == list(inspect.signature(wanted).parameters), name


@pytest.mark.parametrize("platform", LISTING)
async def test_with_troubled_lists_exactly_the_listed_shares_are_found_again_and_again(
    scene, platform
):
    await scene.trouble(*LIST_TROUBLES)
    async with scene.connector(platform) as connector:
        for told in await scene.truth(platform):
            post = post_of(told)
            wanted = {
                (share["kind"], share["actor"].split("@")[0])
                for share in told["shares"]
                if listed(platform, share)
            }

            found, coverage = await lists_of(connector, post)
            again, _ = await lists_of(connector, post)

            network = scene.network(platform)
            names = {network.customs.account_id(one): one for one in network.accounts.values()}
            seen = {
                (fact.kind.value, names[fact.actor_id].handle.split("@")[0])
                for fact in found.values()
            }
            assert seen == wanted
            assert set(again) == set(found)
            assert set(coverage) <= {
                Coverage.CONSENTED_ONLY if platform is Platform.FACEBOOK else Coverage.COMPLETE
            }
            assert all(fact.post_id == post.id for fact in found.values())
            assert all(fact.occurred_at != fact.observed_at for fact in found.values())


@pytest.mark.parametrize("platform", QUOTING)
async def test_each_quote_has_its_own_id_and_time(scene, platform):
    async with scene.connector(platform) as connector:
        told = next(
            each
            for each in await scene.truth(platform)
            if any(one["kind"] == "QUOTE" for one in each["shares"])
        )
        facts, _, _ = await read_all(lambda cursor: connector.quotes(post_of(told), APP, cursor))

        wanted = {
            share.get("url", share["id"])
            for share in told["shares"]
            if share["kind"] == "QUOTE" and listed(platform, share)
        }
        assert {fact.native_id for fact in facts} == wanted
        assert all(fact.occurred_at is not None for fact in facts)


@pytest.mark.parametrize("platform", ALL)
async def test_the_own_posts_of_a_holder_tell_all_their_standing_shares(scene, platform):
    await scene.trouble(*LIST_TROUBLES)
    posts = await scene.truth(platform)
    own_way = {Platform.FACEBOOK: "OWN_POSTS", Platform.INSTAGRAM: "OWN_MEDIA"}.get(platform)

    def shares_of(one):
        return {
            (post_of(told).id, share["id"])
            for told in posts
            for share in told["shares"]
            if share["actor"] == one.handle
            and not share["isRemoved"]
            and (own_way is None or own_way in share["knowableBy"])
        }

    one = scene.holder(platform, lambda network, each: len(shares_of(each)) > 0)
    async with scene.connector(platform) as connector:
        account, auth = scene.account(platform, one), auth_for(connector, one)
        facts, _, _ = await read_all(
            lambda cursor: connector.own_posts(account, auth, None, cursor)
        )

    urls = {post_of(told).url: post_of(told).id for told in posts}
    found = {
        (post_id, fact.id)
        for fact in facts
        for post_id in (
            *(reference.post_id for reference in fact.references),
            *(urls[link] for link in fact.links if link in urls),
        )
    }
    network = scene.network(platform)
    wanted = shares_of(one)
    if platform is Platform.MASTODON:
        assert {post_id for post_id, _ in found} >= {post_id for post_id, _ in wanted}
    else:
        assert found >= wanted
    assert all(fact.account_id == network.customs.account_id(one) for fact in facts)
    assert all(fact.occurred_at is not None for fact in facts)


@pytest.mark.parametrize("platform", ALL)
async def test_a_watermark_leaves_out_what_is_older(scene, platform):
    is_listed = {Kind.ORIGINAL, Kind.QUOTE} if platform is Platform.INSTAGRAM else set(Kind)

    def writes_much(network, each):
        listed_ones = [one for one in network.written_by(each.id).shown if one.kind in is_listed]
        return len(listed_ones) > 1 and listed_ones[0].at - listed_ones[-1].at > 4 * 3_600

    one = scene.holder(platform, writes_much)
    async with scene.connector(platform) as connector:
        account, auth = scene.account(platform, one), auth_for(connector, one)

        async def read(since):
            facts, _, _ = await read_all(
                lambda cursor: connector.own_posts(account, auth, since, cursor)
            )
            return {fact.id: fact.occurred_at for fact in facts}

        everything = await read(None)
        middle = sorted(everything.values())[len(everything) // 2]
        newer = await read(Watermark(newest_at=middle))

    assert set(newer) < set(everything)
    assert {one for one, at in everything.items() if at >= middle} <= set(newer)


@pytest.mark.parametrize("platform", ALL)
async def test_an_own_token_tells_whose_it_is_and_the_audience(scene, platform):
    one = scene.holder(platform)
    async with scene.connector(platform) as connector:
        fact = await connector.me(own(one))

    assert fact.id == scene.network(platform).customs.account_id(one)
    assert fact.audience_count == one.followers_count
    assert fact.observed_at == scene.now()


@pytest.mark.parametrize("platform", ALL)
async def test_audiences_are_read_and_who_is_unknown_is_an_issue_and_no_zero(scene, platform):
    one = scene.holder(platform)
    network = scene.network(platform)
    handle = {"BLUESKY": "tiada.bsky.contoh.id", "MASTODON": "tiada"}.get(platform.value, "tiada")
    async with scene.connector(platform) as connector:
        is_public = Cap.PROFILE_PUBLIC in connector.caps
        auth = APP if is_public else own(one)
        known = ProfileRef(platform, network.customs.account_id(one), one.handle)
        unknown = ProfileRef(platform, handle=handle) if is_public else ProfileRef(platform, "1")

        page = await connector.profiles([known, unknown], auth)

    assert [(fact.id, fact.audience_count) for fact in page.items] == [
        (known.id, one.followers_count)
    ]
    assert [issue.ref for issue in page.issues] == [unknown.name]


@pytest.mark.parametrize("platform", ALL)
async def test_a_figure_that_is_left_out_is_unknown_and_never_zero(scene, platform):
    scene.stage.clock.advance(49 * 3_600)
    post = post_of((await scene.truth(platform))[0])
    await scene.trouble()
    async with scene.connector(platform) as connector:
        told = (await connector.metrics([post], APP)).items
        await scene.trouble({"name": "missing_metrics"})
        try:
            hidden = (await connector.metrics([post], APP)).items
        except ContractError:
            hidden = ()

    assert [fact.post_id for fact in told] == [post.id]
    assert told[0].repost_count > 0
    assert all(fact.repost_count is None for fact in hidden)


@pytest.mark.parametrize("platform", LISTING)
async def test_a_post_that_is_not_there_is_not_found_and_no_empty_list(scene, platform):
    async with scene.connector(platform) as connector:
        with pytest.raises(NotFound):
            await connector.resharers(post_from_id(platform, ABSENT[platform]), APP, None)


@pytest.mark.parametrize("platform", LISTING)
async def test_a_deleted_post_is_not_found(scene, platform):
    told = (await scene.truth(platform))[0]
    network = scene.network(platform)
    name = told["url"].rsplit("/", 1)[-1] if platform is Platform.X else told["url"]
    await scene.tell("act", {"do": "delete", "platform": platform.value, "post": name})
    assert any(network.posts[each].removed_at for each in network.program_post_ids)

    async with scene.connector(platform) as connector:
        with pytest.raises(NotFound):
            await connector.resharers(post_of(told), APP, None)


@pytest.mark.parametrize("platform", ALL)
@pytest.mark.parametrize("name", ["server_error", "garbage", "cut_body"])
async def test_a_passing_trouble_is_tried_three_times(scene, platform, name):
    async with scene.connector(platform) as connector:
        await scene.trouble({"name": name, "count": 2, "path": f"/{platform.lower()}/*"})
        assert (await a_question(connector, scene)).items is not None

        await scene.trouble({"name": name, "path": f"/{platform.lower()}/*"})
        with pytest.raises(Transient):
            await a_question(connector, scene)


@pytest.mark.parametrize("platform", ALL)
async def test_a_page_in_html_breaks_the_contract_and_is_kept_without_its_words(scene, platform):
    await scene.trouble({"name": "html"})
    async with scene.connector(platform) as connector:
        with pytest.raises(ContractError) as broken:
            await a_question(connector, scene)

    assert "<html><head><title>" in broken.value.raw
    assert "not JSON" in broken.value.raw
    assert "upstream" not in broken.value.raw
    assert "wrong" not in broken.value.raw


@pytest.mark.parametrize("platform", ALL)
async def test_a_limit_is_told_with_its_end_and_nothing_is_asked_before_it(scene, platform):
    await scene.trouble({"name": "rate_limit", "seconds": 120, "count": 1})
    async with scene.connector(platform) as connector:
        with pytest.raises(RateLimited) as limited:
            await a_question(connector, scene)
        asked = scene.stage.log.to_json(0)["requestCount"]
        with pytest.raises(RateLimited):
            await a_question(connector, scene)

    assert limited.value.until > scene.now()
    assert scene.stage.log.to_json(0)["requestCount"] == asked
    assert scene.stage.log.to_json(0)["earlyCount"] == 0


@pytest.mark.parametrize("platform", ALL)
async def test_without_any_network_nothing_is_known(scene, platform):
    scene.is_online = False
    async with scene.connector(platform) as connector:
        with pytest.raises(Transient):
            await a_question(connector, scene)


@pytest.mark.parametrize("platform", ALL)
async def test_a_network_that_is_switched_off_is_not_asked(scene, platform):
    one = scene.holder(platform)
    post = post_of((await scene.truth(platform))[0])
    asked = scene.stage.log.to_json(0)["requestCount"]
    off = {f"GEMA_{platform}_ENABLED": "false"}
    async with scene.connector(platform, **off) as connector:
        for ask in (
            lambda: connector.me(own(one)),
            lambda: connector.own_posts(scene.account(platform, one), own(one), None, None),
            lambda: connector.metrics([post], APP),
            lambda: connector.resolve(post, APP),
        ):
            with pytest.raises(MissingPermission, match="ENABLED"):
                await ask()

    assert scene.stage.log.to_json(0)["requestCount"] == asked


@pytest.mark.parametrize("platform", ALL)
async def test_a_token_that_its_owner_withdrew_is_told_apart_from_all_other_refusals(
    scene, platform
):
    one = scene.holder(platform)
    order = {"do": "revoke", "platform": platform.value, "actor": one.handle}
    await scene.tell("act", order)
    async with scene.connector(platform) as connector:
        with pytest.raises(AuthRevoked):
            await connector.me(own(one))


@pytest.mark.parametrize("platform", ALL)
async def test_a_post_is_completed_with_its_author_and_time(scene, platform):
    told = (await scene.truth(platform))[-1]
    network = scene.network(platform)
    post = post_of(told)
    author = network.accounts[network.posts[network.program_post_ids[-1]].author_id]
    if platform is Platform.INSTAGRAM:
        post = PostRef(platform, post.id, post.url, author=author.handle)
    async with scene.connector(platform) as connector:
        found = await connector.resolve(post, APP)

    assert found.id == post.id
    assert found.author_id == network.customs.account_id(author)
    assert found.posted_at is not None


async def test_instagram_lists_who_tags_an_official_account_and_reads_who_mentions_it(scene):
    await scene.trouble(*LIST_TROUBLES)
    platform = Platform.INSTAGRAM
    posts = await scene.truth(platform)
    urls = {post_of(told).url: told for told in posts}
    async with scene.connector(platform) as connector:
        found = {}
        for account in connector.watched:
            facts, _, coverage = await read_all(
                lambda cursor, account=account: connector.mentions(account, APP, cursor)
            )
            assert coverage is Coverage.UNKNOWN
            found |= {fact.id: fact for fact in facts}

    wanted = {
        share["id"]
        for told in posts
        for share in told["shares"]
        if "TAGS" in share["knowableBy"] and not share["isRemoved"]
    }
    assert set(found) == wanted
    assert {fact.kind for fact in found.values()} <= {ShareKind.TAG}
    assert all(set(fact.links) & set(urls) for fact in found.values())


async def test_x_finds_who_posted_a_link(scene):
    link = "https://contoh.id/program/khusus"
    one = scene.holder(Platform.X)
    await scene.tell(
        "act", {"do": "post", "actor": one.handle, "text": f"Lihat {link} dan bagikan."}
    )
    async with scene.connector(Platform.X) as connector:
        facts, _, _ = await read_all(lambda cursor: connector.search(link, APP, None, cursor))

    assert [(fact.author_id, fact.kind) for fact in facts] == [(str(one.id), ShareKind.LINK_POST)]
    assert link in facts[0].links


@pytest.mark.parametrize(("platform", "limit"), [(Platform.FACEBOOK, 95), (Platform.INSTAGRAM, 96)])
async def test_at_95_percent_of_a_limit_nothing_more_is_asked(scene, platform, limit):
    async with scene.connector(platform) as connector:
        await a_question(connector, scene)
        await scene.trouble({"name": "usage", "limit": limit})
        await a_question(connector, scene)
        with pytest.raises(RateLimited):
            await a_question(connector, scene)


async def test_at_75_percent_only_ten_calls_a_minute_are_made(scene):
    await scene.trouble({"name": "usage", "limit": 80})
    async with scene.connector(Platform.FACEBOOK) as connector:
        asked = scene.stage.log.to_json(0)["requestCount"]
        with pytest.raises(RateLimited):
            await ask_often(connector, scene, 30)

    assert scene.stage.log.to_json(0)["requestCount"] - asked <= 12


async def test_a_share_on_facebook_without_words_is_a_repost_of_the_page_s_post(scene):
    platform = Platform.FACEBOOK
    one = scene.holder(platform)
    told = (await scene.truth(platform))[0]
    await scene.trouble()
    async with scene.connector(platform) as connector:
        account = scene.account(platform, one)
        page = await connector.own_posts(account, own(one), None, None)

    kinds = {reference.kind for fact in page.items for reference in fact.references}
    assert kinds <= {ReferenceKind.REPOSTED, ReferenceKind.QUOTED}
    assert httpx2.URL(told["url"]).host == "www.facebook.com"
    assert all(issue.code is not IssueCode.UNREADABLE for issue in page.issues)


@pytest.mark.parametrize("platform", ALL)
async def test_an_own_post_shows_its_words_to_the_check_of_a_proof_and_to_no_log(scene, platform):
    shares = [share for post in await scene.truth(platform) for share in post["shares"]]
    ways = [set(share.get("knowableBy", ["OWN_POSTS"])) for share in shares]
    writers = {
        share["actor"].split("@")[0]
        for share, way in zip(shares, ways, strict=True)
        if share["kind"] != "REPOST" and way & {"OWN_POSTS", "OWN_MEDIA"}
    }
    one = scene.holder(platform, lambda _, each: each.handle.split("@")[0] in writers)

    async with scene.connector(platform) as connector:
        ref, auth = scene.account(platform, one), auth_for(connector, one)
        posts, _, _ = await read_all(lambda cursor: connector.own_posts(ref, auth, None, cursor))
    words = [post.text for post in posts if post.text]

    assert words
    assert not any("<" in text for text in words)
    assert not any(text in repr(post) for post in posts for text in words)


@pytest.mark.parametrize("platform", ALL)
async def test_calls_are_counted_by_family_and_status_and_by_nothing_else(scene, platform):
    registry = CollectorRegistry()
    tools = replace(scene.tools(), meters=CallMeters(registry))
    connector = connector_for(platform, settings_of(), tools)
    await a_question(connector, scene)
    await scene.trouble({"name": "server_error", "status": 503})
    with pytest.raises(Transient):
        await a_question(connector, scene)
    await connector.close()

    counted = {
        (sample.labels["platform"], sample.labels["status"])
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "gema_platform_calls_total"
    }
    told = generate_latest(registry).decode()
    assert counted == {(platform.value, "200"), (platform.value, "503")}
    one = scene.holder(platform)
    for secret in (one.handle, str(one.id), scene.account(platform, one).id):
        assert secret not in told


async def test_calls_and_logins_that_nobody_answers_are_counted_too(scene):
    registry = CollectorRegistry()
    scene.is_online = False
    tools = replace(scene.tools(), meters=CallMeters(registry))
    connector = connector_for(Platform.X, settings_of(), tools)
    server = login_servers(settings_of(), tools)[Platform.X]
    with pytest.raises(Transient):
        await a_question(connector, scene)
    with pytest.raises(Transient):
        await server.exchange("kanari", "kanari", "https://gema.example/")
    await connector.close()
    await server.close()

    for family, count in (("user_tweets", 3), ("login", 1)):
        labels = {"platform": "X", "family": family, "status": "none"}
        assert registry.get_sample_value("gema_platform_calls_total", labels) == count
    assert b"kanari" not in generate_latest(registry)
