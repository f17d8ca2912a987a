"""The connector of X against the simulated network, over real HTTP, compared with its truth."""

import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from api.domain.matching import ProfileRef, parse_post_url, post_from_id
from api.domain.platform import Coverage, Platform, ShareKind
from api.settings import XPlatform
from workers.platforms.base import (
    APP,
    AccountRef,
    ContractError,
    IssueCode,
    NotFound,
    QuotaExhausted,
    RateLimited,
    ReferenceKind,
    Transient,
)
from workers.platforms.ledger import PaidUnit
from workers.platforms.limiter import LocalLimiter
from workers.platforms.transport import ClientTools
from workers.platforms.x import XConnector

ROOT = Path(__file__).resolve().parents[2]
WORLD = ("--people", "60", "--posts", "4", "--citizens", "300", "--strangers", "250")
PRICES = {"POST": 5_000, "USER": 10_000}


def utc_now():
    return datetime.now(UTC)


class MeteringLedger:
    """Adds up what was read at the prices of X, each resource once."""

    def __init__(self):
        self.charged = set()

    async def reserve(self, _platform, _endpoint, _units):
        return self

    async def settle(self, reads):
        for unit, ids in reads.items():
            word = "USER" if unit in (PaidUnit.USER_READ, PaidUnit.INCLUDED_USER_READ) else "POST"
            self.charged |= {(word, native_id) for native_id in ids}

    @property
    def micro_usd(self):
        return sum(PRICES[word] for word, _ in self.charged)


class Sandbox:
    """The control desk of a running sandbox."""

    def __init__(self, url):
        self.url = url

    def ask(self, place):
        return httpx2.get(f"{self.url}/_sandbox/{place}").raise_for_status().json()

    def tell(self, place, **body):
        return httpx2.post(f"{self.url}/_sandbox/{place}", json=body).raise_for_status().json()


@pytest.fixture(scope="module")
def process():
    command = [sys.executable, "-m", "workers.sandbox", "--port", "0", *WORLD]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        line = running.stdout.readline()
        assert line.startswith("SANDBOX ")
        yield line.split()[1]
        running.terminate()


@pytest.fixture
def sandbox(process):
    desk = Sandbox(process)
    desk.tell("reset", seed=1)
    return desk


@pytest.fixture
def ledger():
    return MeteringLedger()


@pytest.fixture
def connect(sandbox, ledger):
    @asynccontextmanager
    async def opened(**changes):
        usual = XPlatform(
            is_enabled=True,
            base_url=f"{sandbox.url}/x",
            bearer_token="sandbox-app-token",  # noqa: S106 (everybody may know it)
            licence="none",
            vocabulary="post",
            monthly_cap_micro_usd=0,
        )
        tools = ClientTools(LocalLimiter(utc_now), ledger, utc_now, jitter=lambda: 0.0)
        connector = XConnector(replace(usual, **changes), tools)
        try:
            yield connector
        finally:
            await connector.close()

    return opened


async def sweep(read, post):
    """Read a list to its end."""
    pages = []
    cursor = None
    while not pages or cursor is not None:
        page = await read(post, APP, cursor)
        pages.append(page)
        cursor = page.next
    return pages


async def shares_of(x, post):
    pages = [*await sweep(x.resharers, post), *await sweep(x.quotes, post)]
    return {(share.kind.value, share.native_id): share for page in pages for share in page.items}


def known(post):
    return {
        (share["kind"], share["id"]): share
        for share in post["shares"]
        if share["isKnowable"] and not share["isRemoved"]
    }


def posts_of(truth):
    return [(post, parse_post_url(post["url"])) for post in truth["posts"]]


@pytest.mark.parametrize("word", ["post", "tweet"])
async def test_swept_shares_equal_the_truth(sandbox, connect, word):
    truth = sandbox.ask("truth")

    async with connect(vocabulary=word) as x:
        for post, ref in posts_of(truth):
            found = await shares_of(x, ref)
            expected = known(post)

            assert found.keys() == expected.keys()
            for key, share in found.items():
                assert share.occurred_at == datetime.fromisoformat(expected[key]["at"])
                assert share.actor == expected[key]["actor"]


async def test_the_people_who_pass_a_quote_on_equal_the_truth(sandbox, connect):
    truth = sandbox.ask("truth")
    shares = [share for post in truth["posts"] for share in known(post).values()]
    quotes = [share for share in shares if share["resharers"] and share["kind"] == "QUOTE"]

    async with connect() as x:
        for quote in quotes:
            found = await shares_of(x, post_from_id(Platform.X, quote["id"]))
            actors = {share.actor for share in found.values()} - {quote["actor"]}

            assert actors == set(quote["resharers"])

    assert quotes


async def test_what_was_read_costs_what_the_meter_says(sandbox, connect, ledger):
    async with connect() as x:
        for _, ref in posts_of(sandbox.ask("truth")):
            await shares_of(x, ref)
        await x.metrics([ref], APP)
        await x.resolve(ref, APP)

    assert ledger.micro_usd == sandbox.ask("meter")["totalMicroUsd"] > 0


async def test_every_trouble_together_changes_no_share(sandbox, connect):
    for name in ("server_error", "cut_body"):
        sandbox.tell("faults", name=name, isOn=True, probability=0.1)
    for name in ("short_pages", "empty_pages", "duplicates", "partial_errors"):
        sandbox.tell("faults", name=name, isOn=True, probability=0.5)
    for name in ("extra_fields", "old_words"):
        sandbox.tell("faults", name=name, isOn=True)
    post, ref = posts_of(sandbox.ask("truth"))[1]

    async with connect() as x:
        found = await retried(lambda: shares_of(x, ref))

    assert found.keys() == known(post).keys()


async def retried(ask):
    """Start a sweep again when all tries inside one call failed, as a worker does."""
    for _ in range(5):
        with suppress(Transient):
            return await ask()
    raise AssertionError("The sandbox never answered.")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"name": "server_error"}, Transient),
        ({"name": "garbage"}, (Transient, ContractError)),
        ({"name": "cut_body"}, Transient),
        ({"name": "usage_capped"}, QuotaExhausted),
        ({"name": "usage_capped", "form": "credits"}, QuotaExhausted),
    ],
)
async def test_each_trouble_is_its_error(sandbox, connect, fault, error):
    _, ref = posts_of(sandbox.ask("truth"))[0]
    sandbox.tell("faults", isOn=True, **fault)

    async with connect() as x:
        with pytest.raises(error):
            await x.resharers(ref, APP, None)


async def test_no_request_goes_out_before_the_stated_end_of_a_limit(sandbox, connect):
    _, ref = posts_of(sandbox.ask("truth"))[0]
    sandbox.tell("faults", name="rate_limit", isOn=True, seconds=60)

    async with connect() as x:
        for _ in range(3):
            with pytest.raises(RateLimited) as limited:
                await x.resharers(ref, APP, None)

    assert 0 < (limited.value.until - utc_now()).total_seconds() <= 61
    log = sandbox.ask("log")
    assert (log["requestCount"], log["earlyCount"]) == (1, 0)


async def test_a_used_up_window_is_not_asked_again(sandbox, connect):
    _, ref = posts_of(sandbox.ask("truth"))[0]

    async with connect() as x:
        for _ in range(75):
            await x.quotes(ref, APP, None)
        with pytest.raises(RateLimited):
            await x.quotes(ref, APP, None)

    assert sandbox.ask("log")["statuses"] == {"200": 75}


async def test_followers_are_read_by_handle_and_by_id(sandbox, connect):
    share = next(iter(known(sandbox.ask("truth")["posts"][0]).values()))
    sandbox.tell("act", do="follow", actor=share["actor"], count=1)
    sandbox.tell("act", do="describe", actor=share["actor"], text="gema-4711")

    async with connect() as x:
        page = await x.profiles([ProfileRef(Platform.X, handle=share["actor"])], APP)
        again = await x.profiles([ProfileRef(Platform.X, id=page.items[0].id)], APP)

    assert page.items[0].audience_count is not None
    assert page.items[0].description == "gema-4711"
    assert again.items[0].audience_count == page.items[0].audience_count


async def test_unknown_accounts_and_posts_are_issues(connect):
    nobody = [ProfileRef(Platform.X, handle="nobody_here"), ProfileRef(Platform.X, id="1")]

    async with connect() as x:
        profiles = await x.profiles(nobody, APP)
        metrics = await x.metrics([post_from_id(Platform.X, "1")], APP)
        with pytest.raises(NotFound):
            await x.resharers(post_from_id(Platform.X, "1"), APP, None)

    assert {(issue.ref, issue.code) for issue in profiles.issues} == {
        ("nobody_here", IssueCode.NOT_FOUND),
        ("1", IssueCode.NOT_FOUND),
    }
    assert [(issue.ref, issue.code) for issue in metrics.issues] == [("1", IssueCode.NOT_FOUND)]


async def test_a_deleted_post_is_an_issue_and_leaves_the_list(sandbox, connect):
    post, ref = posts_of(sandbox.ask("truth"))[0]
    (_, quote_id), _ = next(item for item in known(post).items() if item[0][0] == "QUOTE")
    sandbox.tell("act", do="delete", post=quote_id)

    async with connect() as x:
        found = await shares_of(x, ref)
        metrics = await x.metrics([post_from_id(Platform.X, quote_id)], APP)

    assert ("QUOTE", quote_id) not in found
    assert [issue.code for issue in metrics.issues] == [IssueCode.NOT_FOUND]


async def test_figures_are_read_in_either_vocabulary(sandbox, connect):
    refs = [ref for _, ref in posts_of(sandbox.ask("truth"))]
    sandbox.tell("faults", name="partial_errors", isOn=False)

    async with connect() as x:
        new = await x.metrics(refs, APP)
    async with connect(vocabulary="tweet") as x:
        old = await x.metrics(refs, APP)

    assert {fact.post_id for fact in new.items} == {ref.id for ref in refs}
    figures = [(fact.post_id, fact.repost_count, fact.quote_count) for fact in new.items]
    assert figures == [(fact.post_id, fact.repost_count, fact.quote_count) for fact in old.items]
    assert all(fact.repost_count for fact in new.items)


async def test_an_own_timeline_names_the_program_posts_that_were_passed_on(sandbox, connect):
    post, ref = posts_of(sandbox.ask("truth"))[0]
    share = next(iter(known(post).values()))

    async with connect() as x:
        handle = ProfileRef(Platform.X, handle=share["actor"])
        resolved = await x.resolve(handle, APP)
        pages = []
        cursor = None
        while not pages or cursor is not None:
            account = AccountRef(Platform.X, resolved.id)
            pages.append(await x.own_posts(account, APP, None, cursor))
            cursor = pages[-1].next

    own = next(one for page in pages for one in page.items if one.id == share["id"])
    assert [reference.post_id for reference in own.references] == [ref.id]
    assert (
        own.references[0].kind
        is {
            ShareKind.REPOST: ReferenceKind.REPOSTED,
            ShareKind.QUOTE: ReferenceKind.QUOTED,
        }[ShareKind(share["kind"])]
    )
    assert pages[-1].coverage is Coverage.COMPLETE
