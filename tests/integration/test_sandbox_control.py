"""The sandbox's own addresses: truth, clock, acts, troubles, files, reset."""

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
SHARE = {
    "actorId",
    "resharerIds",
    "actor",
    "kind",
    "id",
    "at",
    "isConsenting",
    "isKnowable",
    "isRemoved",
    "resharers",
}


class Desk:
    """Speaks to the control addresses and to X."""

    def __init__(self, client):
        self._client = client

    async def get(self, address, **parameters):
        return await self._client.get(address, params=parameters)

    async def ask(self, address, **parameters):
        return (await self.get(address, **parameters)).json()

    async def tell(self, address, **body):
        answer = await self._client.post(f"/_sandbox/{address}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def act(self, **order):
        return (await self.tell("act", **order))["results"][0]

    async def share(self, post_id, share_id):
        for post in (await self.ask("/_sandbox/truth"))["posts"]:
            if post["url"].endswith(f"/{post_id}"):
                return next((each for each in post["shares"] if each["id"] == share_id), None)
        raise AssertionError("no such post")


@pytest.fixture
async def desk():
    stage = Stage(SPEC, Clock.standing(EPOCH))
    transport = httpx2.ASGITransport(app=create_app(stage))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://sandbox", headers=HEADERS
    ) as client:
        desk = Desk(client)
        await desk.tell("faults", name="all", isOn=False)
        yield desk


@pytest.fixture
async def post_id(desk):
    return (await desk.ask("/_sandbox/truth"))["posts"][0]["url"].rsplit("/", 1)[-1]


async def listed(desk, post_id, path="quote_tweets"):
    body = await desk.ask(f"/x/2/tweets/{post_id}/{path}", max_results=100)
    return [post["id"] for post in body.get("data", [])]


async def test_the_truth_has_the_form_that_clients_rely_on(desk):
    truth = await desk.ask("/_sandbox/truth")

    assert truth.keys() == {"posts"}
    for post in truth["posts"]:
        assert post.keys() == {"platform", "url", "shares"}
        assert post["platform"] == "X"
        assert all(share.keys() == SHARE for share in post["shares"])
        assert {share["kind"] for share in post["shares"]} == {"REPOST", "QUOTE"}


async def test_what_lists_show_is_what_the_truth_calls_knowable(desk):
    for post in (await desk.ask("/_sandbox/truth"))["posts"]:
        native_id = post["url"].rsplit("/", 1)[-1]
        for kind, path in (("REPOST", "retweets"), ("QUOTE", "quote_tweets")):
            body = await desk.ask(f"/x/2/tweets/{native_id}/{path}", max_results=100)
            found = {each["id"] for each in body["data"]}
            while token := body["meta"].get("next_token"):
                body = await desk.ask(
                    f"/x/2/tweets/{native_id}/{path}", max_results=100, pagination_token=token
                )
                found |= {each["id"] for each in body["data"]}
            assert found == {
                share["id"]
                for share in post["shares"]
                if share["kind"] == kind and share["isKnowable"] and not share["isRemoved"]
            }


async def test_a_quote_and_its_reshare_are_in_the_lists_and_in_the_truth_at_once(desk, post_id):
    await desk.act(do="join", handle="Penggema")
    quote = await desk.act(do="quote", actor="warga_0001", post=post_id)
    for actor in ("Penggema", "warga_0001"):
        await desk.act(do="repost", actor=actor, post=quote["id"])

    share = await desk.share(post_id, quote["id"])
    assert share["actor"] == "warga_0001"
    assert share["isConsenting"] is False
    assert share["resharers"] == ["Penggema"]
    assert second_of(int(quote["id"])) == EPOCH == quote["at"]
    assert quote["id"] in await listed(desk, post_id)
    assert len(await listed(desk, quote["id"], "retweets")) == 2


async def test_a_repost_that_is_undone_and_redone_has_a_new_id(desk, post_id):
    order = {"actor": "warga_0002", "post": post_id}
    first = await desk.act(do="repost", **order)
    await desk.act(do="undo", **order)
    removed = await desk.share(post_id, first["id"])
    again = await desk.act(do="repost", **order)

    assert removed["isRemoved"] is True
    assert removed["isKnowable"] is True
    assert again["id"] != first["id"]
    assert await desk.share(post_id, first["id"]) is None
    assert (await desk.share(post_id, again["id"]))["isRemoved"] is False


async def test_a_deleted_quote_takes_its_reposts_out_of_timelines(desk, post_id):
    quote = await desk.act(do="quote", actor="warga_0001", post=post_id)
    repost = await desk.act(do="repost", actor="warga_0008", post=quote["id"])
    reader = (await desk.ask("/x/2/users/by", usernames="warga_0008"))["data"][0]["id"]

    async def written():
        body = await desk.ask(f"/x/2/users/{reader}/tweets", max_results=100)
        return {post["id"] for post in body.get("data", [])}

    assert repost["id"] in await written()
    await desk.act(do="delete", post=quote["id"])
    assert repost["id"] not in await written()


@pytest.mark.parametrize("verb", ["suspend", "protect"])
async def test_a_hidden_account_takes_its_shares_out_of_the_lists_until_it_returns(
    desk, post_id, verb
):
    quote = await desk.act(do="quote", actor="warga_0003", post=post_id)

    await desk.act(do=verb, actor="warga_0003")
    assert quote["id"] not in await listed(desk, post_id)
    assert (await desk.share(post_id, quote["id"]))["isKnowable"] is False
    await desk.act(do=verb, actor="warga_0003", isOn=False)
    assert quote["id"] in await listed(desk, post_id)


async def test_a_withdrawn_consent_shows_in_the_truth_only(desk):
    truth = await desk.ask("/_sandbox/truth")
    shares = [share for post in truth["posts"] for share in post["shares"]]
    actor = next(share["actor"] for share in shares if share["isConsenting"])

    await desk.act(do="withdraw", actor=actor)

    truth = await desk.ask("/_sandbox/truth")
    mine = [share for post in truth["posts"] for share in post["shares"] if share["actor"] == actor]
    assert {share["isConsenting"] for share in mine} == {False}


async def test_followers_names_and_descriptions_can_change_and_ids_stay(desk):
    followed = await desk.act(do="follow", actor="warga_0004", count=37)
    await desk.act(do="describe", actor="warga_0004", text="kode: gema-1")
    renamed = await desk.act(do="rename", actor="warga_0004", handle="NamaBaru")

    body = await desk.ask(
        "/x/2/users/by", usernames="namabaru", **{"user.fields": "public_metrics,description"}
    )
    assert renamed["id"] == followed["id"] == body["data"][0]["id"]
    assert body["data"][0]["description"] == "kode: gema-1"
    assert body["data"][0]["public_metrics"]["followers_count"] == followed["followersCount"]


async def test_several_acts_happen_in_order(desk, post_id):
    acts = [
        {"do": "repost", "actor": "warga_0005", "post": post_id},
        {"do": "undo", "actor": "warga_0005", "post": post_id},
    ]
    results = (await desk.tell("act", acts=acts))["results"]

    assert [each["do"] for each in results] == ["repost", "undo"]
    assert results[0]["id"] == results[1]["id"]


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("act", {"do": "vote", "actor": "warga_0001"}),
        ("act", {"do": "repost", "actor": "nobody", "post": "1"}),
        ("act", {"do": "undo", "actor": "warga_0001", "post": "1"}),
        ("act", {"acts": "none"}),
        ("clock", {"advanceSeconds": -1}),
        ("clock", {"advanceSeconds": "soon"}),
        ("faults", {"name": "flood"}),
        ("reset", {"people": 0}),
        ("reset", {"planet": "Mars"}),
        ("reset", {"epoch": "yesterday"}),
        ("reset", {"windowSeconds": 0}),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_with_a_reason(desk, address, body):
    answer = await desk._client.post(f"/_sandbox/{address}", json=body)  # noqa: SLF001

    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_the_clock_can_be_advanced_and_acts_carry_its_time(desk, post_id):
    before = await desk.ask("/_sandbox/clock")
    after = await desk.tell("clock", advanceSeconds=86_400)
    act = await desk.act(do="quote", actor="warga_0006", post=post_id)

    assert before["now"] == before["epoch"]
    assert after["epoch"] == before["epoch"]
    assert second_of(int(act["id"])) == EPOCH + 86_400


async def test_in_a_live_world_shares_appear_as_time_goes_by(desk):
    await desk.tell("reset", live=True)
    before = await desk.ask("/_sandbox/health")
    await desk.tell("clock", advanceSeconds=1_200)
    after = await desk.ask("/_sandbox/health")

    assert before["live"] is True
    assert after["posts"] >= before["posts"] + 40


async def test_a_reset_brings_the_same_world_back(desk, post_id):
    truth = await desk.ask("/_sandbox/truth")
    await desk.act(do="quote", actor="warga_0007", post=post_id)
    await desk.tell("clock", advanceSeconds=60)
    await desk.tell("reset")

    assert await desk.ask("/_sandbox/truth") == truth
    assert (await desk.ask("/_sandbox/clock"))["now"] == (await desk.ask("/_sandbox/clock"))[
        "epoch"
    ]
    assert (await desk.ask("/_sandbox/log"))["requestCount"] == 0


async def test_a_reset_can_change_the_world(desk):
    health = await desk.tell(
        "reset", seed=5, people=30, posts=2, windowSeconds=2.5, epoch="2026-01-05T07:00:00+07:00"
    )

    assert (health["seed"], health["people"], health["programPosts"]) == (5, 30, 2)
    assert health["windowSeconds"] == 2.5
    assert health["epoch"] == "2026-01-05T00:00:00Z"


async def test_files_are_served_as_they_are_written(desk):
    names = (await desk.ask("/_sandbox/seed"))["files"]

    assert names == [
        "agencies.csv", "asns.csv", "assignments.csv", "accounts.csv", "observations.csv",
        "consents.csv", "programs.json",
    ]  # fmt: skip
    for name in names:
        assert (await desk.get(f"/_sandbox/seed/{name}")).status_code == 200
    assert (await desk.get("/_sandbox/seed/secrets.csv")).status_code == 404


async def test_a_server_error_strikes_as_often_as_told(desk, post_id):
    await desk.tell("faults", name="server_error", count=2, status=500, path="*/quote_tweets")
    address = f"/x/2/tweets/{post_id}/quote_tweets"

    assert (await desk.get(f"/x/2/tweets/{post_id}")).status_code == 200
    assert [(await desk.get(address)).status_code for _ in range(3)] == [500, 500, 200]


async def test_garbage_is_not_json(desk, post_id):
    await desk.tell("faults", name="garbage")
    answer = await desk.get(f"/x/2/tweets/{post_id}")

    assert answer.status_code == 502
    assert answer.headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    ("form", "status", "kind"), [("", 429, "usage-capped"), ("credits", 402, "credits")]
)
async def test_usage_can_be_capped_or_credits_used_up(desk, post_id, form, status, kind):
    await desk.tell("faults", name="usage_capped", form=form)
    answer = await desk.get(f"/x/2/tweets/{post_id}")

    assert answer.status_code == status
    assert answer.json()["type"].endswith(f"/2/problems/{kind}")
    assert (await desk.ask("/_sandbox/meter"))["totalMicroUsd"] == 0


async def test_a_rate_limit_can_be_forced_with_its_own_reset(desk, post_id):
    await desk.tell("faults", name="rate_limit", count=1, seconds=30)
    first = await desk.get(f"/x/2/tweets/{post_id}")
    second = await desk.get(f"/x/2/tweets/{post_id}")

    assert [first.status_code, second.status_code] == [429, 429]
    assert first.headers["x-rate-limit-remaining"] == "0"
    assert first.headers["x-rate-limit-reset"] == str(EPOCH + 30)
    assert (await desk.ask("/_sandbox/log"))["earlyCount"] == 1


async def test_a_list_can_be_capped_at_the_newest(desk, post_id):
    everything = await listed(desk, post_id)
    await desk.tell("faults", name="newest_cap", limit=3)

    assert await listed(desk, post_id) == everything[:3]


async def test_metrics_can_be_missing_and_fields_can_be_new(desk, post_id):
    await desk.tell("faults", name="missing_metrics")
    await desk.tell("faults", name="extra_fields")
    body = await desk.ask(f"/x/2/tweets/{post_id}", **{"post.fields": "public_metrics"})

    assert "public_metrics" not in body["data"]
    assert "field_of_tomorrow" in body["data"]


async def test_a_counter_or_a_list_can_be_late(desk, post_id):
    async def repost_count():
        body = await desk.ask(f"/x/2/tweets/{post_id}", **{"post.fields": "public_metrics"})
        return body["data"]["public_metrics"]["repost_count"]

    before = await repost_count()
    repost = await desk.act(do="repost", actor="warga_0009", post=post_id)
    await desk.tell("faults", name="late_list", seconds=60)
    assert repost["id"] not in await listed(desk, post_id, "retweets")
    assert await repost_count() == before + 1
    await desk.tell("faults", name="late_list", isOn=False)
    await desk.tell("faults", name="late_counter", seconds=60)
    assert repost["id"] in await listed(desk, post_id, "retweets")
    assert await repost_count() == before


async def test_old_words_can_be_the_default(desk):
    await desk.tell("faults", name="old_words")
    body = await desk.ask(
        "/x/2/users/by", usernames="KemkesContoh", **{"user.fields": "public_metrics"}
    )

    assert "tweet_count" in body["data"][0]["public_metrics"]
