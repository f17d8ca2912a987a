"""Figures for rankings: by hand, by enumeration, and on real shares."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.evaluation import (
    BASELINES,
    Figure,
    baseline_scores,
    figures,
    mean_figures,
    resharer_counts,
    truth_at,
)
from tests.unit import datapack

CUT = datetime(2026, 3, 1, tzinfo=UTC)


def days(number):
    return CUT + timedelta(days=number)


SHARES = {
    1: ("Ayu", days(-5)),
    2: ("Ayu", days(0)),
    3: ("Budi", days(-1)),
    4: ("Citra", days(1)),
    5: ("Budi", days(2)),
}


def test_the_population_is_everybody_who_had_shared_before_the_cut():
    assert truth_at(SHARES, [], CUT, 10) == {"Ayu": 0, "Budi": 0}


def test_truth_is_resharers_within_the_horizon_of_shares_after_the_cut():
    reshares = [
        (2, "p", days(0)),
        (2, "q", days(9.9)),
        (2, "p", days(5)),
        (2, "late", days(10)),
        (1, "old share", days(3)),
        (4, "stranger", days(2)),
        (5, "p", days(3)),
    ]

    assert truth_at(SHARES, reshares, CUT, 10) == {"Ayu": 2, "Budi": 1}


def test_baselines_see_only_what_came_before_the_cut():
    reshares = [(1, "p", days(-4)), (1, "p", days(-3)), (1, "q", days(0)), (3, "p", days(-1))]

    counts = resharer_counts(SHARES, reshares, CUT)

    assert counts == {"Ayu": [1], "Budi": [1]}


def test_each_simple_ranking_scores_by_its_own_rule():
    counts = {"Ayu": [3, 0], "Budi": [1]}

    assert {name: baseline_scores(name, counts)["Ayu"] for name in BASELINES} == {
        "random": 0,
        "share_count": 2,
        "mean_resharers": 1.5,
        "total_resharers": 3,
        "sum_log": round(math.log(4), 9),
    }


TRUTH = {"a": 4, "b": 2, "c": 0, "d": 1}


def test_the_best_ranking_captures_everything():
    assert figures(TRUTH, TRUTH, (2, 4)) == {2: Figure(1.0, 1.0), 4: Figure(1.0, 1.0)}


def test_the_figures_are_those_computed_by_hand():
    found = figures({"b": 3, "c": 2, "a": 1}, TRUTH, (2,))

    best = math.log(5) + math.log(3) / math.log2(3)
    assert found[2].ndcg == pytest.approx(math.log(3) / best)
    assert found[2].captured == pytest.approx(2 / 6)


@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 4), min_size=1),
    st.dictionaries(st.sampled_from("abcde"), st.integers(0, 2)),
    st.integers(1, 6),
)
def test_ties_count_by_the_exact_expectation_over_all_their_orders(truth, scores, k):
    known = {holder: score for holder, score in scores.items() if holder in truth}
    found = figures(known, truth, (k,))
    if found is None:
        assert not any(truth.values())
        return

    orders = [
        order
        for order in permutations(truth)
        if all(known.get(x, 0) >= known.get(y, 0) for x, y in pairwise(order))
    ]
    strict = [{h: len(order) - n for n, h in enumerate(order)} for order in orders]
    means = mean_figures(figures(one, truth, (k,)) for one in strict)

    assert found[k].ndcg == pytest.approx(means[k].ndcg)
    assert found[k].captured == pytest.approx(means[k].captured)


def test_a_score_for_somebody_outside_the_population_is_refused():
    with pytest.raises(ValueError, match="no share before the cut"):
        figures({"stranger": 1}, TRUTH)


def test_where_nothing_happened_there_is_nothing_to_measure():
    assert figures({"a": 1}, {"a": 0}) is None
    assert mean_figures([None]) == {}
    assert mean_figures([None, {5: Figure(0.5, 0.25)}]) == {5: Figure(0.5, 0.25)}


EXPECTED = {
    "random": (0.0111, 0.0050, 0.0132, 0.0090, 0.0160, 0.0150),
    "share_count": (0.1529, 0.0802, 0.1489, 0.1138, 0.1530, 0.1428),
    "mean_resharers": (0.0871, 0.1140, 0.1198, 0.2084, 0.1688, 0.3716),
    "total_resharers": (0.2579, 0.2900, 0.2845, 0.3340, 0.3167, 0.4668),
    "sum_log": (0.3660, 0.2938, 0.3427, 0.3536, 0.3582, 0.5194),
    "amp1": (0.4087, 0.2986, 0.3960, 0.4115, 0.3810, 0.5124),
}


def scores_at(method, day, shares, cut_at):
    if method == "amp1":
        return datapack.reference_scores()[day]
    return baseline_scores(method, resharer_counts(shares, datapack.reshares(), cut_at))


@datapack.needs_datapack
@pytest.mark.parametrize("method", EXPECTED)
def test_the_figures_on_real_shares_are_the_published_ones(method):
    shares = {share: (author, at) for share, (author, _, at) in datapack.shares().items()}
    cuts = []
    for day in datapack.CUT_DAYS:
        cut_at = datapack.cut_at(day)
        truth = truth_at(shares, datapack.reshares(), cut_at, 10)
        cuts.append(figures(scores_at(method, day, shares, cut_at), truth))

    means = mean_figures(cuts)

    got = [value for k in (10, 25, 50) for value in (means[k].ndcg, means[k].captured)]
    assert got == pytest.approx(EXPECTED[method], abs=1e-4)
    assert means[25].ndcg == pytest.approx(fmean(cut[25].ndcg for cut in cuts))
