"""The solver against every possible list: seats, then minimums, then points, then standing."""

import pytest

from api.domain.selection import Candidate, QuotaRule, ordered
from api.domain.selection.limits import Limits, RuleBook
from api.domain.selection.pool import Pool
from api.domain.selection.solution import Choice, Solver
from tests.unit.selection_people import (
    AGENCY,
    PROVINCE,
    covered,
    crowd,
    dice,
    group_counts,
    lists,
    people,
    random_rules,
    worth,
)
from tests.unit.selection_reference import best_worth


def solved(
    candidates: list[Candidate], rules: list[QuotaRule], seats: int, seed: str = "seed"
) -> tuple[Pool, Limits, Choice]:
    book = RuleBook(rules, seats)
    pool = Pool.of(ordered(candidates, seed), book.keys(AGENCY), book.keys(PROVINCE))
    limits = book.limits(pool.agencies, pool.provinces)
    return pool, limits, Solver(pool).choose(limits)


@pytest.mark.parametrize("has_minimums", [False, True])
@pytest.mark.parametrize("batch", range(10))
def test_the_list_is_the_best_of_all_possible_lists(batch: int, has_minimums: bool) -> None:
    random = dice((batch, has_minimums))

    for _ in range(100 if has_minimums else 30):
        candidates = crowd(random, random.randint(3, 9))
        rules = random_rules(random, has_minimums=has_minimums)
        pool, limits, choice = solved(candidates, rules, seats=random.randint(1, 5))

        best = max(worth(chosen, pool, limits) for chosen in lists(pool, limits))

        assert worth(choice.places, pool, limits) == best, (candidates, rules)


@pytest.mark.parametrize("batch", range(10))
def test_a_longer_list_agrees_with_a_textbook_flow_and_holds_every_maximum(batch: int) -> None:
    random = dice(("flow", batch))

    for _ in range(20):
        candidates = crowd(random, random.randint(20, 50), scores=random.choice([4, 1000]))
        rules = random_rules(random, has_minimums=True, most=6)
        pool, limits, choice = solved(candidates, rules, seats=random.randint(6, 20))
        agencies, provinces = group_counts(choice.places, pool)

        assert worth(choice.places, pool, limits)[:3] == best_worth(pool, limits), rules
        assert choice.agency_counts == tuple(agencies[n] for n in range(len(pool.agencies)))
        assert choice.province_counts == tuple(provinces[n] for n in range(len(pool.provinces)))
        assert choice.covered_count == covered(choice.places, pool, limits)
        assert all(agencies[n] <= span.maximum for n, span in enumerate(limits.agency))
        assert all(provinces[n] <= span.maximum for n, span in enumerate(limits.province))


def test_a_seat_is_worth_more_than_any_number_of_points() -> None:
    candidates = people((100, "a", "p"), (1, "a", "q"), (1, "b", "p"))
    rules = [QuotaRule(AGENCY, maximum=1), QuotaRule(PROVINCE, maximum=1)]

    pool, _, choice = solved(candidates, rules, seats=2)

    assert [pool.candidates[place].score for place in choice.places] == [1, 1]


def test_a_minimum_is_worth_more_than_any_number_of_points() -> None:
    candidates = people((10**30, "a", "p"), (0, "a", "q"))

    pool, _, choice = solved(candidates, [QuotaRule(PROVINCE, "q", minimum=1)], seats=1)

    assert [pool.candidates[place].province_key for place in choice.places] == ["q"]


def test_a_seat_moves_within_an_agency_at_its_minimum_to_make_room_for_another_minimum() -> None:
    candidates = people((9, "a", "p"), (8, "b", "p"), (5, "a", "q"))
    rules = [QuotaRule(PROVINCE, maximum=1), QuotaRule(AGENCY, minimum=1)]

    pool, _, choice = solved(candidates, rules, seats=2)

    assert [pool.candidates[place].score for place in choice.places] == [8, 5]


def test_people_without_an_agency_are_counted_by_no_agency_quota() -> None:
    candidates = people((3, None, "p"), (2, None, "p"), (1, "a", "p"))

    _, _, choice = solved(candidates, [QuotaRule(AGENCY, maximum=1)], seats=3)

    assert len(choice.places) == 3


def test_of_equal_lists_the_one_of_better_standing_is_taken_whatever_the_seed_says_of_it() -> None:
    candidates = people((5, "a", "p"), (5, "b", "p"), (5, "a", "q"), (5, "b", "q"))
    firsts = set()

    for seed in map(str, range(20)):
        pool, _, choice = solved(candidates, [QuotaRule(AGENCY, maximum=1)], 1, seed)
        assert choice.places == (0,)
        firsts.add(pool.candidates[0].asn_id)

    assert len(firsts) > 1


def test_nobody_to_choose_from_is_an_empty_list() -> None:
    _, _, choice = solved([], [QuotaRule(PROVINCE, "q", minimum=1)], seats=3)

    assert choice.places == ()
