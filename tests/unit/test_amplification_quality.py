"""Quality: the expected gain per share."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.amplification import (
    Parameters,
    Record,
    fit,
    fits,
    prior_micro,
    quality_micro,
)
from api.domain.platform import Platform

MODEL = Parameters()


def test_nobody_knows_a_newcomer_without_an_audience():
    assert quality_micro([]) == 0
    assert quality_micro([Record(0, 0, 0)]) == 0


def test_quality_is_pulled_towards_the_prior_by_three_shares():
    assert quality_micro([Record(1_000_000, 0, 0)]) == 1_000_000
    assert quality_micro([Record(1_000_000, 6_000_000, 3)]) == 1_500_000


def test_a_persons_quality_sums_both_sides_over_the_platforms():
    records = [Record(1_000_000, 6_000_000, 3), Record(0, 0, 1)]

    assert quality_micro(records) == (3_000_000 + 6_000_000) // (6 + 4)


def test_the_fit_finds_a_line_that_is_there():
    followers = [0, 9, 99, 999, 9_999]
    points = [(f, round(200_000 + 0.168 * 1e6 * math.log1p(f))) for f in followers]

    line = fit(points)

    assert line.alpha_micro == pytest.approx(200_000, abs=2)
    assert line.beta_micro == pytest.approx(168_000, abs=1)
    assert prior_micro(line, 999) == pytest.approx(points[3][1], abs=3)


def test_equal_audiences_give_a_flat_line():
    line = fit([(500, 10), (500, 21)])

    assert (line.alpha_micro, line.beta_micro) == (16, 0)


def test_no_share_gives_no_line():
    assert fit([]).share_count == 0


def test_a_prior_is_never_negative_and_zero_without_line_or_audience():
    falling = fit([(0, 1_000_000), (1_000, 0)])

    assert prior_micro(falling, 10**9) == 0
    assert prior_micro(None, 500) == 0
    assert prior_micro(falling, None) == 0


def test_a_small_platform_borrows_the_pooled_fit():
    rising = [(f, 1_000 * f) for f in range(50)]

    lines = fits({Platform.X: rising, Platform.FACEBOOK: [(5, 5)] * 49}, MODEL)

    assert lines[Platform.X] == fit(rising)
    assert lines[Platform.FACEBOOK] == lines[Platform.BLUESKY] == fit([*rising, *[(5, 5)] * 49])


def test_too_few_shares_anywhere_give_no_fit():
    assert set(fits({Platform.X: [(1, 1)] * 49}, MODEL).values()) == {None}


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), max_size=30), st.randoms())
def test_the_fit_forgets_the_order_of_the_shares(points, random):
    assert fit(points) == fit(random.sample(points, len(points)))
