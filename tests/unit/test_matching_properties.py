"""Whatever people type, the parsers answer; whatever they accept has one form."""

from hypothesis import given
from hypothesis import strategies as st

from api.domain.handles import normalise_handle
from api.domain.matching import (
    NeedsRedirect,
    PostRef,
    Refused,
    canonical_post_url,
    parse_post_url,
)
from api.domain.matching.x import HOSTS
from api.domain.platform import Platform
from api.errors import Refusal

MASTODON_HOSTS = frozenset({"mastodon.example"})
ALL_HOSTS = [
    *sorted(HOSTS),
    "www.facebook.com",
    "www.instagram.com",
    "bsky.app",
    "t.co",
    "mastodon.example",
]
PIECES = st.sampled_from(
    [
        "/",
        "status",
        "i",
        "web",
        "@",
        ":",
        "?",
        "#",
        "p",
        "posts",
        "post",
        "profile",
        "20",
        "https://",
        "at://",
    ]
)
NEARLY_URLS = st.builds(
    lambda host, pieces: f"https://{host}/{''.join(pieces)}",
    st.sampled_from(ALL_HOSTS),
    st.lists(PIECES | st.text(max_size=4), max_size=8),
)
IDS = st.integers(min_value=1, max_value=10**19 - 1).map(str)


@given(st.text() | NEARLY_URLS)
def test_any_text_is_answered(text):
    parsed = parse_post_url(text, mastodon_hosts=MASTODON_HOSTS)

    assert isinstance(parsed, PostRef | NeedsRedirect | Refused)


@given(NEARLY_URLS)
def test_the_canonical_address_of_a_post_leads_back_to_it(url):
    post = parse_post_url(url, mastodon_hosts=MASTODON_HOSTS)

    if isinstance(post, PostRef) and post.platform not in (Platform.FACEBOOK, Platform.INSTAGRAM):
        again = parse_post_url(post.url, mastodon_hosts=MASTODON_HOSTS)
        assert isinstance(again, PostRef)
        assert (again.id, again.url) == (post.id, post.url)


@given(IDS, st.sampled_from(sorted(HOSTS)), st.text(alphabet="abcXYZ_019", min_size=1, max_size=15))
def test_every_id_survives_every_host_and_author(native_id, host, author):
    post = parse_post_url(f"https://{host}/{author}/status/{native_id}?s=20")

    assert isinstance(post, PostRef)
    assert (post.id, post.url) == (native_id, canonical_post_url(Platform.X, native_id))


@given(st.sampled_from(Platform), st.text())
def test_a_handle_is_refused_or_stable(platform, text):
    try:
        handle = normalise_handle(platform, text)
    except Refusal as refused:
        assert refused.code == "INVALID_HANDLE"  # noqa: PT017 (both outcomes are right)
    else:
        assert handle.isascii()
        assert normalise_handle(platform, handle) == handle
