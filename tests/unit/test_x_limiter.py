"""The buckets of one process: counted from the documented window, corrected by the network."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from api.domain.platform import Platform
from workers.platforms.base import RateLimited
from workers.platforms.limiter import Bucket, LocalLimiter, Reading

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
BUCKET = Bucket(Platform.X, "retweets", "app", 3, 900)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limiter(clock):
    return LocalLimiter(clock)


async def take(limiter, count):
    for _ in range(count):
        await limiter.take(BUCKET)


async def test_a_window_allows_its_limit_and_says_when_it_ends(limiter):
    await take(limiter, 3)

    with pytest.raises(RateLimited) as limited:
        await limiter.take(BUCKET)

    assert limited.value.until == START + timedelta(seconds=900)


async def test_a_new_window_starts_full(limiter, clock):
    await take(limiter, 3)
    clock.now += timedelta(seconds=900)

    await take(limiter, 3)
    with pytest.raises(RateLimited):
        await limiter.take(BUCKET)


async def test_who_spares_calls_leaves_them_to_others_of_the_bucket(limiter):
    modest = replace(BUCKET, spared_count=2)
    await limiter.take(modest)

    with pytest.raises(RateLimited):
        await limiter.take(modest)
    await take(limiter, 2)


async def test_buckets_do_not_share(limiter):
    await take(limiter, 3)

    await limiter.take(Bucket(Platform.X, "quote_tweets", "app", 3, 900))
    await limiter.take(Bucket(Platform.X, "retweets", "other", 3, 900))


async def test_the_network_is_believed_about_the_end_of_the_window(limiter):
    reset_at = START + timedelta(seconds=60)
    await limiter.take(BUCKET)
    await limiter.correct(BUCKET, Reading(0, reset_at))

    with pytest.raises(RateLimited) as limited:
        await limiter.take(BUCKET)

    assert limited.value.until == reset_at


async def test_answers_that_overtake_each_other_raise_nothing(limiter):
    reset_at = START + timedelta(seconds=60)
    await take(limiter, 2)
    await limiter.correct(BUCKET, Reading(1, reset_at))
    await limiter.correct(BUCKET, Reading(2, reset_at))

    await limiter.take(BUCKET)
    with pytest.raises(RateLimited):
        await limiter.take(BUCKET)


async def test_a_late_answer_of_an_older_window_is_ignored(limiter):
    await limiter.correct(BUCKET, Reading(1, START + timedelta(seconds=900)))
    await limiter.correct(BUCKET, Reading(0, START + timedelta(seconds=10)))

    await limiter.take(BUCKET)


async def test_a_stated_newer_window_replaces_the_older(limiter):
    await limiter.correct(BUCKET, Reading(0, START + timedelta(seconds=60)))
    await limiter.correct(BUCKET, Reading(2, START + timedelta(seconds=960)))

    await take(limiter, 2)
    with pytest.raises(RateLimited) as limited:
        await limiter.take(BUCKET)
    assert limited.value.until == START + timedelta(seconds=960)
