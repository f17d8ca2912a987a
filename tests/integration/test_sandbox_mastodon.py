"""The sandbox's Mastodon over HTTP: Link-only paging, hosts, resets, old servers."""

import re
from datetime import UTC, datetime

import httpx2
import pytest

from workers.sandbox.app import create_app
from workers.sandbox.clock import Clock
from workers.sandbox.stage import Stage
from workers.sandbox.world import WorldSpec

EPOCH = 1_795_000_000 // 3_600 * 3_600
SPEC = WorldSpec(
    epoch=EPOCH,
    person_count=60,
    post_count=4,
    citizen_count=300,
    stranger_count=600,
    networks=("x", "mastodon"),
)
NEXT = re.compile(r'<([^>]+)>; rel="next"')


class Mastodon:
    """Asks addresses, and lets things happen."""

    def __init__(self, client):
        self.client = client

    async def answer(self, path, **parameters):
        return await self.client.get(f"/mastodon{path}", params=parameters)

    async def ask(self, path, **parameters):
        answer = await self.answer(path, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def tell(self, address, **body):
        answer = await self.client.post(f"/_sandbox/{address}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def act(self, **order):
        return (await self.tell("act", platform="MASTODON", **order))["results"][0]

    async def pages(self, path, **parameters):
        answer = await self.answer(path, **parameters)
        yield answer.json()
        while following := NEXT.search(answer.headers.get("link", "")):
            answer = await self.client.get(following[1])
            yield answer.json()

    async def everything(self, path, **parameters):
        return [each async for page in self.pages(path, **parameters) for each in page]


@pytest.fixture
def stage():
    return Stage(SPEC, Clock.standing(EPOCH))


@pytest.fixture
def network(stage):
    return stage.world.network("MASTODON")


@pytest.fixture
def post(network):
    return network.posts[network.program_post_ids[0]]


@pytest.fixture
async def mastodon(stage):
    transport = httpx2.ASGITransport(app=create_app(stage))
    async with httpx2.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield Mastodon(client)


async def test_lists_show_what_the_truth_calls_knowable(mastodon):
    posts = (await mastodon.client.get("/_sandbox/truth")).json()["posts"]
    for post in (each for each in posts if each["platform"] == "MASTODON"):
        place = f"/api/v1/statuses/{post['url'].rsplit('/', 1)[-1]}"
        boosters = await mastodon.everything(f"{place}/reblogged_by", limit=10)
        quotes = await mastodon.everything(f"{place}/quotes", limit=10)
        standing = [each for each in post["shares"] if each["isKnowable"] and not each["isRemoved"]]

        assert {each["acct"] for each in boosters} == {
            each["actor"] for each in standing if each["kind"] == "REPOST"
        }
        assert {(each["uri"], each["url"]) for each in quotes} == {
            (each["id"], each["url"]) for each in standing if each["kind"] == "QUOTE"
        }


async def test_paging_is_told_by_the_link_alone_and_its_end_by_no_next(mastodon, post):
    await mastodon.tell("faults", name="all", isOn=False)
    path = f"/api/v1/statuses/{post.id}/reblogged_by"
    pages = [page async for page in mastodon.pages(path, limit=7)]
    usual = await mastodon.answer(path)

    assert all(isinstance(page, list) and page for page in pages)
    assert [len(page) for page in pages[:-1]] == [7] * (len(pages) - 1)
    assert len(usual.json()) == 40
    assert 'rel="prev"' in usual.headers["link"]


async def test_a_list_gives_at_most_eighty_and_forgives_a_larger_wish(mastodon, post):
    await mastodon.tell("faults", name="all", isOn=False)
    page = await mastodon.ask(f"/api/v1/statuses/{post.id}/reblogged_by", limit=500)

    assert len(page) == 80


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/statuses/1",
        "/api/v1/statuses/1/reblogged_by",
        "/api/v1/statuses/abc",
        "/api/v1/accounts/1",
        "/api/v1/accounts/lookup?acct=tiada",
        "/api/v1/nothing",
    ],
)
async def test_what_is_not_there_is_not_found(mastodon, path):
    answer = await mastodon.client.get(f"/mastodon{path}")

    assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})


async def test_a_deleted_status_is_gone_with_its_lists(mastodon, post):
    await mastodon.act(do="delete", post=str(post.id))

    for tail in ("", "/reblogged_by", "/quotes"):
        assert (await mastodon.answer(f"/api/v1/statuses/{post.id}{tail}")).status_code == 404


async def test_an_old_server_has_no_quotes(mastodon, post):
    await mastodon.tell("faults", name="old_server")
    status = await mastodon.ask(f"/api/v1/statuses/{post.id}")
    instance = await mastodon.ask("/api/v1/instance")

    assert (await mastodon.answer(f"/api/v1/statuses/{post.id}/quotes")).status_code == 404
    assert not {"quote", "quotes_count"} & status.keys()
    assert instance["version"] == "4.2.10"


async def test_a_link_may_lead_to_another_host(mastodon, post):
    await mastodon.tell("faults", name="foreign_link")
    answer = await mastodon.answer(f"/api/v1/statuses/{post.id}/reblogged_by", limit=5)

    assert NEXT.search(answer.headers["link"])[1].startswith("https://umpan.contoh.id/mastodon/")


async def test_the_reset_is_a_time_or_seconds(mastodon, post):
    await mastodon.tell("faults", name="rate_limit", path="/mastodon/*", count=2, seconds=60)
    usual = await mastodon.answer(f"/api/v1/statuses/{post.id}")
    await mastodon.tell("faults", name="epoch_reset")
    other = await mastodon.answer(f"/api/v1/statuses/{post.id}")

    assert (usual.status_code, usual.json()) == (429, {"error": "Too many requests"})
    stated = datetime.strptime(usual.headers["x-ratelimit-reset"], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert stated == datetime.fromtimestamp(EPOCH + 60, UTC)
    assert other.headers["x-ratelimit-reset"] == str(EPOCH + 60)
    assert usual.headers["x-ratelimit-remaining"] == "0"


async def test_three_hundred_requests_fill_a_window(mastodon):
    answers = [(await mastodon.answer("/api/v1/instance")).status_code for _ in range(301)]

    assert answers == [200] * 300 + [429]


async def test_counts_of_remote_accounts_may_be_stale_and_those_of_local_ones_never(
    mastodon, network
):
    remote = next(each for each in network.accounts.values() if "@" in each.handle)
    local = next(each for each in network.accounts.values() if "@" not in each.handle)
    await mastodon.tell("faults", name="stale_counts")

    shown = [
        (await mastodon.ask(f"/api/v1/accounts/{each.id}"))["followers_count"]
        for each in (remote, local)
    ]
    assert shown == [remote.followers_count // 2, local.followers_count]


async def test_an_account_is_found_by_name_with_or_without_the_own_host(mastodon, network):
    for account in list(network.accounts.values())[:30]:
        name = account.handle
        names = [name] if "@" in name else [name, f"{name}@sosial.contoh.id"]
        for each in names:
            found = await mastodon.ask("/api/v1/accounts/lookup", acct=each)
            assert found["id"] == str(account.id)


async def test_a_suspended_account_is_an_empty_shell(mastodon, network):
    account = next(each for each in network.accounts.values() if each.is_suspended)
    body = await mastodon.ask(f"/api/v1/accounts/{account.id}")
    statuses = await mastodon.ask(f"/api/v1/accounts/{account.id}/statuses")

    assert (body["suspended"], body["display_name"], body["followers_count"]) == (True, "", 0)
    assert statuses == []


async def test_a_timeline_tells_boosts_quotes_and_links(mastodon, network, post):
    await mastodon.tell("faults", name="all", isOn=False)
    person = await mastodon.act(do="join", handle="penggema")
    quote = await mastodon.act(
        do="quote", actor="penggema", post=str(post.id), text="Baca https://contoh.go.id/ini"
    )
    boost = await mastodon.act(do="repost", actor="penggema", post=quote["post"])
    found = await mastodon.ask("/api/v1/accounts/lookup", acct="penggema")
    statuses = await mastodon.ask(f"/api/v1/accounts/{found['id']}/statuses")
    no_boosts = await mastodon.ask(
        f"/api/v1/accounts/{found['id']}/statuses", exclude_reblogs="true"
    )

    assert person["id"] == found["uri"]
    assert [each["uri"] for each in statuses] == [boost["id"], quote["id"]]
    assert statuses[0]["reblog"]["id"] == str(post.id)
    assert statuses[1]["quote"]["quoted_status"]["id"] == str(post.id)
    assert '<a href="https://contoh.go.id/ini"' in statuses[1]["content"]
    assert [each["uri"] for each in no_boosts] == [quote["id"]]


async def test_since_id_gives_only_what_is_newer(mastodon, network, post):
    await mastodon.tell("faults", name="all", isOn=False)
    quote = next(each for each in network.passed_on(post.id, "QUOTE").shown)
    path = f"/api/v1/accounts/{quote.author_id}/statuses"
    newer = await mastodon.everything(path, since_id=str(quote.id - 1), limit=1)

    assert str(quote.id) in {each["id"] for each in newer}
    assert all(int(each["id"]) >= quote.id for each in newer)


async def test_a_remote_status_is_found_by_its_address_with_a_token_only(mastodon, network, post):
    await mastodon.tell("faults", name="all", isOn=False)
    quote = next(
        each
        for post_id in network.program_post_ids
        for each in network.passed_on(post_id, "QUOTE").shown
        if "@" in network.accounts[each.author_id].handle
    )
    parameters = {"q": network.customs.post_url(network, quote), "resolve": "true"}
    refused = await mastodon.answer("/api/v2/search", **parameters)
    mastodon.client.headers["authorization"] = "Bearer sandbox-user-penggema"
    found = await mastodon.ask("/api/v2/search", **parameters)

    assert refused.status_code == 401
    assert [each["id"] for each in found["statuses"]] == [str(quote.id)]
    assert found["statuses"][0]["url"] == parameters["q"]


async def test_names_never_change(mastodon):
    order = {"do": "rename", "actor": "warga_0001", "handle": "x", "platform": "MASTODON"}
    await mastodon.tell("act", do="join", handle="tetap", platform="MASTODON")
    answer = await mastodon.client.post("/_sandbox/act", json=order | {"actor": "tetap"})

    assert answer.status_code == 400
