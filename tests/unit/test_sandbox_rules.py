"""Clock, limits, meter and faults: what a request meets before any data."""

import pytest

from workers.sandbox.clock import Clock, rfc3339, unix_seconds
from workers.sandbox.faults import NAMES, Faults, UnknownFault
from workers.sandbox.limits import RateWindows
from workers.sandbox.meter import POST_MICRO_USD, USER_MICRO_USD, Meter

EPOCH = 1_795_000_000 // 3_600 * 3_600
PATH = "/x/2/tweets/1/retweets"


class Hand:
    """Moves a clock."""

    def __init__(self, at: float = EPOCH) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def test_world_time_follows_elapsed_time_and_jumps_when_told():
    hand = Hand(0.0)
    clock = Clock(EPOCH, EPOCH + 1_800.0, hand)

    hand.at = 30.9
    assert clock.now == EPOCH + 30
    clock.advance(3_600)
    assert clock.now == EPOCH + 3_630
    clock.restart(EPOCH - 60)
    assert clock.now == EPOCH - 60


def test_a_jump_in_world_time_leaves_the_callers_time_alone():
    hand = Hand(0.0)
    clock = Clock(EPOCH, EPOCH + 1_800.0, hand)

    hand.at = 5.0
    clock.advance(86_400)

    assert clock.real_at == EPOCH + 1_805.0


def test_a_time_without_an_offset_is_refused():
    assert unix_seconds(rfc3339(EPOCH)) == EPOCH
    with pytest.raises(ValueError, match="offset"):
        unix_seconds("2026-11-23T10:00:00")


def test_a_window_allows_its_limit_and_then_refuses_until_the_stated_reset():
    hand = Hand()
    windows = RateWindows(900, hand)
    allowed = [windows.take("retweets", "app", 3) for _ in range(3)]
    refused = windows.take("retweets", "app", 3)

    assert [each.remaining for each in allowed] == [2, 1, 0]
    assert not any(each.is_refused for each in allowed)
    assert refused.is_refused
    assert refused.reset_at == EPOCH + 900
    hand.at = refused.reset_at
    assert not windows.take("retweets", "app", 3).is_refused


def test_windows_of_other_endpoints_and_tokens_are_apart():
    windows = RateWindows(900, Hand())
    windows.take("retweets", "app", 1)

    assert windows.take("retweets", "app", 1).is_refused
    assert not windows.take("quote_tweets", "app", 1).is_refused
    assert not windows.take("retweets", "user", 1).is_refused


def test_only_requests_after_a_refusal_count_as_early():
    hand = Hand()
    windows = RateWindows(900, hand)
    windows.take("retweets", "app", 1)

    assert not windows.take("retweets", "app", 1).is_early
    assert windows.take("retweets", "app", 1).is_early
    hand.at += 900
    assert not windows.take("retweets", "app", 1).is_early


def test_an_exhausted_window_states_its_own_reset_and_is_not_prolonged():
    hand = Hand()
    windows = RateWindows(900, hand)
    windows.exhaust("retweets", "app", 5)
    first = windows.take("retweets", "app", 75)
    hand.at += 2
    windows.exhaust("retweets", "app", 5)

    assert first.is_refused
    assert windows.take("retweets", "app", 75).reset_at == first.reset_at == EPOCH + 5


def test_a_resource_is_charged_once_a_utc_day():
    hand = Hand(EPOCH // 86_400 * 86_400)
    meter = Meter(hand)

    meter.charge("retweets", "post", ["1", "2", "2"])
    meter.charge("quotes", "post", ["2"])
    meter.charge("retweets", "user", ["1"])
    assert meter.to_json()["totalMicroUsd"] == 2 * POST_MICRO_USD + USER_MICRO_USD
    hand.at += 86_400
    meter.charge("quotes", "post", ["2"])
    assert meter.to_json()["totalMicroUsd"] == 3 * POST_MICRO_USD + USER_MICRO_USD
    assert meter.to_json()["microUsdByEndpoint"]["quotes"] == POST_MICRO_USD


def test_what_is_normal_on_x_is_on_from_the_start_and_nothing_else():
    on = {fault.name for fault in Faults(1).all() if fault.is_on}

    assert on == {"short_pages", "empty_pages", "duplicates", "partial_errors"}


def test_a_fault_strikes_as_often_as_told_and_only_where_told():
    faults = Faults(1)
    faults.switch({"name": "server_error", "path": "*/retweets", "count": 2})

    assert faults.strike("server_error", "/x/2/users") is None
    strikes = [faults.strike("server_error", PATH) is not None for _ in range(4)]
    assert strikes == [True, True, False, False]


def test_a_probable_fault_strikes_a_share_of_requests_and_the_same_ones_again():
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.switch({"name": "garbage", "probability": 0.3})
        return [faults.strike("garbage", PATH) is not None for _ in range(1_000)]

    assert sum(strikes(1)) == pytest.approx(300, abs=60)
    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)


def test_at_a_place_a_fault_strikes_always_or_never():
    faults = Faults(1)
    faults.switch({"name": "short_pages", "probability": 0.5})

    for place in range(50):
        struck = {faults.strike("short_pages", PATH, place) is None for _ in range(5)}
        assert len(struck) == 1


@pytest.mark.parametrize(
    "settings",
    [{}, {"name": "flood"}, {"name": "slow", "hours": 1}, {"name": "slow", "seconds": "long"}],
)
def test_an_unknown_fault_or_setting_is_refused(settings: dict):
    with pytest.raises(UnknownFault):
        Faults(1).switch(settings)


def test_all_faults_can_be_switched_off_together():
    faults = Faults(1)
    faults.switch_all_off()

    assert [fault.name for fault in faults.all() if not fault.is_on] == list(NAMES)
