"""The sandbox's Bluesky over HTTP: silent omissions, stubborn lists, errors, limits."""

import httpx2
import pytest

from workers.sandbox.app import create_app
from workers.sandbox.clock import Clock
from workers.sandbox.naming.bluesky import at_uri, did
from workers.sandbox.stage import Stage
from workers.sandbox.world import WorldSpec

EPOCH = 1_795_000_000 // 3_600 * 3_600
SPEC = WorldSpec(
    epoch=EPOCH,
    person_count=60,
    post_count=4,
    citizen_count=300,
    stranger_count=200,
    networks=("x", "bluesky"),
)
BAD_FORMS = [
    ("app.bsky.feed.getRepostedBy", {"uri": "https://bsky.app/x"}),
    ("app.bsky.feed.getRepostedBy", {}),
    ("app.bsky.feed.getQuotes", {"uri": "at://a/app.bsky.feed.post/3aaaaaaaaaaaa", "limit": 101}),
    ("app.bsky.feed.getPosts", {"uris": ["at://a/app.bsky.feed.post/3aaaaaaaaaaaa"] * 26}),
    ("app.bsky.actor.getProfiles", {"actors": ["a.contoh.id"] * 26}),
]


class Bluesky:
    """Asks methods, and lets things happen."""

    def __init__(self, client):
        self.client = client

    async def answer(self, method, **parameters):
        return await self.client.get(f"/bluesky/xrpc/{method}", params=parameters)

    async def ask(self, method, **parameters):
        answer = await self.answer(method, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tell(self, address, **body):
        answer = await self.client.post(f"/_sandbox/{address}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def act(self, **order):
        return (await self.tell("act", platform="BLUESKY", **order))["results"][0]

    async def truth(self):
        posts = (await self.client.get("/_sandbox/truth")).json()["posts"]
        return [post for post in posts if post["platform"] == "BLUESKY"]

    async def everything(self, method, member, **parameters):
        found, cursor = [], {}
        while True:
            body = await self.ask(method, **parameters, **cursor)
            found += body[member]
            if "cursor" not in body:
                return found
            cursor = {"cursor": body["cursor"]}


@pytest.fixture
def stage():
    return Stage(SPEC, Clock.standing(EPOCH))


@pytest.fixture
def network(stage):
    return stage.world.network("BLUESKY")


@pytest.fixture
def post(network):
    return network.posts[network.program_post_ids[0]]


@pytest.fixture
async def bluesky(stage):
    transport = httpx2.ASGITransport(app=create_app(stage))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield Bluesky(client)


async def reposters(bluesky, uri):
    found = await bluesky.everything("app.bsky.feed.getRepostedBy", "repostedBy", uri=uri)
    return [each["handle"] for each in found]


async def test_lists_show_what_the_truth_calls_knowable(bluesky):
    for post in await bluesky.truth():
        uri = f"at://{post['url'].split('/')[4]}/app.bsky.feed.post/{post['url'].split('/')[6]}"
        quotes = await bluesky.everything("app.bsky.feed.getQuotes", "posts", uri=uri, limit=10)
        standing = [each for each in post["shares"] if each["isKnowable"] and not each["isRemoved"]]

        assert {each["uri"] for each in quotes} == {
            each["id"] for each in standing if each["kind"] == "QUOTE"
        }
        assert set(await reposters(bluesky, uri)) == {
            each["actor"] for each in standing if each["kind"] == "REPOST"
        }


async def test_reposters_come_without_time_id_or_count(bluesky, post):
    body = await bluesky.ask("app.bsky.feed.getRepostedBy", uri=at_uri(post), limit=1)

    assert body["uri"] == at_uri(post)
    assert body["repostedBy"][0].keys() == {"did", "handle", "displayName", "labels", "createdAt"}


async def test_a_second_repost_replaces_the_record_and_the_list_shows_the_account_once(
    bluesky, post
):
    await bluesky.tell("faults", name="all", isOn=False)
    person = await bluesky.act(do="join", handle="penggema.contoh.id")
    first = await bluesky.act(do="repost", actor="penggema.contoh.id", post=at_uri(post))
    second = await bluesky.act(do="repost", actor="penggema.contoh.id", post=at_uri(post))
    records = await bluesky.ask(
        "com.atproto.repo.listRecords", repo=person["id"], collection="app.bsky.feed.repost"
    )

    assert first["id"] != second["id"]
    assert [each["uri"] for each in records["records"]] == [second["id"]]
    assert records["records"][0]["value"]["subject"]["uri"] == at_uri(post)
    assert (await reposters(bluesky, at_uri(post))).count("penggema.contoh.id") == 1


async def test_a_deactivated_account_leaves_the_list_but_not_the_counter(bluesky, network, post):
    async def counted():
        return (await bluesky.ask("app.bsky.feed.getPosts", uris=at_uri(post)))["posts"][0][
            "repostCount"
        ]

    await bluesky.tell("faults", name="all", isOn=False)
    actor = (await reposters(bluesky, at_uri(post)))[0]
    before = await counted()
    await bluesky.act(do="protect", actor=actor)

    account = network.by_handle(actor)
    status = await bluesky.ask("com.atproto.sync.getRepoStatus", did=did(account.id))
    profile = await bluesky.answer("app.bsky.actor.getProfile", actor=actor)
    assert actor not in await reposters(bluesky, at_uri(post))
    assert await counted() == before
    assert (status["active"], status["status"]) == (False, "deactivated")
    assert (profile.status_code, profile.json()["error"]) == (400, "AccountDeactivated")


async def test_a_taken_down_account_is_named_as_such(bluesky, network):
    account = next(each for each in network.accounts.values() if each.is_suspended)
    answer = await bluesky.answer("app.bsky.actor.getProfile", actor=did(account.id))

    assert (answer.status_code, answer.json()["error"]) == (400, "AccountTakedown")


async def test_a_deleted_post_still_lists_its_reposters_and_is_gone_from_posts(bluesky, post):
    await bluesky.tell("faults", name="all", isOn=False)
    before = await reposters(bluesky, at_uri(post))
    await bluesky.act(do="delete", post=at_uri(post))

    assert await reposters(bluesky, at_uri(post)) == before != []
    assert (await bluesky.ask("app.bsky.feed.getPosts", uris=at_uri(post)))["posts"] == []


async def test_an_unknown_post_has_an_empty_list(bluesky):
    uri = f"at://did:plc:{'a' * 24}/app.bsky.feed.post/3laaaaaaaaaaa"
    body = await bluesky.ask("app.bsky.feed.getRepostedBy", uri=uri)

    assert body == {"uri": uri, "repostedBy": []}


async def test_unknown_people_are_left_out_of_a_list_and_refused_alone(bluesky, network):
    known = next(each for each in network.accounts.values() if each.is_public)
    actors = [did(known.id), "tiada.contoh.id"]
    body = await bluesky.ask("app.bsky.actor.getProfiles", actors=actors)
    alone = await bluesky.answer("app.bsky.actor.getProfile", actor="tiada.contoh.id")

    assert [each["did"] for each in body["profiles"]] == [did(known.id)]
    assert body["profiles"][0]["followersCount"] == known.followers_count
    assert alone.json() == {"error": "InvalidRequest", "message": "Profile not found"}


@pytest.mark.parametrize(("method", "parameters"), BAD_FORMS)
async def test_what_has_a_bad_form_is_an_invalid_request(bluesky, method, parameters):
    answer = await bluesky.answer(method, **parameters)

    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidRequest")


async def test_a_bad_cursor_breaks_the_server_and_an_unknown_method_is_not_implemented(
    bluesky, post
):
    broken = await bluesky.answer("app.bsky.feed.getRepostedBy", uri=at_uri(post), cursor="xx")
    unknown = await bluesky.answer("app.bsky.feed.getEverything")

    assert (broken.status_code, broken.json()["error"]) == (500, "InternalServerError")
    assert (unknown.status_code, unknown.json()["error"]) == (501, "MethodNotImplemented")


async def test_new_records_are_indexed_late_but_are_in_the_repository_at_once(bluesky, post):
    await bluesky.tell("faults", name="all", isOn=False)
    await bluesky.tell("faults", name="index_delay")
    for number in range(12):
        await bluesky.act(do="join", handle=f"baru{number}.contoh.id")
        await bluesky.act(do="repost", actor=f"baru{number}.contoh.id", post=at_uri(post))

    at_once = await reposters(bluesky, at_uri(post))
    records = await bluesky.ask(
        "com.atproto.repo.listRecords", repo="baru3.contoh.id", collection="app.bsky.feed.repost"
    )
    await bluesky.tell("clock", advanceSeconds=2)
    later = await reposters(bluesky, at_uri(post))
    assert len(records["records"]) == 1
    assert 0 < len(later) - len(at_once) <= 12
    assert sum(name.startswith("baru") for name in later) == 12


async def test_a_clients_clock_may_be_ahead_of_the_index(bluesky, network, post):
    await bluesky.tell("faults", name="client_clock")
    quotes = await bluesky.everything("app.bsky.feed.getQuotes", "posts", uri=at_uri(post))
    times = [(each["record"]["createdAt"], each["indexedAt"]) for each in quotes]

    assert any(stated > indexed for stated, indexed in times)
    assert any(stated == indexed for stated, indexed in times)


async def test_an_authors_feed_tells_reposts_with_their_reason_and_quotes_with_their_embed(
    bluesky, post
):
    await bluesky.tell("faults", name="all", isOn=False)
    await bluesky.act(do="join", handle="penggema.contoh.id")
    quote = await bluesky.act(
        do="quote",
        actor="penggema.contoh.id",
        post=at_uri(post),
        text="Baca https://contoh.go.id/ini",
    )
    repost = await bluesky.act(do="repost", actor="penggema.contoh.id", post=at_uri(post))
    feed = (await bluesky.ask("app.bsky.feed.getAuthorFeed", actor="penggema.contoh.id"))["feed"]

    reposted, quoted = feed
    assert reposted["post"]["uri"] == at_uri(post)
    assert reposted["reason"]["$type"].endswith("reasonRepost")
    assert reposted["reason"]["uri"] == repost["id"]
    assert quoted["post"]["uri"] == quote["id"]
    assert quoted["post"]["record"]["embed"]["record"]["uri"] == at_uri(post)
    link = quoted["post"]["record"]["facets"][0]
    assert link["features"][0]["uri"] == "https://contoh.go.id/ini"


async def test_a_full_window_is_refused_with_all_headers(bluesky, post):
    await bluesky.tell("faults", name="rate_limit", path="/bluesky/*", count=1, seconds=30)
    refused = await bluesky.answer("app.bsky.feed.getRepostedBy", uri=at_uri(post))
    again = await bluesky.answer("app.bsky.actor.getProfile", actor="x.contoh.id")

    assert (refused.status_code, refused.json()["error"]) == (429, "RateLimitExceeded")
    assert refused.headers["ratelimit-reset"] == str(EPOCH + 30)
    assert refused.headers["ratelimit-policy"] == "3000;w=300"
    assert (refused.headers["ratelimit-remaining"], refused.headers["retry-after"]) == ("0", "30")
    assert again.status_code == 429


@pytest.mark.parametrize(("fault", "status"), [("garbage", 502), ("server_error", 503)])
async def test_troubles_strike_only_their_path(bluesky, post, fault, status):
    await bluesky.tell("faults", name=fault, path="/bluesky/*getQuotes")
    struck = await bluesky.answer("app.bsky.feed.getQuotes", uri=at_uri(post))
    spared = await bluesky.answer("app.bsky.feed.getRepostedBy", uri=at_uri(post))

    assert (struck.status_code, spared.status_code) == (status, 200)


async def test_a_cut_body_is_cut(bluesky, post):
    await bluesky.tell("faults", name="cut_body")
    answer = await bluesky.answer("app.bsky.feed.getRepostedBy", uri=at_uri(post))

    assert len(answer.content) < int(answer.headers["content-length"])


async def test_a_world_without_bluesky_has_nothing_there(bluesky):
    await bluesky.tell("reset", networks=["x"])
    answer = await bluesky.answer("app.bsky.actor.getProfile", actor="x.contoh.id")
    order = {"do": "join", "handle": "x.contoh.id", "platform": "BLUESKY"}
    refused = await bluesky.client.post("/_sandbox/act", json=order)

    assert answer.status_code == 404
    assert refused.status_code == 400


async def test_seed_files_name_the_accounts_and_posts_of_the_network(bluesky, network):
    accounts = (await bluesky.client.get("/_sandbox/seed/accounts.csv")).text
    programs = (await bluesky.client.get("/_sandbox/seed/programs.json")).json()["programs"]
    posts = [
        post
        for program in programs
        for campaign in program["campaigns"]
        for post in campaign["posts"]
        if post["platform"] == "BLUESKY"
    ]
    rows = [line.split(",") for line in accounts.splitlines() if ",BLUESKY," in line]

    assert len(posts) == SPEC.post_count
    assert len(rows) > 20
    assert all(network.customs.find_post(network, post["url"]) for post in posts)
    assert all(did(network.by_handle(row[3]).id) == row[2] for row in rows)
