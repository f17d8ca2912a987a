import statistics

import pytest

from workers.sandbox.chance import delay_seconds, dice, draw, negative_binomial
from workers.sandbox.snowflake import Mint, second_of

AT = 1_795_000_000


def test_the_same_key_draws_the_same_number_and_another_key_another():
    assert draw(1, "page", 7) == draw(1, "page", 7)
    assert len({draw(seed, "page", place) for seed in range(20) for place in range(20)}) == 400


def test_draws_spread_evenly():
    draws = [draw("spread", number) for number in range(4_000)]

    assert all(0 <= each < 1 for each in draws)
    assert statistics.mean(draws) == pytest.approx(0.5, abs=0.02)


def test_reshares_are_many_for_few_and_none_for_most():
    die = dice("reshares")
    counts = [negative_binomial(die, 4.0, 0.03) for _ in range(40_000)]

    zero_share = counts.count(0) / len(counts)
    assert zero_share == pytest.approx((0.03 / 4.03) ** 0.03, abs=0.01)
    assert statistics.mean(counts) == pytest.approx(4.0, rel=0.12)


def test_delays_have_the_median_and_the_ninth_decile_asked_for():
    die = dice("delays")
    hours = sorted(delay_seconds(die, 1.4, 16.1) / 3_600 for _ in range(20_000))

    assert statistics.median(hours) == pytest.approx(1.4, rel=0.05)
    assert hours[18_000] == pytest.approx(16.1, rel=0.08)


def test_an_id_tells_its_second_and_has_nineteen_digits():
    mint = Mint(seed=1)

    for at in range(AT, AT + 200):
        snowflake = mint.next_id(at)
        assert (snowflake >> 22) + 1_288_834_974_657 == at * 1_000
        assert second_of(snowflake) == at
        assert len(str(snowflake)) == 19


def test_ids_of_one_second_grow_and_never_repeat():
    mint = Mint(seed=3)
    ids = [mint.next_id(AT) for _ in range(2_000)]

    assert ids == sorted(set(ids))
    assert {second_of(each) for each in ids} == {AT}
