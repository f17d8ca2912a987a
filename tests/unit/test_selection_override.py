"""Changes by hand: the rest of the list is the best one around whoever is held."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from api.domain.selection import (
    InviteDecision,
    Override,
    OverrideAction,
    QuotaRule,
    ReasonCode,
    propose,
)
from api.domain.selection.candidate import ordered
from api.domain.selection.limits import RuleBook
from api.domain.selection.override import broken_bounds
from api.domain.selection.pool import Pool
from api.domain.selection.solution import Solver
from tests.unit.selection_people import (
    AGENCY,
    PROVINCE,
    TODAY,
    crowd,
    dice,
    lists,
    people,
    random_rules,
    terms,
    worth,
)


@pytest.mark.parametrize("batch", range(10))
def test_around_whoever_is_held_the_list_is_the_best_of_all_possible_lists(batch: int) -> None:
    random = dice(("held", batch))
    tried = 0

    for _ in range(60):
        candidates = crowd(random, random.randint(3, 9))
        seats = random.randint(1, 5)
        book = RuleBook(random_rules(random, has_minimums=True), seats)
        pool = Pool.of(ordered(candidates, "seed"), book.keys(AGENCY), book.keys(PROVINCE))
        limits = book.limits(pool.agencies, pool.provinces)
        held = set(random.sample(range(len(candidates)), random.randint(1, min(seats, 2))))
        possible = [chosen for chosen in lists(pool, limits) if held <= set(chosen)]

        choice = Solver(pool, held).choose(limits)

        assert held <= set(choice.places)
        assert len(choice.places) <= seats
        if possible:
            tried += 1
            best = max(worth(chosen, pool, limits) for chosen in possible)
            assert worth(choice.places, pool, limits) == best

    assert tried > 20


def by_hand(number: int, action: OverrideAction) -> Override:
    return Override(UUID(int=number), action, "Alasan")


def test_somebody_admitted_beyond_a_maximum_breaks_it_and_nobody_else_does() -> None:
    candidates = people((9, "a", None), (8, "a", None), (7, "b", None), (1, "a", None))
    full = QuotaRule(AGENCY, "a", None, 0)
    asked = terms(2, full, overrides=(by_hand(4, OverrideAction.ADMIT),))

    proposal = propose(candidates, asked)

    assert [entry.candidate.score for entry in proposal.admitted] == [7, 1]
    assert {bound.rule for bound in proposal.broken} == {full}


def test_within_a_maximum_the_admitted_takes_the_seat_of_the_same_agency() -> None:
    candidates = people((9, "a", None), (8, "b", None), (7, "b", None), (1, "a", None))
    asked = terms(
        2, QuotaRule(AGENCY, None, None, 1), overrides=(by_hand(4, OverrideAction.ADMIT),)
    )

    proposal = propose(candidates, asked)

    assert [entry.candidate.score for entry in proposal.admitted] == [8, 1]
    assert proposal.broken == frozenset()


def test_a_minimum_that_the_removed_alone_could_meet_is_broken() -> None:
    candidates = people((9, None, "p"), (8, None, "q"))
    wanted = QuotaRule(PROVINCE, "p", 1)

    before = propose(candidates, terms(1, wanted))
    after = propose(candidates, terms(1, wanted, overrides=(by_hand(1, OverrideAction.REMOVE),)))

    assert before.broken == frozenset()
    assert {bound.rule for bound in after.broken} == {wanted}


def test_the_removed_keeps_a_row_with_the_reason_and_waits_for_nothing() -> None:
    candidates = people((9, None, None), (8, None, None))

    proposal = propose(candidates, terms(1, overrides=(by_hand(1, OverrideAction.REMOVE),)))

    (row,) = [entry for entry in proposal.entries if entry.candidate.score == 9]
    assert row.decision is InviteDecision.REMOVED
    assert [reason.code for reason in row.reasons] == [ReasonCode.REMOVED_BY_HAND]
    assert row.reasons[0].message == "Taken off by a person: Alasan"
    assert row.waiting_position is None


def test_a_person_ends_somebodys_rest_but_admits_nobody_who_is_not_eligible() -> None:
    first, second = people((9, None, None), (8, None, None))
    resting = replace(first, last_invited_on=TODAY - timedelta(days=3))
    barred = replace(second, has_consent=False)
    admits = tuple(by_hand(number, OverrideAction.ADMIT) for number in (1, 2))

    proposal = propose([resting, barred], terms(2, overrides=admits))

    assert [entry.decision for entry in proposal.entries] == [
        InviteDecision.ADMITTED,
        InviteDecision.NOT_ELIGIBLE,
    ]


def test_every_change_and_its_reason_are_in_the_hash() -> None:
    candidates = people((9, None, None), (8, None, None))
    plain = propose(candidates, terms(1)).sha256
    one = by_hand(1, OverrideAction.REMOVE)

    changed = propose(candidates, terms(1, overrides=(one,))).sha256
    reworded = propose(candidates, terms(1, overrides=(replace(one, reason="Lain"),))).sha256

    assert len({plain, changed, reworded}) == 3


def test_a_list_without_changes_keeps_the_quotas_it_can() -> None:
    candidates = people((9, "a", None), (8, "a", None))
    book = RuleBook([QuotaRule(AGENCY, "a", None, 1)], 2)
    pool = Pool.of(candidates, book.keys(AGENCY), book.keys(PROVINCE))
    limits = book.limits(pool.agencies, pool.provinces)

    assert broken_bounds(pool, book, limits, Solver(pool).choose(limits)) == set()
