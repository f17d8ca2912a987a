"""Points in Valkey: one minute for all processes, exact, and open for reads when Valkey is away."""

import asyncio
import time

import pytest
from api_client import NOBODY, serving
from redis.asyncio import Redis

from api.schema.points import NETWORK_POINTS, Account, MinuteLedger
from api.schema.valkey_points import ValkeyLedger
from api.settings import Settings

FIGURES = "{ rateLimit { cost limit remaining } }"


async def test_processes_share_one_minute(settings: Settings) -> None:
    ledgers = [ValkeyLedger(settings.redis_url) for _ in range(3)]
    account = Account("viewer:a", 1_000)
    windows = await asyncio.gather(
        *(ledger.charge(account, 10) for ledger in ledgers for _ in range(33))
    )
    last = await ledgers[0].charge(account, 11)
    fits = await ledgers[1].charge(account, 10)
    other = await ledgers[2].charge(Account("viewer:b", 1_000), 1)
    for ledger in ledgers:
        await ledger.close()

    assert not any(window.is_exceeded for window in windows)
    assert min(window.remaining for window in windows) == 10
    assert (last.is_exceeded, last.remaining) == (True, 10)
    assert 58 <= last.retry_after_seconds <= 60
    assert (fits.is_exceeded, fits.remaining, other.remaining) == (False, 0, 999)


async def test_both_ledgers_say_the_same(settings: Settings) -> None:
    shared, own, account = ValkeyLedger(settings.redis_url), MinuteLedger(), Account("a", 100)
    for points in (0, 40, 0, 50, 20, 10, 1):
        ours, theirs = await own.charge(account, points), await shared.charge(account, points)
        assert (ours.remaining, ours.is_exceeded) == (theirs.remaining, theirs.is_exceeded)
        assert abs((ours.reset_at - theirs.reset_at).total_seconds()) <= 1
    await shared.close()


async def test_a_caller_is_not_named_in_valkey(settings: Settings) -> None:
    ledger = ValkeyLedger(settings.redis_url)
    await ledger.charge(Account("viewer:sari.contoh", 100), 1)
    await ledger.close()
    async with Redis.from_url(settings.redis_url) as valkey:
        keys = await valkey.keys("*")

    assert "sari" not in str(keys)
    assert "points:" in str(keys)


async def test_over_the_points_every_process_refuses(settings: Settings) -> None:
    async with serving(settings) as one, serving(settings) as other:
        first = await one.send(FIGURES, caller=NOBODY)
        spent = ValkeyLedger(settings.redis_url)
        account = Account("network:127.0.0.0/24", NETWORK_POINTS)
        left = first.json()["data"]["rateLimit"]["remaining"]
        await spent.charge(account, left)
        await spent.close()
        refused = await other.send(FIGURES, caller=NOBODY)

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert refused.headers["retry-after"] == str(error["extensions"]["retryAfter"])
    assert refused.json()["extensions"]["cost"]["remaining"] == 0


@pytest.mark.parametrize("address", ["redis://127.0.0.1:9/0", "redis://127.0.0.1:10/0"])
async def test_without_valkey_reads_go_on_and_are_counted_here(address: str) -> None:
    ledger, account = ValkeyLedger(address), Account("a", 100)
    started = time.perf_counter()
    windows = [await ledger.charge(account, 40) for _ in range(3)]
    seconds = time.perf_counter() - started
    await ledger.close()

    assert [window.is_exceeded for window in windows] == [False, False, True]
    assert seconds < 20
