"""The bootstrap draws the same as a slow one in plain integers, in any order of the shares."""

import hashlib
from collections import Counter
from itertools import pairwise
from math import exp, factorial
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.uncertainty import DRAW_COUNT, Evidence, Uncertainty, chance, is_level
from workers.tasks.bootstrap import THRESHOLDS, bootstrap, poisson_weights

LIST = UUID("01a22122-6150-7cd8-b501-0cdfbd5e3af3")


def slow_bootstrap(evidence: Evidence, seed_id: UUID) -> list[Uncertainty]:
    """The rule of the design, word for word, one integer at a time."""
    words = np.random.PCG64(int.from_bytes(hashlib.sha256(seed_id.bytes).digest()[:16], "big"))
    shares = sorted(evidence.shares)
    ranks: dict[UUID, list[int]] = {one: [] for one in evidence.holders}
    for _ in range(DRAW_COUNT):
        halves = []
        for _ in range((len(shares) + 1) // 2):
            word = int(words.random_raw())
            halves += [word & 0xFFFFFFFF, word >> 32]
        sums: Counter[UUID] = Counter()
        for (asn_id, _, score), half in zip(shares, halves, strict=False):
            sums[asn_id] += score * sum(threshold <= half for threshold in THRESHOLDS)
        ordered = sorted(evidence.holders, key=lambda one: -sums[one])
        for rank, asn_id in enumerate(ordered, start=1):
            ranks[asn_id].append(rank)
    return [
        Uncertainty(
            asn_id,
            sum(rank <= evidence.capacity for rank in seen),
            sorted(seen)[49],
            sorted(seen)[949],
        )
        for asn_id, seen in ranks.items()
    ]


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    holders = draw(st.lists(st.uuids(), min_size=1, max_size=5, unique=True))
    shares = draw(
        st.lists(
            st.tuples(
                st.sampled_from(holders), st.uuids(), st.integers(min_value=0, max_value=10**13)
            ),
            max_size=9,
            unique_by=lambda share: share[1],
        )
    )
    return Evidence(holders, shares, draw(st.integers(min_value=1, max_value=5)))


@settings(max_examples=15, deadline=None)
@given(evidences(), st.uuids())
def test_the_fast_draws_equal_the_slow_ones(evidence: Evidence, seed_id: UUID) -> None:
    assert bootstrap(evidence, seed_id) == slow_bootstrap(evidence, seed_id)


def test_the_order_of_the_shares_changes_nothing() -> None:
    random = Random(7)  # noqa: S311 (nothing here is secret)
    holders = [UUID(int=number) for number in range(20)]
    shares = [
        (random.choice(holders), UUID(int=number), random.randrange(10**12))
        for number in range(101)
    ]
    shuffled = random.sample(shares, len(shares))

    first = bootstrap(Evidence(holders, shares, 5), LIST)

    assert first == slow_bootstrap(Evidence(holders, shares, 5), LIST)
    assert bootstrap(Evidence(holders, shuffled, 5), LIST) == first
    assert bootstrap(Evidence(holders, shares, 5), UUID(int=9)) != first


def test_thresholds_are_those_of_poisson_and_weights_follow_them() -> None:
    total = 0.0
    for count, threshold in enumerate(THRESHOLDS):
        total += exp(-1) / factorial(count)
        assert threshold == pytest.approx(2**32 * total, abs=1)

    weights = poisson_weights(np.random.PCG64(1), 200_000)

    assert all(low < high for low, high in pairwise(THRESHOLDS))
    assert weights.mean() == pytest.approx(1, abs=0.01)
    assert weights.var() == pytest.approx(1, abs=0.02)


def test_a_holder_far_ahead_is_sure_and_those_who_tie_keep_their_order() -> None:
    first, second, third = (UUID(int=number) for number in (3, 1, 2))
    many = [(first, UUID(int=number), 10**12) for number in range(100, 160)]

    sure, tied, last = bootstrap(Evidence([first, second, third], many, 1), LIST)

    assert sure == Uncertainty(first, DRAW_COUNT, 1, 1)
    assert (tied.rank_low, tied.rank_high, last.rank_low, last.rank_high) == (2, 2, 3, 3)
    assert (tied.top_count, last.top_count) == (0, 0)


def test_two_equal_holders_are_level_and_one_alone_is_not() -> None:
    holders = [UUID(int=1), UUID(int=2)]
    shares = [(one, UUID(int=10 * one.int + n), 10**12) for one in holders for n in range(9)]

    found = bootstrap(Evidence(holders, shares, 1), LIST)

    assert sum(one.top_count for one in found) == DRAW_COUNT
    assert all(is_level(one.top_count) for one in found)
    assert all((one.rank_low, one.rank_high) == (1, 2) for one in found)
    assert [is_level(count) for count in (199, 200, 800, 801)] == [False, True, True, False]
    assert chance(500) == 0.5


def test_nobody_has_no_ranks() -> None:
    assert bootstrap(Evidence([], [], 10), LIST) == []
