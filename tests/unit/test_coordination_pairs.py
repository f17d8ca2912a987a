"""The pair test: by hand, against everything that could happen, and where it must stay silent."""

from itertools import product

import pytest
from coshares import burst, key
from hypothesis import given
from hypothesis import strategies as st

from api.domain.coordination import (
    SECOND,
    Burst,
    PairRule,
    Sharing,
    accepted_count,
    advised_pairs,
    family_count,
    held_pairs,
    judged_pairs,
    poisson_binomial_tail,
)

RULE = PairRule()
A, B = 1, 2


def crowd(start, count, every=3_600):
    """Honest sharers, one an hour."""
    return [(1_000 + start + n, n * every) for n in range(count)]


def found(bursts, window=60, rule=RULE):
    return {(f.holders[0].int, f.holders[1].int): f for f in judged_pairs(bursts, window, rule)}


def test_two_holders_who_always_share_together_on_quiet_posts_are_found() -> None:
    bursts = [burst(post, (A, 0), (B, 30), *crowd(post * 100, 40)) for post in range(1, 5)]

    (finding,) = found(bursts).values()

    assert finding.holders == (key(A), key(B))
    assert (finding.close_count, finding.common_count) == (4, 4)
    # The first of the crowd shared when A did, so it met both; the pair itself is left out.
    close, pairs = 2, 42 * 41 // 2
    expected = [(close + 0.5) / (pairs - 1 + 5)] * 4
    assert finding.expected_count == pytest.approx(sum(expected))
    assert finding.chance == pytest.approx(expected[0] ** 4)
    assert held_pairs([finding], RULE) == [finding]


def test_a_burst_after_publication_excuses_everybody_in_it() -> None:
    together = [(holder, holder) for holder in range(1, 50)]
    bursts = [burst(post, *together) for post in range(1, 8)]

    findings = judged_pairs(bursts, 60, RULE)

    assert len(findings) == 49 * 48 // 2
    assert held_pairs(findings, RULE) == []
    assert advised_pairs(findings, family_count(bursts, RULE), RULE) == []


@pytest.mark.parametrize(("apart", "is_found"), [(59.999999, True), (60, True), (60.000001, False)])
def test_the_window_includes_its_last_microsecond(apart: float, is_found: bool) -> None:
    bursts = [
        Burst.of(
            key(post),
            [
                Sharing(0, key(A), key(10 * post)),
                Sharing(round(apart * SECOND), key(B), key(10 * post + 1)),
            ],
        )
        for post in range(1, 4)
    ]

    assert bool(found(bursts)) is is_found


def test_fewer_than_three_meetings_prove_nothing() -> None:
    bursts = [burst(post, (A, 0), (B, 5), *crowd(post * 500, 400)) for post in (1, 2)]

    assert found(bursts) == {}


def test_only_the_first_share_of_a_post_counts() -> None:
    again = [burst(post, (A, 0), (B, 9_000), (A, 9_010), *crowd(0, 20)) for post in range(1, 6)]

    assert (A, B) not in found(again)


def test_colleagues_are_compared_with_their_colleagues() -> None:
    agency = {holder: key(77) for holder in range(1, 21)}
    briefed = [(holder, 100_000 + holder) for holder in range(3, 21)]
    posts = range(1, 5)
    sharers = [(A, 100_000), (B, 100_001), *briefed]
    hurried = [burst(p, *sharers, *crowd(p * 1_000, 300), agencies=agency) for p in posts]
    strangers = [burst(p, *sharers, *crowd(p * 1_000, 300)) for p in posts]

    assert found(hurried)[A, B].chance > 0.5
    assert found(strangers)[A, B].chance < 1e-3


def test_nineteen_colleagues_are_too_few_to_be_a_measure() -> None:
    agency = {holder: key(77) for holder in range(1, 20)}
    sharers = [(A, 0), (B, 1), *((holder, holder) for holder in range(3, 20))]
    bursts = [burst(p, *sharers, *crowd(p * 1_000, 300), agencies=agency) for p in range(1, 5)]

    assert found(bursts)[A, B].chance < 0.5


def test_cheats_elsewhere_move_no_hold() -> None:
    pair = [burst(post, (A, 0), (B, 30), *crowd(post * 100, 40)) for post in range(1, 5)]
    elsewhere = [
        burst(post, *((holder, holder) for holder in range(500, 520)), *crowd(0, 300))
        for post in range(100, 110)
    ]

    alone, beside = found(pair)[A, B], found([*pair, *elsewhere])[A, B]

    assert alone == beside


def test_a_test_of_some_pairs_says_the_same_of_them() -> None:
    bursts = [
        burst(post, (A, 0), (B, 30), (3, 20), (4, 50), *crowd(post * 100, 40))
        for post in range(1, 5)
    ]

    some = judged_pairs(bursts, 60, RULE, only={(key(A), key(3))})

    assert some == [f for f in judged_pairs(bursts, 60, RULE) if f.holders == (key(A), key(3))]


def test_a_crowded_post_widens_no_family() -> None:
    small = [burst(post, *((holder, 0) for holder in range(1, 5))) for post in range(1, 4)]
    crowded = [burst(post, *((holder, 0) for holder in range(1, 402))) for post in range(4, 9)]

    assert family_count([*small, *crowded], RULE) == 6


CHANCES = st.lists(st.floats(0, 1, allow_nan=False), min_size=0, max_size=9)


@given(chances=CHANCES, least=st.integers(-1, 11))
def test_the_tail_adds_up_every_way_in_which_it_can_happen(
    chances: list[float], least: int
) -> None:
    """Everything that can happen, written out: 2 to the power of n outcomes."""
    total = 0.0
    for outcome in product((False, True), repeat=len(chances)):
        if sum(outcome) >= least:
            weight = 1.0
            for happens, chance in zip(outcome, chances, strict=True):
                weight *= chance if happens else 1 - chance
            total += weight

    assert poisson_binomial_tail(chances, least) == pytest.approx(total, abs=1e-12, rel=1e-9)


def test_the_tail_keeps_its_digits_where_they_are_smallest() -> None:
    assert poisson_binomial_tail([1e-3] * 7, 7) == pytest.approx(1e-21, rel=1e-12)


@given(
    chances=st.lists(st.floats(0, 1, allow_nan=False), max_size=30).map(sorted),
    family=st.integers(30, 500),
)
def test_the_advised_are_those_of_the_textbook(chances: list[float], family: int) -> None:
    passing = [n for n in range(1, len(chances) + 1) if chances[n - 1] <= n / family * 0.05]

    assert accepted_count(chances, family, 0.05) == max(passing, default=0)


TIMES = st.lists(
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 900)), min_size=1, max_size=12),
    min_size=1,
    max_size=7,
)


@given(posts=TIMES, window=st.sampled_from([60, 300]), with_agency=st.booleans())
def test_the_pair_test_agrees_with_one_that_compares_everybody_with_everybody(
    posts: list[list[tuple[int, int]]], window: int, with_agency: bool
) -> None:
    agencies = {holder: key(50 + holder % 2) for holder in range(1, 9)} if with_agency else {}
    rule = PairRule(colleague_count=3)
    bursts = [burst(n + 1, *sharings, agencies=agencies) for n, sharings in enumerate(posts)]

    expected = _brute_force(posts, window, agencies)

    actual = {pair: (f.close_count, f.chance) for pair, f in found(bursts, window, rule).items()}
    assert actual.keys() == expected.keys()
    for pair, (close, chance) in expected.items():
        assert actual[pair] == (close, pytest.approx(chance, rel=1e-9))


def _brute_force(posts, window, agencies):
    first = []
    for sharings in posts:
        earliest: dict[int, int] = {}
        for holder, at in sharings:
            earliest[holder] = min(at, earliest.get(holder, at))
        first.append(earliest)
    results = {}
    for a, b in product(range(1, 9), repeat=2):
        common = [times for times in first if a < b and a in times and b in times]
        close = [abs(times[a] - times[b]) <= window for times in common]
        if sum(close) >= 3:
            chances = [_chance(times, a, b, window, agencies) for times in common]
            tail = 0.0
            for outcome in product((0, 1), repeat=len(chances)):
                if sum(outcome) >= sum(close):
                    weight = 1.0
                    for happens, chance in zip(outcome, chances, strict=True):
                        weight *= chance if happens else 1 - chance
                    tail += weight
            results[a, b] = (sum(close), tail)
    return results


def _chance(times, a, b, window, agencies):
    agency = agencies.get(a)
    colleagues = {h: at for h, at in times.items() if agencies.get(h) == agency}
    if agency is not None and agency == agencies.get(b) and len(colleagues) >= 3:
        times = colleagues
    others = [
        abs(times[x] - times[y]) <= window
        for x, y in product(times, repeat=2)
        if x < y and (x, y) != (a, b)
    ]
    return (sum(others) + 0.5) / (max(len(others), 0) + 5)
