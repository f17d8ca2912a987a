"""Short links: followed a few steps between fixed public hosts, and nowhere else."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from api.domain.matching import NeedsRedirect, PostRef
from api.domain.platform import Platform
from workers.platforms.base import (
    ContractError,
    NotFound,
    PlatformError,
    RateLimited,
    Transient,
)
from workers.platforms.ledger import UnmeteredLedger
from workers.platforms.limiter import LocalLimiter
from workers.platforms.meters import CallMeters
from workers.platforms.redirects import MOST_HOPS, Redirects
from workers.platforms.transport import ClientTools

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PUBLIC = "93.184.216.34"
START = "https://t.co/AbC123xyz0"
POST = "https://x.com/dinas_kota/status/1440000000000000001"
LINKS = {
    Platform.X: (START, POST, "1440000000000000001"),
    Platform.FACEBOOK: (
        "https://www.facebook.com/share/p/1AbCdEfGhI",
        "https://www.facebook.com/55/posts/77",
        "55_77",
    ),
    Platform.INSTAGRAM: (
        "https://www.instagram.com/share/reel/BAbCdEf12",
        "https://www.instagram.com/reel/CabC/?igsh=x",
        "CabC",
    ),
}


class Web(httpx2.AsyncBaseTransport):
    """Answers each address with what it leads to, and remembers whom it was asked at."""

    def __init__(self, leads, *, status=301, headers=None):
        self.leads = leads
        self.status = status
        self.headers = headers or {}
        self.asked = []
        self.requests = []

    async def handle_async_request(self, request):
        name = f"https://{request.headers['host']}{request.url.raw_path.decode()}"
        self.asked.append(name)
        self.requests.append(request)
        location = self.leads.get(name)
        if location is None:
            return httpx2.Response(404)
        return httpx2.Response(
            self.status, headers={b"location": location.encode(), **self.headers}
        )


@asynccontextmanager
async def following(web, platform=Platform.X, addresses=(PUBLIC,), registry=None):
    async def lookup(host):
        return addresses

    tools = ClientTools(
        LocalLimiter(lambda: NOW), UnmeteredLedger(), lambda: NOW, lambda: 0.0, web, lookup
    )
    redirects = Redirects(platform, replace(tools, meters=CallMeters(registry)))
    try:
        yield redirects
    finally:
        await redirects.close()


async def follow(web, url=START, platform=Platform.X, addresses=(PUBLIC,)):
    async with following(web, platform, addresses) as redirects:
        return await redirects.follow(NeedsRedirect(platform, url))


@pytest.mark.parametrize("platform", LINKS)
async def test_a_short_link_of_each_network_leads_to_its_post(platform):
    start, end, native_id = LINKS[platform]
    web = Web({start: end})

    post = await follow(web, start, platform)

    assert isinstance(post, PostRef)
    assert (post.platform, post.id) == (platform, native_id)
    assert web.asked == [start]


async def test_a_look_behind_a_link_is_counted_without_its_address():
    registry = CollectorRegistry()
    async with following(Web({START: POST}), registry=registry) as redirects:
        await redirects.follow(NeedsRedirect(Platform.X, START))
        with pytest.raises(NotFound):
            await redirects.follow(NeedsRedirect(Platform.X, "https://t.co/kanari"))

    told = generate_latest(registry).decode()
    for status in ("301", "404"):
        labels = {"platform": "X", "family": "redirects", "status": status}
        assert registry.get_sample_value("gema_platform_calls_total", labels) == 1
    assert "kanari" not in told
    assert "t.co" not in told


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_kind_of_redirect_is_followed(status):
    post = await follow(Web({START: "https://t.co/second", "https://t.co/second": POST}))

    assert post.id == "1440000000000000001"
    assert (await follow(Web({START: POST}, status=status))).id == post.id


async def test_the_connection_goes_to_the_pinned_address_with_the_name_of_the_host():
    web = Web({START: POST}, headers={b"set-cookie": b"who=warga"})

    async with following(web) as redirects:
        await redirects.follow(NeedsRedirect(Platform.X, START))
        await redirects.follow(NeedsRedirect(Platform.X, START))

    assert [request.url.host for request in web.requests] == [PUBLIC, PUBLIC]
    assert [request.headers["host"] for request in web.requests] == ["t.co", "t.co"]
    assert [request.extensions["sni_hostname"] for request in web.requests] == ["t.co", "t.co"]
    assert all("cookie" not in request.headers for request in web.requests)


async def test_a_link_that_leads_to_itself_is_left_after_a_few_steps():
    web = Web({START: START})

    with pytest.raises(NotFound):
        await follow(web)

    assert len(web.asked) == MOST_HOPS


async def test_a_circle_of_links_is_left_after_a_few_steps():
    web = Web({START: "https://t.co/second", "https://t.co/second": START})

    with pytest.raises(NotFound):
        await follow(web)

    assert len(web.asked) == MOST_HOPS


ELSEWHERE = [
    "https://jahat.example/dinas_kota/status/20",
    "https://x.com.jahat.example/dinas_kota/status/20",
    "http://x.com/dinas_kota",
    "https://127.0.0.1/dinas_kota",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/dinas_kota",
    "https://localhost/",
    "https://x.com:8443/dinas_kota",
    "https://dinas@x.com/dinas_kota",
    "https://\u0445.com/dinas_kota",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "//jahat.example/x",
    "https://[jahat/",
    "https://www.instagram.com/p/CabC/",
    "https://fb.watch/abc",
]


@pytest.mark.parametrize("location", ELSEWHERE)
async def test_a_link_that_leaves_the_hosts_of_its_network_is_no_post(location):
    web = Web({START: location})

    with pytest.raises(NotFound):
        await follow(web)

    assert web.asked == [START]


@pytest.mark.parametrize(
    "url",
    ["https://jahat.example/a", "https://10.0.0.7/a", "http://t.co/a", "https://fb.watch/a"],
)
async def test_a_link_of_another_host_is_never_asked(url):
    web = Web({url: POST})

    with pytest.raises(NotFound):
        await follow(web, url)

    assert web.asked == []


PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 (an answer of the name service)
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%2",
    "fc00::1",
    "fec0::1",
    "ff0e::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:7",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
async def test_a_name_that_leads_to_a_private_address_is_never_asked(address):
    for addresses in ((address,), (PUBLIC, address), (address, PUBLIC)):
        web = Web({START: POST})

        with pytest.raises(ContractError):
            await follow(web, addresses=addresses)

        assert web.asked == []


async def test_a_public_address_of_either_kind_is_asked():
    web = Web({START: POST})

    await follow(web, addresses=("2606:2800:220:1:248:1893:25c8:1946", PUBLIC))

    assert web.requests[0].url.host == "2606:2800:220:1:248:1893:25c8:1946"


async def test_a_name_that_nobody_knows_may_be_known_later():
    with pytest.raises(Transient):
        await follow(Web({START: POST}), addresses=())


@pytest.mark.parametrize(
    ("status", "error"),
    [(200, NotFound), (404, NotFound), (410, NotFound), (429, RateLimited), (503, Transient)],
)
async def test_an_answer_that_is_no_redirect_says_why(status, error):
    with pytest.raises(error):
        await follow(Web({START: ""}, status=status))


async def test_after_a_limit_nobody_is_asked_for_a_quarter_of_an_hour():
    with pytest.raises(RateLimited) as limited:
        await follow(Web({START: ""}, status=429))

    assert limited.value.until == NOW + timedelta(minutes=15)


LOCATIONS = st.text(max_size=30) | st.builds(
    lambda scheme, host, rest: f"{scheme}{host}/{rest}",
    st.sampled_from(["https://", "http://", "//", "https:", ""]),
    st.sampled_from(["x.com", "t.co", "[::1]", "[", "x.com:1", "@x.com", "127.1"]) | st.text(),
    st.text(max_size=12),
)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(LOCATIONS)
def test_wherever_a_link_leads_it_is_a_post_or_a_known_error(location):
    web = Web({START: location})

    try:
        post = asyncio.run(follow(web))
    except PlatformError:
        post = None

    assert post is None or post.platform is Platform.X
    assert all(name.startswith(("https://t.co/", "https://x.com/")) for name in web.asked)
