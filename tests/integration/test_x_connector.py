"""The connector of X over HTTP: what it asks, when it asks again, and what it never does."""

import asyncio
import logging
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import orjson
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from api.domain.matching import ProfileRef, post_from_id
from api.domain.platform import Platform
from api.errors import StartupFailure
from api.settings import Settings, XPlatform
from workers.platforms import _NETWORKS, connector_for, transport
from workers.platforms.base import (
    APP,
    AccountRef,
    Auth,
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    PartialConnector,
    PlatformError,
    QuotaExhausted,
    RateLimited,
    Transient,
    Watermark,
)
from workers.platforms.ledger import PaidUnit, UnmeteredLedger
from workers.platforms.limiter import LocalLimiter
from workers.platforms.transport import ClientTools
from workers.platforms.x import XConnector

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TOKEN = "app-bearer-canary"  # noqa: S105 (invented)
POST = post_from_id(Platform.X, "1990000000000000001")
PROFILE = ProfileRef(Platform.X, id="71")
PROFILES = {"data": [{"id": "71", "public_metrics": {"followers_count": 500}}]}
EMPTY_LIST = {"meta": {"result_count": 0}}


class Network:
    """Answers what a test put in line, the last of it for ever; remembers what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.app = Starlette(routes=[Route("/{path:path}", self.answer)])

    async def answer(self, request):
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def asked(self):
        return [(request.url.path, dict(request.query_params)) for request in self.requests]


class Ledger:
    """Keeps what was reserved and settled; refuses when its budget is gone."""

    def __init__(self, is_empty=False):
        self.is_empty = is_empty
        self.reserved = []
        self.settled = []

    async def reserve(self, platform, endpoint, units):
        if self.is_empty:
            raise QuotaExhausted(NOW + timedelta(days=1))
        self.reserved.append((platform, endpoint, dict(units)))
        return self

    async def settle(self, reads):
        self.settled.append({unit: set(ids) for unit, ids in reads.items()})


def said(body, status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(orjson.dumps(body), status, named, "application/json")


def x_settings(**changes):
    usual = {
        "is_enabled": True,
        "base_url": "http://127.0.0.1:1/x",
        "bearer_token": TOKEN,
        "licence": "none",
        "vocabulary": "post",
        "monthly_cap_micro_usd": 0,
    }
    return XPlatform(**{**usual, **changes})


def tools(network=None, ledger=None):
    return ClientTools(
        limiter=LocalLimiter(lambda: NOW),
        ledger=ledger or UnmeteredLedger(),
        clock=lambda: NOW,
        jitter=lambda: 0.0,
        transport=httpx2.ASGITransport(network.app) if network else None,
    )


@asynccontextmanager
async def connected(network=None, ledger=None, **changes):
    connector = XConnector(x_settings(**changes), tools(network, ledger))
    try:
        yield connector
    finally:
        await connector.close()


@asynccontextmanager
async def raw_server(write):
    """Serve bytes as they are: what no web framework would send."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        try:
            await write(writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/x", connections
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("word", ["post", "tweet"])
async def test_lists_of_shares_ask_for_authors_in_the_chosen_words(word):
    network = Network(said(EMPTY_LIST))
    async with connected(network, vocabulary=word) as x:
        await x.resharers(POST, APP, None)
        await x.quotes(POST, APP, "next-page")

    usual = {
        "max_results": "100",
        "expansions": "author_id",
        "user.fields": "public_metrics,protected",
        f"{word}.fields": "author_id,created_at",
    }
    assert network.asked == [
        (f"/x/2/tweets/{POST.id}/retweets", usual),
        (f"/x/2/tweets/{POST.id}/quote_tweets", {**usual, "pagination_token": "next-page"}),
    ]
    assert network.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_list_that_leads_to_itself_is_no_list():
    looping = {"meta": {"result_count": 0, "next_token": "again"}}
    async with connected(Network(said(looping))) as x:
        first = await x.quotes(POST, APP, None)
        with pytest.raises(ContractError) as refused:
            await x.quotes(POST, APP, first.next)

    assert refused.value.is_cursor_refused


async def test_profiles_are_asked_by_id_and_by_handle():
    by_handle = {
        "data": [{"id": "72", "username": "Sari", "public_metrics": {"followers_count": 3}}]
    }
    network = Network(said(PROFILES), said(by_handle))
    async with connected(network) as x:
        page = await x.profiles([PROFILE, ProfileRef(Platform.X, handle="sari")], APP)

    fields = {"user.fields": "public_metrics,protected,created_at,description"}
    assert network.asked == [
        ("/x/2/users", {"ids": "71", **fields}),
        ("/x/2/users/by", {"usernames": "sari", **fields}),
    ]
    assert [(one.id, one.audience_count) for one in page.items] == [("71", 500), ("72", 3)]


@pytest.mark.parametrize(("word", "references"), [("post", "posts"), ("tweet", "tweets")])
@pytest.mark.parametrize(
    ("since", "parameters"),
    [
        (None, {}),
        (Watermark(), {}),
        (Watermark(newest_id="9", newest_at=NOW), {"since_id": "9"}),
        (
            Watermark(newest_at=NOW.astimezone(None)),
            {"start_time": "2026-11-23T08:00:00Z"},
        ),
    ],
)
async def test_own_posts_start_at_the_watermark(word, references, since, parameters):
    network = Network(said(EMPTY_LIST))
    async with connected(network, vocabulary=word) as x:
        await x.own_posts(AccountRef(Platform.X, "71"), Auth.of_account("theirs"), since, None)

    fields = f"author_id,created_at,entities,referenced_{references}"
    assert network.asked == [
        ("/x/2/users/71/tweets", {"max_results": "100", f"{word}.fields": fields, **parameters})
    ]
    assert network.requests[0].headers["authorization"] == "Bearer theirs"


async def test_figures_and_authors_of_posts_are_looked_up_by_id():
    figures = {"repost_count": 1, "quote_count": 2, "reply_count": 3, "like_count": 4}
    row = {"id": POST.id, "author_id": "71", "public_metrics": figures}
    network = Network(said({"data": [row]}))
    async with connected(network) as x:
        await x.metrics([POST], APP)
        resolved = await x.resolve(POST, APP)

    assert network.asked == [
        ("/x/2/tweets", {"ids": POST.id, "post.fields": "public_metrics"}),
        (
            "/x/2/tweets",
            {"ids": POST.id, "expansions": "author_id", "post.fields": "author_id,created_at"},
        ),
    ]
    assert resolved.author_id == "71"


async def test_a_handle_is_resolved_to_its_lasting_id():
    row = {"id": "72", "username": "Sari", "public_metrics": {"followers_count": 3}}
    async with connected(Network(said({"data": [row]}))) as x:
        resolved = await x.resolve(ProfileRef(Platform.X, handle="sari"), APP)

    assert resolved == ProfileRef(Platform.X, "72", "Sari")


async def test_a_handle_that_is_gone_cannot_be_resolved():
    error = {"value": "sari", "type": "https://api.x.com/2/problems/resource-not-found"}
    async with connected(Network(said({"errors": [error]}))) as x:
        with pytest.raises(NotFound):
            await x.resolve(ProfileRef(Platform.X, handle="sari"), APP)


async def test_nothing_is_asked_when_nothing_is_named():
    network = Network(said({}))
    async with connected(network) as x:
        assert (await x.profiles([], APP)).items == ()
        assert (await x.metrics([], APP)).items == ()

    assert network.asked == []


@pytest.mark.parametrize("native_id", ["", "../users", "1/2", "1?x=y", "1,2"])
async def test_an_id_can_never_change_the_address_that_is_asked(native_id):
    network = Network(said(EMPTY_LIST))
    post = type(POST)(Platform.X, native_id, "https://x.com/")
    async with connected(network) as x:
        for ask in (x.resharers(post, APP, None), x.metrics([post], APP), x.resolve(post, APP)):
            with pytest.raises(ValueError, match="id of X"):
                await ask
        with pytest.raises(ValueError, match="handle of X"):
            await x.profiles([ProfileRef(Platform.X, handle="a,b")], APP)

    assert network.asked == []


async def test_a_batch_has_at_most_a_hundred():
    network = Network(said(PROFILES))
    async with connected(network) as x:
        with pytest.raises(ValueError, match="100"):
            await x.profiles([PROFILE] * 101, APP)

    assert network.asked == []


@pytest.mark.parametrize(
    ("method", "arguments", "cap"),
    [
        ("resolve", [POST, APP], "RESOLVE_URL"),
        ("profiles", [[], APP], "PROFILE_PUBLIC"),
        ("resharers", [POST, APP, None], "RESHARERS"),
        ("quotes", [POST, APP, None], "QUOTES"),
        ("own_posts", [AccountRef(Platform.X, "71"), APP, None, None], "OWN_POSTS"),
        ("metrics", [[], APP], "METRICS"),
    ],
)
async def test_what_a_network_does_not_offer_is_a_bug_to_call(method, arguments, cap):
    with pytest.raises(TypeError, match=cap):
        await getattr(PartialConnector(), method)(*arguments)


@pytest.mark.parametrize("trouble", [500, 502, 503, 504])
async def test_two_server_errors_are_tried_again_inside_the_call(trouble):
    broken = Response("<html>Bad gateway</html>", trouble)
    network = Network(broken, broken, said(PROFILES))
    async with connected(network) as x:
        page = await x.profiles([PROFILE], APP)

    assert len(page.items) == 1
    assert len(network.asked) == 3


async def test_another_try_waits_for_its_turn_like_any_call():
    reset = str(int((NOW + timedelta(minutes=4)).timestamp()))
    network = Network(said({}, 503, x_rate_limit_remaining="0", x_rate_limit_reset=reset))
    async with connected(network) as x:
        with pytest.raises(RateLimited):
            await x.profiles([PROFILE], APP)

    assert len(network.asked) == 1


async def test_after_three_tries_the_call_fails_for_now():
    network = Network(said({"type": "about:blank"}, 503))
    async with connected(network) as x:
        with pytest.raises(Transient):
            await x.profiles([PROFILE], APP)

    assert len(network.asked) == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said({"title": "Invalid Request", "errors": []}, 400), ContractError),
        (said({}, 403), MissingPermission),
        (said({}, 429), RateLimited),
        (Response(status_code=302, headers={"location": "https://evil.example/"}), ContractError),
        (Response("<html>a page</html>"), ContractError),
        (said(["not", "an", "object"]), ContractError),
    ],
)
async def test_other_failures_are_not_tried_again(answer, error):
    network = Network(answer)
    async with connected(network) as x:
        with pytest.raises(error):
            await x.profiles([PROFILE], APP)

    assert len(network.asked) == 1


async def test_a_refused_token_of_an_account_is_revoked():
    async with connected(Network(said({}, 401))) as x:
        with pytest.raises(AuthRevoked):
            await x.own_posts(AccountRef(Platform.X, "71"), Auth.of_account("theirs"), None, None)


@pytest.mark.parametrize("cut", [b"", b'{"data": [', '{"data": [{"id": "é'.encode()[:-1]])
async def test_json_that_ends_too_early_is_asked_again(cut):
    network = Network(Response(cut), said(PROFILES))
    async with connected(network) as x:
        page = await x.profiles([PROFILE], APP)

    assert len(page.items) == 1
    assert len(network.asked) == 2


async def test_a_garbage_body_reaches_the_dead_letter_without_its_content():
    async with connected(Network(Response('{"username": "sari", ]'))) as x:
        with pytest.raises(ContractError) as broken:
            await x.profiles([PROFILE], APP)

    assert broken.value.raw == "22 bytes, not JSON"


async def test_a_body_without_end_is_left_after_five_mebibytes():
    sent = 0

    async def write(writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[")
        while True:
            writer.write(b" " * 65536)
            await writer.drain()
            sent += 65536

    async with raw_server(write) as (url, connections), connected(base_url=url) as x:
        with pytest.raises(ContractError, match="5 MiB"):
            await x.profiles([PROFILE], APP)

    assert len(connections) == 1
    assert 5 * 2**20 <= sent < 30 * 2**20


async def test_a_connection_that_is_cut_is_asked_again():
    async def write(writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{")

    async with raw_server(write) as (url, connections), connected(base_url=url) as x:
        with pytest.raises(Transient):
            await x.profiles([PROFILE], APP)

    assert len(connections) == 3


async def test_the_time_limit_covers_the_whole_answer(monkeypatch):
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.3)

    async def write(writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_server(write) as (url, connections), connected(base_url=url) as x:
        with pytest.raises(Transient):
            await asyncio.wait_for(x.profiles([PROFILE], APP), 5)

    assert len(connections) == 3


async def test_a_closed_port_is_a_passing_trouble_and_costs_nothing():
    ledger = Ledger()
    async with connected(ledger=ledger) as x:
        with pytest.raises(Transient):
            await x.profiles([PROFILE], APP)

    assert ledger.settled == [{}]


async def test_cookies_are_not_kept():
    network = Network(said(PROFILES, set_cookie="guest_id=1; Path=/"))
    async with connected(network) as x:
        await x.profiles([PROFILE], APP)
        await x.profiles([PROFILE], APP)

    assert "cookie" not in network.requests[1].headers


async def test_logs_hold_no_token_no_query_and_no_handle(caplog):
    caplog.set_level(logging.DEBUG)
    async with connected(Network(said(PROFILES, 503), said(PROFILES))) as x:
        await x.profiles([ProfileRef(Platform.X, handle="handle_canary")], APP)

    assert "answered 200" in caplog.text
    assert "canary" not in caplog.text
    assert "?" not in caplog.text


async def test_after_a_limit_nothing_is_asked_before_its_stated_end():
    reset_at = NOW + timedelta(minutes=4)
    network = Network(said({}, 429, x_rate_limit_reset=str(int(reset_at.timestamp()))))
    async with connected(network) as x:
        for _ in range(2):
            with pytest.raises(RateLimited) as limited:
                await x.resharers(POST, APP, None)
            assert limited.value.until == reset_at
        with pytest.raises(RateLimited):
            await x.quotes(POST, APP, None)

    assert [path.rsplit("/", 1)[1] for path, _ in network.asked] == ["retweets", "quote_tweets"]


async def test_a_window_that_the_headers_call_empty_is_not_asked():
    reset = str(int((NOW + timedelta(minutes=4)).timestamp()))
    network = Network(said(EMPTY_LIST, x_rate_limit_remaining="0", x_rate_limit_reset=reset))
    async with connected(network) as x:
        await x.resharers(POST, APP, None)
        with pytest.raises(RateLimited):
            await x.resharers(POST, APP, None)

    assert len(network.asked) == 1


@pytest.mark.parametrize(
    ("changes", "scope"),
    [
        ({"base_url": "https://api.x.com"}, "GEMA_X_LICENCE"),
        ({"base_url": "https://127.0.0.1.evil.example"}, "GEMA_X_LICENCE"),
        ({"is_enabled": False}, "GEMA_X_ENABLED"),
        ({"bearer_token": ""}, "GEMA_X_BEARER_TOKEN"),
    ],
)
async def test_without_a_licence_a_switch_or_a_token_nothing_is_asked(changes, scope):
    network = Network(said(PROFILES))
    async with connected(network, **changes) as x:
        with pytest.raises(MissingPermission) as missing:
            await x.profiles([PROFILE], APP)

    assert missing.value.scope == scope
    assert network.asked == []


async def test_with_a_licence_the_real_address_is_asked():
    network = Network(said(PROFILES))
    real = {"licence": "enterprise", "base_url": "https://api.x.com"}
    async with connected(network, Ledger(), **real) as x:
        await x.profiles([PROFILE], APP)

    assert str(network.requests[0].url).startswith("https://api.x.com/2/users?")


async def test_the_real_address_is_never_asked_without_a_ledger():
    network = Network(said(PROFILES))
    async with connected(network, licence="enterprise", base_url="https://api.x.com") as x:
        with pytest.raises(MissingPermission, match="ledger"):
            await x.profiles([PROFILE], APP)

    assert network.asked == []


async def test_each_call_is_reserved_before_and_settled_after():
    ledger = Ledger()
    row = {"id": "1990000000000000101", "author_id": "71"}
    page = {"data": [row], "includes": {"users": [{"id": "71", "username": "a"}]}, "meta": {}}
    async with connected(Network(said(page)), ledger) as x:
        await x.resharers(POST, APP, None)

    most = {PaidUnit.POST_READ: 100, PaidUnit.INCLUDED_USER_READ: 100}
    assert ledger.reserved == [(Platform.X, "retweets", most)]
    assert ledger.settled == [
        {PaidUnit.POST_READ: {row["id"]}, PaidUnit.INCLUDED_USER_READ: {"71"}}
    ]


async def test_without_budget_nothing_is_asked():
    network = Network(said(PROFILES))
    async with connected(network, Ledger(is_empty=True)) as x:
        with pytest.raises(QuotaExhausted):
            await x.profiles([PROFILE], APP)

    assert network.asked == []


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
async def test_a_refused_call_costs_nothing(status):
    ledger = Ledger()
    async with connected(Network(said({}, status)), ledger) as x:
        with pytest.raises(PlatformError):
            await x.profiles([PROFILE], APP)

    assert ledger.settled == [{}]


@pytest.mark.parametrize("body", [b'{"data": [', b"<html>"])
async def test_a_call_whose_answer_was_not_readable_stays_reserved(body):
    ledger = Ledger()
    async with connected(Network(Response(body)), ledger) as x:
        with pytest.raises((Transient, ContractError)):
            await x.profiles([PROFILE], APP)

    assert len(ledger.reserved) == 1
    assert ledger.settled == []


def all_settings(base_url):
    keys = ("ENC_KEYS", "CURSOR_KEYS", "INDEX_KEY", "RESHARER_KEY")
    urls = {"DATABASE_URL": "postgres://", "REDIS_URL": "redis://", "GEMA_X_BASE_URL": base_url}
    return Settings.from_env({**dict.fromkeys(keys, "00"), **urls})


@pytest.mark.parametrize(
    "base_url", ["https://api.x.com", "http://127.0.0.1:8090/x", "http://[::1]:8090/x"]
)
async def test_a_connector_is_built_for_an_encrypted_or_a_local_address(base_url):
    connector = connector_for(Platform.X, all_settings(base_url), tools())

    assert connector.platform is Platform.X
    await connector.close()


@pytest.mark.parametrize(
    "base_url",
    ["http://api.x.com", "http://127.0.0.1.evil.example/x", "http://10.0.0.1/x", "ftp://127.0.0.1"],
)
def test_a_plain_address_elsewhere_stops_the_start(base_url):
    with pytest.raises(StartupFailure) as failure:
        connector_for(Platform.X, all_settings(base_url), tools())

    assert failure.value.code == "SETTING_INVALID"


@pytest.mark.parametrize("platform", sorted(set(Platform) - set(_NETWORKS)))
def test_a_network_without_a_connector_is_a_data_gap(platform):
    with pytest.raises(MissingPermission):
        connector_for(platform, all_settings("https://api.x.com"), tools())
