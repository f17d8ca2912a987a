"""The audit of a prefix, against counting every possible draw."""

from itertools import combinations
from random import Random

import pytest

from api.domain.selection.parity import Standing, parity
from api.domain.selection.quota import QuotaDimension


@pytest.mark.parametrize("seed", range(20))
def test_the_probabilities_are_those_of_counting_every_draw(seed: int) -> None:
    random = Random(seed)  # noqa: S311 (nothing here is secret)
    size = random.randint(2, 9)
    prefix = random.randint(1, size)
    pool = [
        Standing(random.choice("ab"), None, place + 1 if place < prefix else None)
        for place in range(size)
    ]

    for group in parity(pool, prefix):
        draws = [
            sum(one.agency == group.key for one in draw) for draw in combinations(pool, prefix)
        ]
        fewer = sum(count <= group.count for count in draws)
        more = sum(count >= group.count for count in draws)
        assert group.at_most_ppm == fewer * 1_000_000 // len(draws)
        assert group.at_least_ppm == more * 1_000_000 // len(draws)


def test_a_group_that_is_left_out_stands_first_and_its_expectation_beside() -> None:
    pool = [Standing("a" if place < 10 else "b", "p", None) for place in range(20)]
    seated = [Standing("a", "p", place + 1) for place in range(10)]

    first, *_ = parity([*seated, *pool[10:]], prefix=10)

    assert first.dimension is QuotaDimension.AGENCY
    assert (first.count, first.expected_milli) in {(0, 5_000), (10, 5_000)}
    assert min(first.at_most_ppm, first.at_least_ppm) == 5
    assert first.pool_size == 20


def test_people_without_a_group_are_in_the_pool_and_in_no_group() -> None:
    (only,) = parity([Standing("a", None, 1), Standing(None, None, None)], prefix=1)

    assert (only.key, only.pool_count, only.pool_size) == ("a", 1, 2)
