"""The shared buckets against a real Valkey: the same rule, one count for all workers."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from api.domain.platform import Platform
from workers.platforms.base import RateLimited
from workers.platforms.limiter import Bucket, LocalLimiter, Reading, SharedLimiter

BUCKET = Bucket(Platform.X, "retweets", "app", 20, 900)
CLOSED_PORT = "redis://127.0.0.1:1"


class Clock:
    """Starts at the real time, since Valkey forgets keys by it, and moves by hand."""

    def __init__(self):
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def valkey(servers):
    client = Redis.from_url(servers.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


async def is_allowed(limiter):
    try:
        await limiter.take(BUCKET)
    except RateLimited as limited:
        return limited.until
    return True


async def test_all_workers_together_stay_inside_the_window(valkey, clock):
    workers = [SharedLimiter(valkey, clock) for _ in range(4)]

    answers = await asyncio.gather(*(is_allowed(workers[n % 4]) for n in range(60)))

    assert answers.count(True) == 20
    assert answers.count(clock.now + timedelta(seconds=900)) == 40


async def test_a_limit_that_one_worker_meets_holds_for_all(valkey, clock):
    reset_at = clock.now + timedelta(seconds=120)
    first, second = SharedLimiter(valkey, clock), SharedLimiter(valkey, clock)

    await first.correct(BUCKET, Reading(0, reset_at))

    assert await is_allowed(second) == reset_at
    clock.now = reset_at
    assert await is_allowed(second) is True


@pytest.mark.parametrize("seed", range(20))
async def test_the_script_and_the_fallback_follow_one_rule(valkey, clock, seed):
    chance = random.Random(seed)  # noqa: S311 (a repeatable story)
    bucket = Bucket(Platform.X, "users", "app", 3, 60)
    shared, local = SharedLimiter(valkey, clock), LocalLimiter(clock)

    for _ in range(80):
        clock.now += timedelta(seconds=chance.choice([0, 0, 0, 5, 40]))
        if chance.random() < 0.3:
            reset_at = clock.now + timedelta(seconds=chance.choice([-5, 10, 10, 30, 60]))
            reading = Reading(chance.randrange(4), reset_at)
            await shared.correct(bucket, reading)
            await local.correct(bucket, reading)
        else:
            asked = replace(bucket, spared_count=chance.choice([0, 0, 2]))
            assert await outcome(shared, asked) == await outcome(local, asked)


async def outcome(limiter, bucket):
    try:
        return await limiter.take(bucket)
    except RateLimited as limited:
        return limited.until


async def test_an_emptied_valkey_starts_full_buckets_again(valkey, clock):
    limiter = SharedLimiter(valkey, clock)
    for _ in range(21):
        last = await is_allowed(limiter)
    await valkey.flushall()

    assert last == clock.now + timedelta(seconds=900)
    assert await is_allowed(limiter) is True


async def test_without_valkey_calls_go_on_inside_the_documented_window(clock, caplog):
    client = Redis.from_url(CLOSED_PORT)
    limiter = SharedLimiter(client, clock)

    answers = [await is_allowed(limiter) for _ in range(21)]
    await client.aclose()

    assert answers[:20] == [True] * 20
    assert answers[20] == clock.now + timedelta(seconds=900)
    assert "ConnectionError" in caplog.text


async def test_without_valkey_the_network_is_still_believed(clock):
    client = Redis.from_url(CLOSED_PORT)
    limiter = SharedLimiter(client, clock)
    reset_at = clock.now + timedelta(seconds=60)

    await limiter.correct(BUCKET, Reading(0, reset_at))

    assert await is_allowed(limiter) == reset_at
    await client.aclose()


async def test_a_valkey_that_hangs_delays_a_call_only_shortly(clock):
    left = asyncio.Event()

    async def hang(reader, writer):
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    client = Redis.from_url(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    limiter = SharedLimiter(client, clock, timeout_seconds=0.1)

    assert await asyncio.wait_for(is_allowed(limiter), 3) is True
    await client.aclose()
    await left.wait()
    server.close()
    await server.wait_closed()


async def test_a_key_forgets_itself_when_its_window_ends(valkey, clock):
    await SharedLimiter(valkey, clock).take(BUCKET)

    (key,) = await valkey.keys("*")
    assert key == b"gema:bucket:X:retweets:app"
    assert 890 <= await valkey.ttl(key) <= 901
