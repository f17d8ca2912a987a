"""Addresses of posts on the other networks, canonical addresses, ids and times."""

from datetime import UTC, datetime, timedelta

import pytest

from api.domain.matching import (
    NeedsRedirect,
    PostRef,
    ProfileRef,
    Reason,
    Refused,
    canonical_post_url,
    parse_post_url,
    post_from_id,
    post_from_url,
    share_key,
    snowflake_time,
)
from api.domain.platform import Platform, ShareKind
from api.errors import Refusal

PFBID = "pfbid02AbCdEfGh"
AT_URI = "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3kabcdefghij2"

NAMED = [
    (
        "https://www.facebook.com/100064000000001/posts/900000001",
        Platform.FACEBOOK,
        "100064000000001_900000001",
    ),
    (f"https://m.facebook.com/dinas.kesehatan/posts/{PFBID}?mibextid=x", Platform.FACEBOOK, PFBID),
    (f"https://facebook.com/dinas/posts/judul-berita/{PFBID}", Platform.FACEBOOK, PFBID),
    ("https://www.facebook.com/permalink.php?story_fbid=77&id=55", Platform.FACEBOOK, "55_77"),
    (
        "https://www.facebook.com/story.php?story_fbid=77&id=55&m_entstream_source=x",
        Platform.FACEBOOK,
        "55_77",
    ),
    ("https://www.facebook.com/photo.php?fbid=88&set=a.1", Platform.FACEBOOK, "88"),
    ("https://www.facebook.com/dinas/videos/99/", Platform.FACEBOOK, "99"),
    ("https://www.facebook.com/watch/?v=99", Platform.FACEBOOK, "99"),
    ("https://www.facebook.com/reel/99", Platform.FACEBOOK, "99"),
    ("https://www.facebook.com/groups/warga/posts/99/", Platform.FACEBOOK, "99"),
    ("https://www.facebook.com/groups/1/permalink/99", Platform.FACEBOOK, "99"),
    ("https://www.facebook.com/events/99", Platform.FACEBOOK, "99"),
    ("https://www.instagram.com/p/CabC-12_x/", Platform.INSTAGRAM, "CabC-12_x"),
    ("https://instagram.com/dinas.kesehatan/reel/CabC/?igsh=abc", Platform.INSTAGRAM, "CabC"),
    ("https://www.instagram.com/reels/CabC", Platform.INSTAGRAM, "CabC"),
    ("https://www.instagram.com/tv/CabC", Platform.INSTAGRAM, "CabC"),
    ("https://www.instagram.com/stories/dinas/123/", Platform.INSTAGRAM, "123"),
    (AT_URI, Platform.BLUESKY, AT_URI),
    (
        "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3kabcdefghij2",
        Platform.BLUESKY,
        AT_URI,
    ),
    (
        "https://bsky.app/profile/Dinas.bsky.social/post/3kabcdefghij2",
        Platform.BLUESKY,
        "at://dinas.bsky.social/app.bsky.feed.post/3kabcdefghij2",
    ),
]


@pytest.mark.parametrize(("url", "platform", "native_id"), NAMED)
def test_an_address_names_a_post_of_its_network(url, platform, native_id):
    post = parse_post_url(url)

    assert isinstance(post, PostRef)
    assert (post.platform, post.id) == (platform, native_id)
    assert post.url.startswith("https://")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://fb.watch/aBc-1/", "https://fb.watch/aBc-1"),
        (
            "https://www.facebook.com/share/p/aBc/?mibextid=1",
            "https://www.facebook.com/share/p/aBc",
        ),
        ("https://www.facebook.com/share/v/aBc", "https://www.facebook.com/share/v/aBc"),
        ("https://www.instagram.com/share/reel/aBc", "https://www.instagram.com/share/reel/aBc"),
    ],
)
def test_share_links_need_their_redirect(url, link):
    parsed = parse_post_url(url)

    assert isinstance(parsed, NeedsRedirect)
    assert parsed.url == link


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://www.facebook.com/dinas", Reason.NOT_A_POST),
        ("https://www.facebook.com/photo.php", Reason.NOT_A_POST),
        ("https://www.facebook.com/photo.php?fbid=1&fbid=2", Reason.NOT_A_POST),
        ("https://www.facebook.com/photo.php?fbid=x", Reason.BAD_ID),
        ("https://fb.watch/", Reason.NOT_A_POST),
        ("https://www.instagram.com/dinas/", Reason.NOT_A_POST),
        ("https://instagram.com.evil.example/p/abc/", Reason.LOOK_ALIKE_HOST),
        ("https://bsky.app/profile/dinas.bsky.social", Reason.NOT_A_POST),
        ("https://bsky.app/profile/dinas.bsky.social/post/short", Reason.BAD_ID),
        ("at://did:plc:abc/app.bsky.feed.like/3kabcdefghij2", Reason.NOT_A_POST),
        ("https://mastodon.example/@dinas/12", Reason.UNKNOWN_HOST),
    ],
)
def test_other_addresses_are_refused(url, reason):
    assert parse_post_url(url) == Refused(reason)


def test_a_mastodon_host_counts_only_when_it_is_allowed():
    hosts = {"mastodon.example"}

    boost = parse_post_url("https://mastodon.example/@dinas@lain.example/12", mastodon_hosts=hosts)
    status = parse_post_url(
        "https://mastodon.example/users/dinas/statuses/12", mastodon_hosts=hosts
    )
    profile = parse_post_url("https://mastodon.example/@dinas", mastodon_hosts=hosts)

    assert isinstance(boost, PostRef)
    assert boost.id == "https://mastodon.example/@dinas@lain.example/12"
    assert isinstance(status, PostRef)
    assert status.id == "https://mastodon.example/@dinas/12"
    assert profile == Refused(Reason.NOT_A_POST)


@pytest.mark.parametrize(
    ("platform", "native_id", "url"),
    [
        (Platform.X, "20", "https://x.com/i/web/status/20"),
        (Platform.FACEBOOK, "55_77", "https://www.facebook.com/55_77"),
        (Platform.INSTAGRAM, "CabC", "https://www.instagram.com/p/CabC/"),
        (
            Platform.BLUESKY,
            AT_URI,
            "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3kabcdefghij2",
        ),
        (Platform.MASTODON, "https://mastodon.example/@a/1", "https://mastodon.example/@a/1"),
    ],
)
def test_a_known_id_has_one_address(platform, native_id, url):
    assert canonical_post_url(platform, native_id) == url
    assert post_from_id(platform, native_id) == PostRef(platform, native_id, url)


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("native_id", ["", "../2/users", "1 2", "javascript:alert(1)", "1\n"])
def test_a_text_that_is_no_id_has_no_address(platform, native_id):
    with pytest.raises(Refusal) as refused:
        canonical_post_url(platform, native_id)

    assert refused.value.code == "INVALID_URL"


def test_the_time_inside_an_id_is_exact_to_the_millisecond():
    made_at = datetime(2026, 11, 23, 5, 6, 7, 890_000, tzinfo=UTC)
    milliseconds = (made_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    native_id = str((milliseconds - 1_288_834_974_657 << 22) + 4_194_303)

    assert snowflake_time(native_id) == made_at


@pytest.mark.parametrize("native_id", ["", "x", "-1", "1.0", "12345678901234567890", "\u0661"])
def test_only_ids_have_a_time(native_id):
    with pytest.raises(ValueError, match="Not an id"):
        snowflake_time(native_id)


def test_a_typed_address_must_lead_to_the_network_that_was_chosen():
    url = "https://x.com/dinas/status/20"

    assert post_from_url(url, platform=Platform.X) == parse_post_url(url)
    with pytest.raises(Refusal) as refused:
        post_from_url(url, platform=Platform.INSTAGRAM, field=("url",))

    assert (refused.value.code, refused.value.problems[0].field) == ("INVALID_URL", ("url",))


def test_a_refusal_repeats_nothing_of_the_address():
    with pytest.raises(Refusal) as refused:
        post_from_url("https://kantor:rahasia@x.com/dinas/status/20?token=rahasia")

    assert refused.value.code == "INVALID_URL"
    assert "rahasia" not in str(refused.value)


def test_a_repost_is_one_share_whatever_its_own_id():
    first = share_key(Platform.X, ShareKind.REPOST, post_id="1", actor_id="2", native_id=None)
    again = share_key(Platform.X, ShareKind.REPOST, post_id="1", actor_id="2", native_id="9")

    assert first == again == "X:REPOST:1:2"


def test_any_other_share_is_known_by_its_own_id():
    assert (
        share_key(Platform.X, ShareKind.QUOTE, post_id="1", actor_id="2", native_id="9")
        == "X:QUOTE:9"
    )
    with pytest.raises(ValueError, match="own"):
        share_key(Platform.X, ShareKind.QUOTE, post_id="1", actor_id="2", native_id=None)


def test_a_profile_needs_a_name():
    assert ProfileRef(Platform.X, handle="dinas").name == "dinas"
    with pytest.raises(ValueError, match="named"):
        ProfileRef(Platform.X)
