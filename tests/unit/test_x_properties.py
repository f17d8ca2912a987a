"""Whatever X answers, a reader gives a page or one of the known errors."""

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from api.domain.matching import ProfileRef, post_from_id
from api.domain.platform import Coverage, Platform, ShareKind
from workers.platforms.base import APP, AccountRef, Page, PlatformError
from workers.platforms.limiter import Bucket
from workers.platforms.redaction import LONGEST_LENGTH, redact
from workers.platforms.transport import Answer, Call
from workers.platforms.x.dialect import XDialect
from workers.platforms.x.posts import metrics_page, own_posts_page
from workers.platforms.x.profiles import profiles_page
from workers.platforms.x.shares import shares_page

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
POST = post_from_id(Platform.X, "20")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.datetimes().map(lambda at: f"{at.isoformat()}+23:59")
    | st.sampled_from(["20", "71", "9999999999999999999", "retweeted", "about:blank"])
)
KEYS = st.sampled_from(
    [
        "data",
        "errors",
        "meta",
        "includes",
        "users",
        "id",
        "author_id",
        "created_at",
        "username",
        "public_metrics",
        "followers_count",
        "repost_count",
        "referenced_posts",
        "entities",
        "urls",
        "type",
        "title",
        "next_token",
        "parameters",
        "code",
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
ROWS = st.lists(
    st.fixed_dictionaries({"id": SCALARS, "author_id": SCALARS, "public_metrics": JSON}), max_size=4
)
PAGES = st.fixed_dictionaries(
    {"data": ROWS, "meta": JSON}, optional={"errors": JSON, "includes": JSON}
)
READERS = st.sampled_from(
    [
        lambda body: shares_page(body, ShareKind.REPOST, POST, NOW),
        lambda body: shares_page(body, ShareKind.QUOTE, POST, NOW),
        lambda body: own_posts_page(body, AccountRef(Platform.X, "71"), NOW),
        lambda body: metrics_page(body, [POST], NOW),
        lambda body: profiles_page(body, [ProfileRef(Platform.X, handle="a")], NOW),
    ]
)


@given(READERS, JSON | PAGES)
def test_any_json_is_a_page_or_a_known_error(read, body):
    try:
        page = read(body)
    except PlatformError as error:
        assert str(error) or error.code  # noqa: PT017 (both outcomes are right)
    else:
        assert isinstance(page, Page)
        assert (page.next is None) == (page.coverage is Coverage.COMPLETE)


@given(PAGES)
def test_no_share_is_listed_twice_and_none_without_an_actor(body):
    try:
        page = shares_page(body, ShareKind.REPOST, POST, NOW)
    except PlatformError:
        return
    keys = [share.key for share in page.items]

    assert len(keys) == len(set(keys))
    assert all(share.actor_id.isdigit() for share in page.items)


@given(st.integers(min_value=200, max_value=599), JSON, st.dictionaries(KEYS, st.text(max_size=9)))
def test_any_answer_is_judged(status, body, headers):
    call = Call("users", "/2/users", Bucket(Platform.X, "users", "app", 300, 900), APP)

    try:
        XDialect().judge(Answer(status, headers, body), call, NOW)
    except PlatformError:
        return

    assert status == 200


@given(st.binary(max_size=200) | JSON.map(orjson.dumps))
def test_a_redacted_body_is_short(body):
    assert len(redact(body)) <= LONGEST_LENGTH


@given(st.text(alphabet="abcdefgh ", min_size=9, max_size=60))
def test_a_redacted_body_repeats_no_words_of_people(words):
    body = {"data": [{"username": words, "text": words, "entities": {"x": [words]}}]}

    assert words not in redact(orjson.dumps(body))
