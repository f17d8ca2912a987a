"""Day-buckets, scores and points."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.amplification import (
    MICRO,
    POINT,
    Bucket,
    Parameters,
    PendingRule,
    ShareState,
    Standing,
    contribution,
    fold,
    points_micro,
    score_buckets,
)
from api.domain.platform import Platform

MODEL = Parameters()
LN_3 = 1_098_612


TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("state", "if_cleared", "added"),
    [
        (ShareState.COUNTED, ShareState.COUNTED, Bucket(counted_count=1, gain_micro=7)),
        (ShareState.PARTIAL, ShareState.PARTIAL, Bucket(counted_count=1, gain_micro=7)),
        (ShareState.PENDING, ShareState.PENDING, Bucket(pending_count=1)),
        (ShareState.UNDER_REVIEW, ShareState.COUNTED, Bucket(held_count=1, held_micro=7)),
        (ShareState.UNDER_REVIEW, ShareState.PENDING, Bucket(held_count=1)),
        (ShareState.UNDER_REVIEW, ShareState.OVER_CAP, Bucket()),
        (ShareState.OVER_CAP, ShareState.OVER_CAP, Bucket()),
        (ShareState.UNMEASURED, ShareState.UNMEASURED, Bucket()),
        (ShareState.REJECTED, ShareState.REJECTED, Bucket()),
        (ShareState.REMOVED, ShareState.REMOVED, Bucket()),
        (ShareState.EVIDENCE_TOO_LOW, ShareState.EVIDENCE_TOO_LOW, Bucket()),
    ],
)
def test_each_state_adds_its_own_numbers(state, if_cleared, added):
    assert contribution(Standing(state, None, if_cleared), 7) == added


def test_a_hold_and_its_release_move_one_number():
    held = contribution(Standing(ShareState.UNDER_REVIEW, None, ShareState.COUNTED), 7)
    free = contribution(Standing(ShareState.COUNTED, None, ShareState.COUNTED), 7)

    assert held.held_micro == free.gain_micro
    assert free - held + held == free


def test_a_typical_fresh_share_is_one_point():
    score = score_buckets({(Platform.X, TODAY): Bucket(1, LN_3)}, TODAY, MODEL)

    assert score.score == LN_3 * MICRO
    assert score.points_micro == 1_000_000


@given(st.integers(0, 10**20))
def test_points_are_the_score_over_the_constant_with_halves_to_even(score):
    assert points_micro(score) == round(Fraction(score * MICRO, 1_098_612_288_668))
    assert POINT == 1_098_612_288_668


def test_old_and_future_days_do_not_count():
    days = {
        (Platform.X, TODAY - timedelta(days=180)): Bucket(1, 10**6),
        (Platform.X, TODAY + timedelta(days=1)): Bucket(1, 10**6),
        (Platform.X, TODAY - timedelta(days=179)): Bucket(1, 1),
    }

    score = score_buckets(days, TODAY, MODEL)

    assert (score.score, score.share_count) == (15_990, 1)


def test_a_pending_share_counts_as_the_holders_quality_unless_excluded():
    days = {(Platform.X, TODAY): Bucket(counted_count=1, gain_micro=4_000_000, pending_count=2)}
    quality = 4_000_000 // 4

    included = score_buckets(days, TODAY, MODEL)
    excluded = score_buckets(days, TODAY, Parameters(pending=PendingRule.EXCLUDE))

    assert included.pending_score == excluded.pending_score == 2 * quality * MICRO
    assert included.score - excluded.score == included.pending_score
    assert included.share_count == 3


def test_held_points_come_back_only_in_the_score_if_cleared():
    days = {(Platform.X, TODAY): Bucket(1, 100, held_count=1, held_micro=40)}

    score = score_buckets(days, TODAY, MODEL)

    assert (score.score, score.score_if_cleared) == (100 * MICRO, 140 * MICRO)


def test_the_parts_by_platform_sum_to_the_score():
    days = {
        (Platform.X, TODAY): Bucket(2, 500, pending_count=1),
        (Platform.X, TODAY - timedelta(days=30)): Bucket(1, 70),
        (Platform.BLUESKY, TODAY): Bucket(1, 900, pending_count=2),
    }
    priors = {Platform.X: 40, Platform.BLUESKY: 90}

    whole = score_buckets(days, TODAY, MODEL, priors)
    parts = [
        score_buckets({k: b for k, b in days.items() if k[0] is p}, TODAY, MODEL, {p: priors[p]})
        for p in priors
    ]

    assert whole.score == sum(part.score for part in parts)


buckets = st.builds(
    Bucket,
    st.integers(0, 9),
    st.integers(0, 10**7),
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 10**7),
)
keys = st.tuples(st.sampled_from(Platform), st.dates(date(2025, 8, 1), date(2026, 3, 5)))


@given(st.lists(st.tuples(keys, buckets)), st.randoms())
def test_folding_forgets_the_order_of_arrival(parts, random):
    shuffled = random.sample(parts, len(parts))

    assert fold(parts) == fold(shuffled)
