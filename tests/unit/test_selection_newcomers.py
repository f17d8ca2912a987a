"""Newcomers cross the other quotas: their reserve may cost points, never a seat or a minimum."""

from dataclasses import replace
from uuid import UUID

import pytest

from api.domain.selection import Candidate, QuotaRule, ordered
from api.domain.selection.limits import Limits, RuleBook
from api.domain.selection.pool import Pool
from api.domain.selection.solution import Choice, Solver
from tests.unit.selection_people import (
    AGENCY,
    INVITED,
    NEWCOMER,
    PROVINCE,
    crowd,
    dice,
    lists,
    people,
    person,
    worth,
)


def solved(
    candidates: list[Candidate], rules: list[QuotaRule], seats: int
) -> tuple[Pool, Limits, Choice]:
    book = RuleBook(rules, seats)
    pool = Pool.of(ordered(candidates, "seed"))
    limits = book.limits(pool.agencies, pool.provinces)
    return pool, limits, Solver(pool).choose(limits)


def newcomers_from(*rows: tuple[int, str, str]) -> list[Candidate]:
    return [
        replace(one, asn_id=UUID(int=1000 + number), last_invited_on=None)
        for number, one in enumerate(people(*rows))
    ]


def newcomers(chosen: tuple[int, ...], pool: Pool) -> int:
    return sum(pool.candidates[place].is_newcomer for place in chosen)


def mixed(*rows: tuple[int, bool]) -> list[Candidate]:
    return [
        person(number, score=score, last_invited_on=None if is_new else INVITED)
        for number, (score, is_new) in enumerate(rows, start=1)
    ]


def test_the_reserve_takes_the_best_newcomer_instead_of_the_last_of_the_others() -> None:
    candidates = mixed((9, False), (8, False), (7, False), (2, True), (1, True))

    pool, _, choice = solved(candidates, [QuotaRule(NEWCOMER, minimum=1)], seats=3)

    assert [pool.candidates[place].score for place in choice.places] == [9, 8, 2]
    assert choice.is_moved_by_newcomers


def test_a_reserve_that_holds_by_itself_changes_nothing() -> None:
    candidates = mixed((9, True), (8, False), (7, True))

    _, _, choice = solved(candidates, [QuotaRule(NEWCOMER, minimum=1)], seats=2)

    assert choice.places == (0, 1)
    assert not choice.is_moved_by_newcomers


def test_a_reserve_beyond_the_newcomers_there_are_takes_them_all_and_fills_the_rest() -> None:
    candidates = mixed((9, False), (8, False), (1, True))

    _, _, choice = solved(candidates, [QuotaRule(NEWCOMER, minimum=2)], seats=2)

    assert choice.places == (0, 2)


def test_the_reserve_leaves_no_seat_empty() -> None:
    in_the_way = person(1, score=1, agency_key="a", province_key="p", last_invited_on=None)
    others = [
        person(2, score=9, agency_key="a", province_key="q"),
        person(3, score=9, agency_key="b", province_key="p"),
    ]
    rules = [
        QuotaRule(AGENCY, maximum=1),
        QuotaRule(PROVINCE, maximum=1),
        QuotaRule(NEWCOMER, minimum=1),
    ]

    _, _, choice = solved([in_the_way, *others], rules, seats=2)

    assert len(choice.places) == 2
    assert choice.newcomer_count == 0


def test_a_reserve_that_would_cost_a_seat_is_kept_as_far_as_it_costs_none() -> None:
    cells = [(9, "a", "q"), (9, "b", "p"), (5, "c", "s")]
    new_cells = [(2, "c", "r"), (1, "a", "p")]
    candidates = [*people(*cells), *newcomers_from(*new_cells)]
    rules = [QuotaRule(AGENCY, maximum=1), QuotaRule(PROVINCE, maximum=1)]

    pool, _, choice = solved(candidates, [*rules, QuotaRule(NEWCOMER, minimum=2)], seats=3)

    assert [pool.candidates[place].score for place in choice.places] == [9, 9, 2]


def test_a_maximum_of_newcomers_does_not_let_one_of_them_block_two_others() -> None:
    cells = [(1, "a", "q"), (1, "b", "p")]
    new_cells = [(100, "a", "p"), (50, "c", "r"), (40, "d", "s")]
    candidates = [*people(*cells), *newcomers_from(*new_cells)]
    rules = [QuotaRule(AGENCY, maximum=1), QuotaRule(PROVINCE, maximum=1)]

    pool, _, choice = solved(candidates, [*rules, QuotaRule(NEWCOMER, maximum=1)], seats=4)

    assert [pool.candidates[place].score for place in choice.places] == [50, 1, 1]


def test_a_maximum_of_newcomers_gives_the_other_seats_to_those_who_came_before() -> None:
    candidates = mixed((9, True), (8, True), (7, True), (2, False), (1, False))

    pool, _, choice = solved(candidates, [QuotaRule(NEWCOMER, maximum=1)], seats=3)

    assert [pool.candidates[place].score for place in choice.places] == [9, 2, 1]


@pytest.mark.parametrize("batch", range(10))
def test_the_reserve_holds_wherever_it_costs_no_seat_and_no_minimum(batch: int) -> None:
    random = dice(batch)

    for _ in range(30):
        reserve = random.randint(1, 3)
        rules = [
            QuotaRule(AGENCY, maximum=random.randint(1, 2)),
            QuotaRule(PROVINCE, None, random.choice([None, 1]), random.randint(1, 3)),
        ]
        candidates = crowd(random, random.randint(2, 9))
        pool, limits, free = solved(candidates, rules, seats=4)
        _, _, choice = solved(candidates, [*rules, QuotaRule(NEWCOMER, minimum=reserve)], seats=4)

        best = max(worth(chosen, pool, limits) for chosen in lists(pool, limits))

        assert worth(choice.places, pool, limits)[:2] == best[:2]
        assert choice.places in set(lists(pool, limits))
        assert choice.newcomer_count >= min(reserve, free.newcomer_count)


@pytest.mark.parametrize("batch", range(5))
def test_a_maximum_of_newcomers_is_never_exceeded(batch: int) -> None:
    random = dice(batch)

    for _ in range(30):
        rules = [
            QuotaRule(AGENCY, maximum=random.randint(1, 3)),
            QuotaRule(NEWCOMER, maximum=random.randint(0, 2)),
        ]
        pool, limits, choice = solved(crowd(random, random.randint(1, 9)), rules, seats=4)

        assert newcomers(choice.places, pool) <= limits.newcomer.maximum
        assert choice.places in set(lists(pool, limits))
