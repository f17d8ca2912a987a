"""The value of resharers, the baseline, and the gain of one share."""

import math
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.amplification import (
    MICRO,
    Inputs,
    Parameters,
    baseline_micro,
    baselines,
    gain_micro,
    gains,
    is_partial_list,
    is_repeat,
    ordinal,
    reshare_unit_micro,
    resharers_micro,
    trimmed_mean_micro,
)
from api.domain.amplification.gain import exact_log1p_micro, log1p_micro
from api.domain.platform import Coverage, Metric, Platform

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = Parameters()
ONE_EACH = {(platform, metric): MICRO for platform in Platform for metric in Metric}
LN_3 = 1_098_612


@pytest.mark.parametrize(
    ("r", "unit"), [(1, 1_000_000), (2, 500_000), (3, 333_333), (6, 166_667), (64, 15_625)]
)
def test_each_further_reshare_by_one_person_is_worth_less(r, unit):
    assert reshare_unit_micro(r) == unit


@given(st.integers(1, 10_000))
def test_a_reshare_is_one_part_in_r_with_halves_rounded_up(r):
    assert reshare_unit_micro(r) == math.floor(Fraction(MICRO, r) + Fraction(1, 2))


def test_there_is_no_reshare_before_the_first():
    with pytest.raises(ValueError, match="ordinal 1"):
        reshare_unit_micro(0)


@pytest.mark.parametrize(
    ("days_before", "is_counted"), [(0, True), (179.99, True), (180, False), (-1, False)]
)
def test_only_earlier_reshares_within_180_days_make_a_repeat(days_before, is_counted):
    assert is_repeat(NOW - timedelta(days=days_before), NOW, 180) is is_counted


def test_the_ordinal_counts_the_reshares_in_reach():
    earlier = [NOW - timedelta(days=days) for days in (200, 10, 1)]

    assert ordinal(earlier, NOW, 180) == 3


@pytest.mark.parametrize(
    ("known_count", "reported", "coverage", "missing_count"),
    [
        (2, 5, Coverage.COMPLETE, 0),
        (2, 5, Coverage.CAPPED, 3),
        (2, 1, Coverage.CAPPED, 0),
        (2, None, Coverage.CAPPED, 0),
        (1, 3, Coverage.CONSENTED_ONLY, 2),
        (0, None, Coverage.COMPLETE, 0),
        (2, 5, Coverage.UNKNOWN, 3),
        (2, None, Coverage.UNKNOWN, 0),
    ],
)
def test_a_short_list_is_filled_up_by_the_platforms_count(
    known_count, reported, coverage, missing_count
):
    known_micro = 750_000 * known_count

    value = resharers_micro(known_micro, known_count, reported, coverage)

    assert value == known_micro + missing_count * MICRO
    assert is_partial_list(known_count, reported, coverage) is (missing_count > 0)


@pytest.mark.parametrize(("reported", "value"), [(7, 7 * MICRO), (0, 0), (None, None)])
def test_without_a_list_the_platforms_count_is_all_there_is(reported, value):
    assert resharers_micro(0, 0, reported, Coverage.UNKNOWN) == value
    assert not is_partial_list(0, reported, Coverage.UNKNOWN)


def x(**values):
    return Inputs.of(Platform.X, {Metric(name.upper()): value for name, value in values.items()})


def test_a_typical_share_gains_the_logarithm_of_three():
    assert gain_micro(x(resharers=MICRO), ONE_EACH) == LN_3


def test_a_share_that_nobody_passed_on_gains_nothing():
    assert gain_micro(x(resharers=0), ONE_EACH) == 0


def test_the_baseline_of_the_platform_sets_the_level():
    halved = {**ONE_EACH, (Platform.X, Metric.RESHARERS): MICRO // 2}

    assert gain_micro(x(resharers=MICRO // 2), halved) == LN_3


def test_a_metric_that_is_not_known_is_left_out_of_both_sums():
    whole = x(resharers=MICRO, clicks=MICRO, conversation=MICRO)

    assert gain_micro(whole, ONE_EACH) == gain_micro(x(resharers=MICRO, clicks=None), ONE_EACH)
    assert gain_micro(x(resharers=MICRO, clicks=0), ONE_EACH) < LN_3


def test_weights_are_shares_of_one_mean():
    mean = (600 * 4 + 300 * 1 + 100 * 0) / 1000

    gain = gain_micro(x(resharers=4 * MICRO, clicks=MICRO, conversation=0), ONE_EACH)

    assert gain == round(1e6 * math.log1p(2 * mean))


def test_inputs_are_kept_as_json_without_what_is_unknown():
    assert x(likes=3, resharers=MICRO, clicks=None).to_json() == {
        "platform": "X",
        "values": {"RESHARERS": MICRO, "LIKES": 3},
    }


def test_likes_change_nothing():
    assert gain_micro(x(resharers=MICRO, likes=10**12), ONE_EACH) == LN_3
    assert gain_micro(x(likes=10**12), ONE_EACH) == 0


def test_distinct_inputs_are_computed_once_and_equal_inputs_gain_alike():
    one, two = x(resharers=MICRO), x(resharers=2 * MICRO)

    table = gains([one, two, x(resharers=MICRO)], ONE_EACH)

    assert table == {one: LN_3, two: gain_micro(two, ONE_EACH)}


wide = st.fractions(min_value=0, max_value=10**9, max_denominator=10**12)


@given(wide)
def test_the_fast_logarithm_is_the_exact_one(value):
    precise = Context(prec=60, rounding=ROUND_HALF_EVEN)
    argument = precise.divide(Decimal(value.numerator), Decimal(value.denominator)) + 1
    truth = precise.multiply(precise.ln(argument), Decimal(MICRO))

    assert log1p_micro(value) == int(truth.to_integral_value(ROUND_HALF_EVEN))
    assert exact_log1p_micro(value) == log1p_micro(value)


@pytest.mark.parametrize("target", [3, 1_098_612, 5_000_000])
@pytest.mark.parametrize("side", [-1, 1])
def test_next_to_a_half_the_decimal_path_decides(target, side):
    precise = Context(prec=60)
    edge = precise.exp(Decimal(2 * target + 1) / (2 * MICRO)) - 1
    value = Fraction(edge) + side * Fraction(1, 10**18)

    assert log1p_micro(value) == (target + 1 if side > 0 else target)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 10**7))
def test_one_more_reshare_never_lowers_a_gain(value, more, baseline):
    table = {**ONE_EACH, (Platform.X, Metric.RESHARERS): baseline}

    assert gain_micro(x(resharers=value + more), table) >= gain_micro(x(resharers=value), table)


def test_the_mean_drops_a_tenth_at_each_end_and_keeps_zeros():
    values = [0] * 5 + [10] * 13 + [10_000] * 2

    assert trimmed_mean_micro(values) == round(Fraction(10 * 13, 16))


def test_nine_values_are_too_few_to_drop_one():
    assert trimmed_mean_micro([0] * 8 + [9_000]) == 1_000


@pytest.mark.parametrize(("values", "mean"), [([0, 1], 0), ([1, 2], 2), ([2, 3], 2), ([3, 4], 4)])
def test_a_mean_that_ends_in_a_half_goes_to_the_even_number(values, mean):
    assert trimmed_mean_micro(values) == mean


def test_no_value_has_no_mean():
    with pytest.raises(ValueError, match="no mean"):
        trimmed_mean_micro([])


@pytest.mark.parametrize(
    ("own", "every", "baseline"),
    [
        ([2 * MICRO] * 50, [9 * MICRO] * 99, 2 * MICRO),
        ([2 * MICRO] * 49, [9 * MICRO] * 50, 9 * MICRO),
        ([2 * MICRO] * 49, [9 * MICRO] * 49, MICRO),
        ([0] * 50, [9 * MICRO] * 99, 500_000),
        ([0] * 49, [0] * 50, 500_000),
    ],
)
def test_a_small_platform_borrows_the_baseline_of_all(own, every, baseline):
    assert baseline_micro(own, every, MODEL) == baseline


def test_every_platform_and_metric_has_a_baseline():
    table = baselines({(Platform.X, Metric.RESHARERS): [3 * MICRO] * 60}, MODEL)

    assert set(table) == {(platform, metric) for platform in Platform for metric in Metric}
    assert table[Platform.X, Metric.RESHARERS] == 3 * MICRO
    assert table[Platform.BLUESKY, Metric.RESHARERS] == 3 * MICRO
    assert table[Platform.X, Metric.CLICKS] == MICRO
