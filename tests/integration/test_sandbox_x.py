"""The sandbox's X over HTTP: words, pages, errors, limits and prices."""

from datetime import datetime

import httpx2
import pytest

from workers.sandbox.app import create_app
from workers.sandbox.clock import Clock
from workers.sandbox.snowflake import second_of
from workers.sandbox.stage import Stage
from workers.sandbox.world import WorldSpec

EPOCH = 1_795_000_000 // 3_600 * 3_600
SPEC = WorldSpec(epoch=EPOCH, person_count=60, post_count=4, citizen_count=400, stranger_count=250)
HEADERS = {"authorization": "Bearer sandbox-app-token"}
NEW_METRICS = {
    "repost_count", "reply_count", "like_count", "quote_count", "bookmark_count",
    "impression_count",
}  # fmt: skip


@pytest.fixture
def stage():
    return Stage(SPEC, Clock.standing(EPOCH))


@pytest.fixture
async def x(stage):
    transport = httpx2.ASGITransport(app=create_app(stage))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://sandbox", headers=HEADERS
    ) as client:
        yield client


@pytest.fixture
def network(stage):
    return stage.world.x


@pytest.fixture
def post_id(network):
    """The program post that was shared most."""
    return max(
        network.program_post_ids, key=lambda each: len(network.passed_on(each, "REPOST").shown)
    )


async def pages(x, path, **parameters):
    found, token = [], None
    while True:
        more = {"pagination_token": token} if token else {}
        answer = await x.get(path, params={**parameters, **more})
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        token = found[-1]["meta"].get("next_token")
        if token is None:
            return found


async def quiet(x):
    await x.post("/_sandbox/faults", json={"name": "all", "isOn": False})


def problem_of(body):
    return body["errors"][0]["type"].rsplit("/", 1)[-1]


async def test_reposts_have_their_own_id_time_author_and_reference(x, network, post_id):
    body = (
        await x.get(
            f"/x/2/tweets/{post_id}/retweets",
            params={
                "expansions": "author_id,referenced_posts",
                "post.fields": "created_at,public_metrics",
                "user.fields": "public_metrics,protected,created_at,description",
            },
        )
    ).json()

    users = {user["id"]: user for user in body["includes"]["users"]}
    for post in body["data"]:
        assert post["referenced_posts"] == [{"type": "retweeted", "id": str(post_id)}]
        assert post["author_id"] in users
        assert datetime.fromisoformat(post["created_at"]).timestamp() == second_of(int(post["id"]))
        assert post["public_metrics"].keys() == NEW_METRICS
        assert post["edit_history_post_ids"] == [post["id"]]
    assert [post["id"] for post in body["includes"]["posts"]] == [str(post_id)]
    assert body["meta"]["result_count"] == len(body["data"])


async def test_a_sweep_of_every_list_finds_everybody_who_can_be_seen(x, network, post_id):
    for kind, path in (("REPOST", "retweets"), ("QUOTE", "quote_tweets")):
        found = await pages(x, f"/x/2/tweets/{post_id}/{path}", max_results=20)

        ids = {post["id"] for body in found for post in body.get("data", [])}
        assert ids == {str(post.id) for post in network.passed_on(post_id, kind).shown}
    found = await pages(x, f"/x/2/tweets/{post_id}/retweeted_by", max_results=20)
    users = {user["id"] for body in found for user in body.get("data", [])}
    assert users == {str(post.author_id) for post in network.passed_on(post_id, "REPOST").shown}


async def test_pages_are_short_and_sometimes_empty_by_default(x, post_id):
    found = await pages(x, f"/x/2/tweets/{post_id}/retweets", max_results=5)

    sizes = [body["meta"]["result_count"] for body in found]
    assert 0 in sizes
    assert {1, 2, 3, 4} & set(sizes[:-2])
    assert sum(sizes) > len({post["id"] for body in found for post in body.get("data", [])})


async def test_a_page_without_posts_has_no_data(x, network):
    await quiet(x)
    lonely = next(
        post for post in network.posts.values()
        if post.kind == "QUOTE" and network.is_visible(post)
        and not network.passed_on(post.id, "REPOST").shown
    )  # fmt: skip

    assert (await x.get(f"/x/2/tweets/{lonely.id}/retweets")).json() == {
        "meta": {"result_count": 0}
    }


NEW = {
    "fields": "post.fields",
    "expansion": "referenced_posts",
    "post": {"repost_count"},
    "user": {"post_count"},
    "keys": {"referenced_posts", "edit_history_post_ids"},
    "included": "posts",
}
OLD = {
    "fields": "tweet.fields",
    "expansion": "referenced_tweets.id",
    "post": {"retweet_count"},
    "user": {"tweet_count"},
    "keys": {"referenced_tweets", "edit_history_tweet_ids"},
    "included": "tweets",
}


@pytest.mark.parametrize(("words", "others"), [(NEW, OLD), (OLD, NEW)])
async def test_the_word_of_the_parameter_picks_the_vocabulary(x, post_id, words, others):
    body = (
        await x.get(
            f"/x/2/tweets/{post_id}/quote_tweets",
            params={
                words["fields"]: "public_metrics",
                "expansions": f"author_id,{words['expansion']}",
                "user.fields": "public_metrics",
            },
        )
    ).json()

    assert body["includes"].keys() == {"users", words["included"]}
    assert body["data"]
    for post in body["data"]:
        assert words["post"] <= post["public_metrics"].keys()
        assert not others["post"] & post["public_metrics"].keys()
        assert words["keys"] <= post.keys()
        assert not others["keys"] & post.keys()
    for user in body["includes"]["users"]:
        assert words["user"] <= user["public_metrics"].keys()
        assert not others["user"] & user["public_metrics"].keys()


@pytest.mark.parametrize(
    ("path", "sizes"),
    [
        ("tweets/{post}/retweets", (1, 100)),
        ("tweets/{post}/retweeted_by", (1, 100)),
        ("tweets/{post}/quote_tweets", (10, 100)),
        ("users/{user}/tweets", (5, 100)),
    ],
)
async def test_a_page_size_out_of_range_is_a_bad_request(x, network, post_id, path, sizes):
    address = "/x/2/" + path.format(post=post_id, user=network.posts[post_id].author_id)
    low, high = sizes

    for size in (low, high):
        assert (await x.get(address, params={"max_results": size})).status_code == 200
    for size in (low - 1, high + 1, "many"):
        answer = await x.get(address, params={"max_results": size})
        assert answer.status_code == 400
        assert answer.json().keys() == {"errors", "title", "detail", "type"}
        assert answer.json()["errors"][0]["parameters"] == {"max_results": [str(size)]}


@pytest.mark.parametrize(
    "parameters",
    [
        {"ids": ""},
        {"ids": ",".join(["1"] * 101)},
        {"ids": "1,abc"},
        {"ids": "1", "post.fields": "secrets"},
        {"ids": "1", "expansions": "everything"},
        {"ids": "1", "colour": "red"},
    ],
)
async def test_other_parameters_that_x_does_not_know_are_bad_requests(x, parameters):
    assert (await x.get("/x/2/tweets", params=parameters)).status_code == 400


async def test_a_token_of_another_list_is_a_bad_request(x, post_id):
    await quiet(x)
    body = (await x.get(f"/x/2/tweets/{post_id}/retweets", params={"max_results": 5})).json()
    token = body["meta"]["next_token"]

    answer = await x.get(f"/x/2/tweets/{post_id}/quote_tweets", params={"pagination_token": token})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameters"] == {"pagination_token": [token]}


async def test_users_are_found_by_id_and_by_name_in_any_case(x, network):
    account = next(iter(network.accounts.values()))
    by_id = await x.get("/x/2/users", params={"ids": account.id, "user.fields": "public_metrics"})
    by_name = await x.get("/x/2/users/by", params={"usernames": account.handle.upper()})

    assert by_id.json()["data"][0]["public_metrics"]["followers_count"] == account.followers_count
    assert by_name.json()["data"][0]["id"] == str(account.id)


async def test_a_look_up_answers_with_data_and_errors_together(x, network):
    public = next(each for each in network.accounts.values() if each.is_public)
    suspended = next(each for each in network.accounts.values() if each.is_suspended)

    body = (await x.get("/x/2/users", params={"ids": f"{public.id},{suspended.id},42"})).json()

    assert [user["id"] for user in body["data"]] == [str(public.id)]
    errors = {error["resource_id"]: error for error in body["errors"]}
    assert errors.keys() == {str(suspended.id), "42"}
    assert errors["42"].keys() == {
        "resource_id", "resource_type", "parameter", "value", "type", "title", "detail",
    }  # fmt: skip
    assert "suspended" in errors[str(suspended.id)]["detail"]


async def test_a_protected_account_shows_itself_but_not_its_posts(x, network):
    account = next(
        each for each in network.accounts.values()
        if each.is_protected and network.written_by(each.id).kept_back
    )  # fmt: skip
    post = network.written_by(account.id).kept_back[0]

    user = await x.get("/x/2/users", params={"ids": account.id, "user.fields": "protected"})
    assert user.json()["data"][0]["protected"] is True
    for address in (f"/x/2/tweets/{post.id}", f"/x/2/users/{account.id}/tweets"):
        body = (await x.get(address)).json()
        assert "data" not in body
        assert problem_of(body) == "not-authorized-for-resource"


async def test_a_deleted_post_is_in_no_list_and_not_found(x, post_id):
    await quiet(x)
    listed = (await x.get(f"/x/2/tweets/{post_id}/quote_tweets")).json()
    gone = listed["data"][0]["id"]

    await x.post("/_sandbox/act", json={"do": "delete", "post": gone})

    again = (await x.get(f"/x/2/tweets/{post_id}/quote_tweets")).json()
    assert gone not in {post["id"] for post in again["data"]}
    assert problem_of((await x.get(f"/x/2/tweets/{gone}")).json()) == "resource-not-found"
    assert problem_of((await x.get(f"/x/2/tweets/{gone}/retweets")).json()) == "resource-not-found"


async def test_with_partial_errors_a_list_names_what_it_does_not_show(x, network, post_id):
    await quiet(x)
    await x.post("/_sandbox/faults", json={"name": "partial_errors"})
    hidden = {
        str(post.id)
        for kind in ("REPOST", "QUOTE")
        for post in network.passed_on(post_id, kind).kept_back
    }
    assert hidden

    named = set()
    for path in ("retweets", "quote_tweets"):
        for body in await pages(x, f"/x/2/tweets/{post_id}/{path}", max_results=100):
            named |= {error["resource_id"] for error in body.get("errors", [])}
            assert body["data"]
    assert named == hidden


@pytest.mark.parametrize(
    ("word", "host"), [("post.fields", "api.x.com"), ("tweet.fields", "api.twitter.com")]
)
async def test_problem_types_are_at_the_host_that_goes_with_the_words(x, word, host):
    item = (await x.get("/x/2/tweets", params={"ids": "42", word: "lang"})).json()
    whole = (await x.get("/x/2/tweets", params={"ids": "none", word: "lang"})).json()

    assert item["errors"][0]["type"] == f"https://{host}/2/problems/resource-not-found"
    assert whole["type"] == f"https://{host}/2/problems/invalid-request"


async def test_a_timeline_can_be_narrowed(x, network, post_id):
    await quiet(x)
    author = next(
        post.author_id for post in network.passed_on(post_id, "REPOST").shown
        if len(network.written_by(post.author_id).shown) > 2
    )  # fmt: skip
    address = f"/x/2/users/{author}/tweets"
    everything = [post["id"] for post in (await x.get(address)).json()["data"]]
    middle = everything[1]

    since = (await x.get(address, params={"since_id": middle})).json()
    until = (await x.get(address, params={"until_id": middle})).json()
    originals = (await x.get(address, params={"exclude": "retweets"})).json()
    late = (await x.get(address, params={"start_time": "2030-01-01T00:00:00Z"})).json()

    assert everything == sorted(everything, key=int, reverse=True)
    assert [post["id"] for post in since["data"]] == everything[:1]
    assert [post["id"] for post in until["data"]] == everything[2:]
    assert all(not post["text"].startswith("RT @") for post in originals.get("data", []))
    assert late["meta"] == {"result_count": 0}
    assert since["meta"]["newest_id"] == since["meta"]["oldest_id"] == everything[0]


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic sandbox-app-token"])
async def test_without_the_token_nothing_is_answered(x, header):
    answer = await x.get("/x/2/users", params={"ids": "1"}, headers={"authorization": header})

    assert answer.status_code == 401
    assert answer.json()["type"] == "about:blank"
    assert answer.headers["x-rate-limit-limit"] == "300"


@pytest.mark.parametrize(
    ("path", "app_limit", "user_limit"),
    [
        ("users?ids=1", 300, 900),
        ("users/by?usernames=a", 300, 900),
        ("tweets?ids=1", 3_500, 5_000),
        ("tweets/1", 450, 900),
        ("tweets/1/retweets", 75, 75),
        ("tweets/1/retweeted_by", 75, 75),
        ("tweets/1/quote_tweets", 75, 75),
        ("users/1/tweets", 10_000, 900),
    ],
)
async def test_every_answer_states_the_limit_of_its_endpoint_and_token(
    x, path, app_limit, user_limit
):
    app = (await x.get(f"/x/2/{path}")).headers
    user = (await x.get(f"/x/2/{path}", headers={"authorization": "Bearer sandbox-user-a"})).headers

    assert app["x-rate-limit-limit"] == str(app_limit)
    assert app["x-rate-limit-remaining"] == str(app_limit - 1)
    assert app["x-rate-limit-reset"] == str(EPOCH + 900)
    assert user["x-rate-limit-limit"] == str(user_limit)


async def test_the_seventy_sixth_request_is_refused_in_either_form_and_noted_when_early(x, post_id):
    address = f"/x/2/tweets/{post_id}/retweets"
    answers = [await x.get(address) for _ in range(78)]

    assert [answer.status_code for answer in answers] == [200] * 75 + [429] * 3
    bodies = [answer.json() for answer in answers[75:]]
    assert {"title" in body for body in bodies} == {True, False}
    assert any(body.get("errors", [{}])[0].get("code") == 88 for body in bodies)
    log = (await x.get("/_sandbox/log")).json()
    assert log["earlyCount"] == 2
    assert log["statuses"] == {"200": 75, "429": 3}
    assert log["paths"] == {address: 78}


async def test_the_meter_charges_what_was_answered_once(x, post_id):
    await quiet(x)
    address = f"/x/2/tweets/{post_id}/retweets"
    body = (await x.get(address, params={"expansions": "author_id"})).json()
    await x.get(address, params={"expansions": "author_id"})
    await x.get("/x/2/users", params={"ids": body["includes"]["users"][0]["id"]})

    meter = (await x.get("/_sandbox/meter")).json()
    assert meter["postReadCount"] == len(body["data"])
    assert meter["userReadCount"] == len(body["includes"]["users"])
    assert meter["totalMicroUsd"] == 5_000 * len(body["data"]) + 10_000 * len(
        body["includes"]["users"]
    )


async def test_the_counter_of_a_post_counts_also_what_no_list_shows(x, network, post_id):
    body = (await x.get(f"/x/2/tweets/{post_id}", params={"post.fields": "public_metrics"})).json()
    listing = network.passed_on(post_id, "REPOST")
    protected = [
        post for post in listing.kept_back if not network.accounts[post.author_id].is_suspended
    ]

    assert protected
    assert body["data"]["public_metrics"]["repost_count"] == len(listing.shown) + len(protected)


async def test_a_plain_repost_mirrors_the_counter_of_its_original(x, network, post_id):
    repost = network.passed_on(post_id, "REPOST").shown[0]
    answers = [
        (await x.get(f"/x/2/tweets/{each}", params={"post.fields": "public_metrics"})).json()
        for each in (repost.id, post_id)
    ]
    of_repost, of_original = (answer["data"]["public_metrics"] for answer in answers)

    assert of_repost["repost_count"] == of_original["repost_count"]
    assert of_repost["impression_count"] == 0 < of_original["impression_count"]


async def test_an_unknown_address_is_not_found(x):
    answer = await x.get("/x/2/tweets/1/likes_of_nobody")

    assert answer.status_code == 404
    assert answer.headers["x-rate-limit-limit"]
