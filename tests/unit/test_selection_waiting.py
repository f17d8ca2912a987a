"""The waiting list: a free seat goes to the same need first, and quotas hold afterwards."""

from itertools import islice
from random import Random

import pytest

from api.domain.selection import (
    Candidate,
    QuotaRule,
    ReasonCode,
    ordered,
    propose,
    replacement,
)
from api.domain.selection.limits import Limits, RuleBook
from api.domain.selection.pool import Pool
from api.domain.selection.solution import Choice, Solver
from api.domain.selection.waiting import WaitingRoom
from tests.unit.selection_people import (
    AGENCY,
    FREE_AGENCIES,
    INVITED,
    NEWCOMER,
    PROVINCE,
    crowd,
    dice,
    people,
    person,
    random_rules,
    terms,
)

Solved = tuple[Pool, Limits, Choice]


def solved(candidates: list[Candidate], rules: list[QuotaRule], seats: int) -> Solved:
    book = RuleBook(rules, seats)
    pool = Pool.of(ordered(candidates, "seed"))
    limits = book.limits(pool.agencies, pool.provinces)
    return pool, limits, Solver(pool).choose(limits)


def random_case(random: Random) -> Solved:
    rules = random_rules(random, has_minimums=True, most=4)
    reserve = random.choice([None, QuotaRule(NEWCOMER, None, random.randint(0, 3), 4)])
    return solved(
        crowd(random, random.randint(6, 24)),
        rules if reserve is None else [*rules, reserve],
        random.randint(2, 9),
    )


def spans_of(place: int, pool: Pool, limits: Limits) -> list[tuple[str, int, int, int]]:
    """The groups of a person: name, number, minimum, maximum."""
    agency, province = pool.home[place]
    spans = [
        ("agency", agency, limits.agency[agency]),
        ("province", province, limits.province[province]),
    ]
    if pool.candidates[place].is_newcomer:
        spans.append(("newcomer", 0, limits.newcomer))
    return [(side, number, span.minimum, span.maximum) for side, number, span in spans]


def plain_calls(leavers: list[int], case: Solved) -> list[int]:
    """One person after the other by the rule itself: look at everybody who waits, each time."""
    pool, limits, choice = case
    seated = list(choice.places)
    called: list[int] = []
    for leaver in leavers:
        seated.remove(leaver)
        counts = [group[:2] for place in seated for group in spans_of(place, pool, limits)]
        fits = {}
        for place in set(range(len(pool.candidates))) - set(choice.places) - set(called):
            groups = [(counts.count(g[:2]), g[2], g[3]) for g in spans_of(place, pool, limits)]
            if all(count < most for count, _, most in groups):
                fits[place] = (-sum(count < least for count, least, _ in groups), place)
        if not fits:
            return called
        called.append(min(fits, key=lambda place: fits[place]))
        seated.append(called[-1])
    return called


@pytest.mark.parametrize("batch", range(10))
def test_each_free_seat_goes_to_the_person_whom_the_rule_names(batch: int) -> None:
    random = dice(("calls", batch))

    for _ in range(15):
        pool, limits, choice = case = random_case(random)
        room = WaitingRoom(pool, choice, limits)
        for corner in {room.corner(place) for place in choice.places}:
            leavers = [place for place in choice.places if room.corner(place) == corner]
            random.shuffle(leavers)

            calls = list(islice(room.calls(corner), len(leavers)))

            assert calls == plain_calls(leavers, case)


@pytest.mark.parametrize("batch", range(5))
def test_a_list_that_is_long_enough_names_the_first_call_of_every_vacancy(batch: int) -> None:
    random = dice(("line", batch))

    for _ in range(15):
        pool, limits, choice = random_case(random)
        room = WaitingRoom(pool, choice, limits)
        corners = {room.corner(place) for place in choice.places}
        firsts = {place for corner in corners for place in islice(room.calls(corner), 1)}

        line = [waiting.place for waiting in room.line(len(pool.candidates))]

        assert firsts <= set(line)
        assert line == sorted(set(line) - set(choice.places))


@pytest.mark.parametrize("batch", range(5))
def test_where_no_minimum_is_at_stake_every_vacancy_calls_people_in_the_order_shown(
    batch: int,
) -> None:
    random = dice(("order", batch))

    for _ in range(15):
        rules = random_rules(random, has_minimums=False, most=4)
        pool, limits, choice = solved(crowd(random, 24), rules, random.randint(2, 9))
        room = WaitingRoom(pool, choice, limits)
        line = [waiting.place for waiting in room.line(10)]

        for place in choice.places:
            called = list(islice(room.calls(room.corner(place)), 10))
            assert called == sorted(called)
            assert [one for one in line if one in called] == [one for one in called if one in line]


def test_the_list_has_as_many_places_as_asked_and_starts_with_the_best() -> None:
    pool, limits, choice = solved(people(*[(score, "a", "p") for score in range(20)]), [], seats=5)

    line = WaitingRoom(pool, choice, limits).line(7)

    assert [pool.candidates[waiting.place].score for waiting in line] == [14, 13, 12, 11, 10, 9, 8]


def test_a_full_agency_does_not_crowd_out_those_who_can_take_any_other_seat() -> None:
    candidates = people(*[(90, "a", "p")] * 10, *[(5, "b", "p"), (4, "c", "p"), (3, "d", "p")])
    rules = [QuotaRule(AGENCY, "a", maximum=2)]

    proposal = propose(candidates, terms(3, *rules, waiting_places=4))

    assert [entry.candidate.score for entry in proposal.waiting] == [90, 90, 4, 3]
    assert [entry.waiting_position for entry in proposal.waiting] == [1, 2, 3, 4]
    codes = [[reason.code for reason in entry.reasons] for entry in proposal.waiting]
    assert codes[0] == [
        ReasonCode.AGENCY_FULL,
        ReasonCode.WAITING,
        ReasonCode.WAITING_FOR_AGENCY,
    ]
    assert codes[2] == [ReasonCode.FEWER_POINTS, ReasonCode.WAITING]


def test_somebody_who_is_next_for_any_seat_is_not_said_to_wait_for_a_quota() -> None:
    candidates = people((9, "a", "p"), (8, "a", "q"), (4, "a", "p"), (1, "a", "q"))

    proposal = propose(candidates, terms(2, QuotaRule(PROVINCE, "p", minimum=1)))

    codes = [reason.code for reason in proposal.waiting[0].reasons]
    assert codes == [ReasonCode.FEWER_POINTS, ReasonCode.WAITING]


def test_a_seat_that_met_a_minimum_is_filled_from_the_same_province_first() -> None:
    candidates = people((9, "a", "q"), (3, "a", "p"), (8, "a", "q"), (1, "b", "p"), (0, "b", "p"))
    rule = QuotaRule(PROVINCE, "p", minimum=1)
    pool, limits, choice = solved(candidates, [rule], seats=2)
    room = WaitingRoom(pool, choice, limits)

    calls = [list(islice(room.calls(room.corner(place)), 2)) for place in choice.places]

    scores = [[pool.candidates[place].score for place in called] for called in calls]
    assert scores == [[8, 1], [1, 0]]
    line = [pool.candidates[waiting.place].score for waiting in room.line(2)]
    assert line == [8, 1]


def test_the_reserve_of_newcomers_is_refilled_by_a_newcomer() -> None:
    new = {"last_invited_on": None}
    leaver = person(1, score=5, **new)
    standing = [person(2, score=9), person(3, score=8)]
    others = [person(4, score=7), person(5, score=1, **new)]
    book = RuleBook([QuotaRule(NEWCOMER, minimum=1)], 3)

    called = replacement(leaver, standing, others, book)
    for_a_veteran = replacement(standing[0], [leaver, standing[1]], others, book)

    assert called == others[1]
    assert for_a_veteran == others[0]


def test_nobody_is_called_who_would_break_a_maximum() -> None:
    seated = people((9, "a", "p"), (8, "b", "p"))
    others = [person(10, score=7, agency_key="a", province_key="p")]
    book = RuleBook([QuotaRule(AGENCY, maximum=1)], 2)

    assert replacement(seated[1], [seated[0]], others, book) is None
    assert replacement(seated[0], [seated[1]], others, book) == others[0]


def test_somebody_without_a_rival_in_the_same_need_leaves_the_seat_to_the_best_other() -> None:
    candidates = people((9, "a", "q"), (3, "a", "p"), (8, "a", "q"))
    pool, limits, choice = solved(candidates, [QuotaRule(PROVINCE, "p", minimum=1)], seats=2)
    room = WaitingRoom(pool, choice, limits)
    only_of_p = next(place for place in choice.places if pool.candidates[place].score == 3)

    assert [pool.candidates[place].score for place in room.calls(room.corner(only_of_p))] == [8]


def test_newcomers_at_their_minimum_are_said_to_wait_for_a_newcomers_seat() -> None:
    candidates = [
        person(1, score=9),
        person(2, score=2, last_invited_on=None),
        person(3, score=1, last_invited_on=None),
        person(4, score=8, last_invited_on=INVITED),
    ]

    proposal = propose(candidates, terms(2, FREE_AGENCIES, QuotaRule(NEWCOMER, minimum=1)))

    waiting = {entry.candidate.score: entry for entry in proposal.waiting}
    assert ReasonCode.WAITING_FOR_NEWCOMERS in {reason.code for reason in waiting[1].reasons}
    assert ReasonCode.WAITING_FOR_NEWCOMERS not in {reason.code for reason in waiting[8].reasons}
