"""What the JSON of X says: shares, profiles, figures, own posts, in both vocabularies."""

from datetime import UTC, datetime

import pytest

from api.domain.matching import PostRef, ProfileRef, post_from_id, snowflake_time
from api.domain.platform import Coverage, Platform, ShareKind
from workers.platforms.base import (
    AccountRef,
    ContractError,
    IssueCode,
    ItemIssue,
    MissingPermission,
    NotFound,
    Protected,
    Reference,
    ReferenceKind,
    Transient,
)
from workers.platforms.x.posts import metrics_page, own_posts_page, resolved_post
from workers.platforms.x.profiles import profiles_page
from workers.platforms.x.shares import shares_page

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PROBLEMS = "https://api.x.com/2/problems"
OLD_PROBLEMS = "https://api.twitter.com/2/problems"
CURSOR = "b26v89c19zqg8o3f"
POST = post_from_id(Platform.X, "1990000000000000001")
REPOST = {"id": "1990000000000000101", "author_id": "71", "created_at": "2026-11-23T07:00:00.000Z"}


def problem(kind, ref, *, host=PROBLEMS, parameter="ids"):
    return {
        "resource_id": ref,
        "value": ref,
        "parameter": parameter,
        "resource_type": "user",
        "title": "A problem",
        "detail": f"About {ref}.",
        "type": f"{host}/{kind}",
    }


def listing(rows, **meta):
    body = {"meta": {"result_count": len(rows), **meta}}
    return {"data": rows, **body} if rows else body


def reposts(body):
    return shares_page(body, ShareKind.REPOST, POST, NOW)


def figures(native_id, **metrics):
    return {"id": native_id, "public_metrics": metrics}


def test_a_repost_says_who_when_and_under_which_id():
    users = {"users": [{"id": "71", "username": "Sari_Dinas", "new_field": {}}]}

    page = reposts({**listing([REPOST]), "includes": users})

    (share,) = page.items
    assert share.key == "X:REPOST:1990000000000000001:71"
    assert (share.native_id, share.actor_id, share.actor) == (REPOST["id"], "71", "Sari_Dinas")
    assert share.occurred_at == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert share.observed_at == NOW
    assert share.url == f"https://x.com/i/web/status/{REPOST['id']}"
    assert (page.next, page.issues, page.coverage) == (None, (), Coverage.COMPLETE)


def test_a_quote_is_known_by_its_own_id():
    page = shares_page(listing([REPOST]), ShareKind.QUOTE, POST, NOW)

    assert page.items[0].key == "X:QUOTE:1990000000000000101"
    assert page.items[0].actor is None


@pytest.mark.parametrize(
    "created_at",
    [None, "yesterday", "2026-11-23T07:00:00", 7, "", "0001-01-01T00:00:00+23:59"],
)
def test_a_time_that_is_not_stated_is_read_from_the_id(created_at):
    row = {"id": REPOST["id"], "author_id": "71", "created_at": created_at}

    assert reposts(listing([row])).items[0].occurred_at == snowflake_time(REPOST["id"])


@pytest.mark.parametrize("rows", [[], [REPOST]])
def test_a_list_goes_on_while_there_is_a_continuation_however_short_its_page(rows):
    page = reposts(listing(rows, next_token=CURSOR))

    assert (len(page.items), page.next) == (len(rows), CURSOR)
    assert page.coverage is Coverage.UNKNOWN


def test_an_empty_list_without_a_continuation_is_complete():
    page = reposts({"meta": {"result_count": 0}})

    assert (page.items, page.next, page.coverage) == ((), None, Coverage.COMPLETE)


def test_a_share_that_is_listed_twice_on_a_page_is_one():
    moved = {**REPOST, "id": "1990000000000000102"}

    assert [share.native_id for share in reposts(listing([REPOST, REPOST, moved])).items] == [
        REPOST["id"]
    ]


@pytest.mark.parametrize("token", ["", 7, ["x"], {}, False])
def test_a_continuation_that_cannot_be_used_is_no_end_of_the_list(token):
    with pytest.raises(ContractError):
        reposts(listing([REPOST], next_token=token))


@pytest.mark.parametrize("body", [{}, [], None, "x", 1, {"data": []}, {"data": {}, "meta": {}}])
def test_a_list_of_another_shape_is_never_taken_for_an_empty_one(body):
    with pytest.raises(ContractError):
        reposts(body)


@pytest.mark.parametrize("row", [{"id": REPOST["id"]}, {"author_id": "71"}, "x", None, {"id": 7}])
def test_one_unreadable_item_is_an_issue_and_the_others_stay(row):
    page = reposts(listing([row, REPOST]))

    assert [share.actor_id for share in page.items] == ["71"]
    assert [issue.code for issue in page.issues] == [IssueCode.UNREADABLE]


def test_a_page_on_which_nobody_has_an_author_breaks_the_contract():
    with pytest.raises(ContractError):
        reposts(listing([{"id": "1"}, {"id": "2"}]))


def test_an_author_who_cannot_be_shown_is_an_issue_beside_the_items():
    errors = [problem("resource-not-found", "72", parameter="author_id")]

    page = reposts({**listing([REPOST]), "errors": errors})

    assert len(page.items) == 1
    assert page.issues == (ItemIssue("72", IssueCode.NOT_FOUND),)


@pytest.mark.parametrize("host", [PROBLEMS, OLD_PROBLEMS])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("resource-not-found", NotFound),
        ("disallowed-resource", Protected),
        ("resource-unavailable", Protected),
        ("not-authorized-for-resource", Protected),
        ("client-forbidden", MissingPermission),
        ("something-new", ContractError),
    ],
)
def test_a_post_that_cannot_be_listed_is_an_outcome_of_the_whole_list(host, kind, error):
    with pytest.raises(error):
        reposts({"errors": [problem(kind, POST.id, host=host, parameter="id")]})


def test_a_post_that_is_gone_is_no_empty_list_even_with_meta():
    errors = [problem("resource-not-found", POST.id, parameter="id")]

    with pytest.raises(NotFound):
        reposts({"errors": errors, "meta": {"result_count": 0}})


def test_followers_protection_and_description_are_read():
    row = {
        "id": "71",
        "username": "Sari_Dinas",
        "protected": False,
        "description": "gema-4711",
        "created_at": "2015-01-02T03:04:05.000Z",
        "public_metrics": {"followers_count": 500, "tweet_count": 9, "post_count": 9},
    }

    page = profiles_page({"data": [row]}, [ProfileRef(Platform.X, handle="sari_dinas")], NOW)

    (profile,) = page.items
    assert (profile.id, profile.handle, profile.audience_count) == ("71", "Sari_Dinas", 500)
    assert (profile.is_protected, profile.description) == (False, "gema-4711")
    assert profile.created_at == datetime(2015, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert "gema-4711" not in repr(profile)


def test_every_account_that_was_asked_for_is_answered_or_an_issue():
    refs = [ProfileRef(Platform.X, id=str(number)) for number in (1, 2, 3, 4)]
    body = {
        "data": [figures("1", followers_count=0), figures("99", followers_count=7)],
        "errors": [
            problem("resource-not-found", "2"),
            problem("disallowed-resource", "3", host=OLD_PROBLEMS),
        ],
    }

    page = profiles_page(body, refs, NOW)

    assert [(profile.id, profile.audience_count) for profile in page.items] == [("1", 0)]
    assert page.issues == (
        ItemIssue("2", IssueCode.NOT_FOUND),
        ItemIssue("3", IssueCode.PROTECTED),
        ItemIssue("4", IssueCode.NOT_ANSWERED),
    )


def test_an_issue_names_a_handle_as_it_was_asked():
    body = {"errors": [problem("resource-not-found", "SARI_dinas", parameter="usernames")]}

    page = profiles_page(body, [ProfileRef(Platform.X, handle="Sari_Dinas")], NOW)

    assert page.issues == (ItemIssue("Sari_Dinas", IssueCode.NOT_FOUND),)


def test_a_single_account_without_figures_is_unknown_and_not_zero():
    refs = [ProfileRef(Platform.X, id="1"), ProfileRef(Platform.X, id="2")]

    both = profiles_page({"data": [{"id": "1"}, figures("2", followers_count=3)]}, refs, NOW)
    alone = profiles_page({"data": [{"id": "1"}]}, refs[:1], NOW)

    assert [profile.audience_count for profile in both.items] == [None, 3]
    assert [profile.audience_count for profile in alone.items] == [None]


@pytest.mark.parametrize(
    "rows",
    [
        [{"id": "1"}, {"id": "2"}],
        [figures("1", fans_count=3)],
        [figures("1", followers_count="3"), figures("2", followers_count=-1)],
        [figures("1", followers_count=True), {"id": "2", "public_metrics": []}],
    ],
)
def test_a_page_on_which_nobody_has_the_asked_figure_breaks_the_contract(rows):
    with pytest.raises(ContractError):
        profiles_page({"data": rows}, [ProfileRef(Platform.X, id="1")], NOW)


def test_a_page_that_x_could_not_complete_is_asked_again_later():
    body = {"data": [{"id": "1"}, {"id": "2"}], "errors": [problem("field-hydration-failure", "1")]}

    with pytest.raises(Transient):
        profiles_page(body, [ProfileRef(Platform.X, id="1")], NOW)


@pytest.mark.parametrize("word", ["repost_count", "retweet_count"])
def test_both_vocabularies_say_the_same_figures(word):
    row = figures(
        POST.id, **{word: 12}, quote_count=3, reply_count=0, like_count=40, bookmark_count=1
    )

    (fact,) = metrics_page({"data": [row]}, [POST], NOW).items

    assert (fact.repost_count, fact.quote_count, fact.reply_count, fact.like_count) == (
        12,
        3,
        0,
        40,
    )
    assert (fact.save_count, fact.reach_count, fact.view_count) == (None, None, None)


def test_figures_of_deleted_and_silent_posts_are_issues():
    others = [post_from_id(Platform.X, native_id) for native_id in ("5", "6")]
    whole = figures(POST.id, repost_count=1, quote_count=1, reply_count=1, like_count=1)
    body = {"data": [whole], "errors": [problem("resource-not-found", "5")]}

    page = metrics_page(body, [POST, *others], NOW)

    assert [fact.post_id for fact in page.items] == [POST.id]
    assert page.issues == (
        ItemIssue("5", IssueCode.NOT_FOUND),
        ItemIssue("6", IssueCode.NOT_ANSWERED),
    )


@pytest.mark.parametrize("row", [{"id": None}, {"id": 7}, {"id": "x"}, {"name": "without an id"}])
def test_an_answer_without_an_id_is_nobodys(row):
    profiles = profiles_page({"data": [row]}, [ProfileRef(Platform.X, id="1")], NOW)
    metrics = metrics_page({"data": [row]}, [POST], NOW)

    assert profiles.issues == (ItemIssue("1", IssueCode.NOT_ANSWERED),)
    assert metrics.issues == (ItemIssue(POST.id, IssueCode.NOT_ANSWERED),)
    assert (profiles.items, metrics.items) == ((), ())


def test_one_asked_figure_that_no_post_has_breaks_the_contract():
    row = figures(POST.id, shares_count=12, quote_count=3, reply_count=0, like_count=40)

    with pytest.raises(ContractError):
        metrics_page({"data": [row]}, [POST], NOW)


def test_a_post_is_completed_with_its_author_and_time():
    body = {
        "data": [{**REPOST, "id": POST.id}],
        "includes": {"users": [{"id": "71", "username": "Sari_Dinas"}]},
    }

    assert resolved_post(body, POST) == PostRef(
        Platform.X,
        POST.id,
        POST.url,
        author="Sari_Dinas",
        author_id="71",
        posted_at=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"errors": [problem("resource-not-found", POST.id)]}, NotFound),
        ({"errors": [problem("not-authorized-for-resource", POST.id)]}, Protected),
        ({"data": [{**REPOST, "id": "9"}]}, ContractError),
        ({"data": [{"id": POST.id}]}, ContractError),
        ({}, ContractError),
    ],
)
def test_a_post_that_cannot_be_completed_is_an_error(body, error):
    with pytest.raises(error):
        resolved_post(body, POST)


@pytest.mark.parametrize("word", ["referenced_posts", "referenced_tweets"])
def test_own_posts_say_what_they_refer_and_link_to(word):
    references = [{"type": "retweeted", "id": "1"}, {"type": "quoted", "id": "2"}]
    urls = [{"url": "https://t.co/a", "expanded_url": "https://gov.example/a"}, {"url": "x"}]
    row = {"id": "9", "author_id": "71", word: references, "entities": {"urls": urls}}

    (post,) = own_posts_page(listing([row]), AccountRef(Platform.X, "71"), NOW).items

    assert post.references == (
        Reference(ReferenceKind.REPOSTED, "1"),
        Reference(ReferenceKind.QUOTED, "2"),
    )
    assert post.links == ("https://gov.example/a",)


def test_an_unknown_reference_is_an_issue_and_the_post_stays():
    references = [{"type": "remixed", "id": "1"}, {"type": "quoted", "id": "2"}]
    row = {"id": "9", "author_id": "71", "referenced_posts": references}

    page = own_posts_page(listing([row]), AccountRef(Platform.X, "71"), NOW)

    assert page.items[0].references == (Reference(ReferenceKind.QUOTED, "2"),)
    assert page.issues == (ItemIssue("9", IssueCode.UNKNOWN_VALUE),)


def test_a_post_of_somebody_else_is_not_taken_for_an_own_one():
    page = own_posts_page(listing([REPOST]), AccountRef(Platform.X, "72"), NOW)

    assert page.items == ()
    assert page.issues == (ItemIssue(REPOST["id"], IssueCode.UNREADABLE),)
