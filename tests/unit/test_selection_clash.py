"""Minimums that no list can meet are answered with the smallest set of quotas that clash."""

from itertools import combinations

import pytest

from api.domain.selection import Bound, Candidate, Gate, QuotaRule, Side, Terms, ordered, propose
from api.domain.selection.clash import Clash, find_clash
from api.domain.selection.limits import RuleBook
from api.domain.selection.pool import Pool
from tests.unit.selection_people import (
    AGENCY,
    NEWCOMER,
    PROVINCE,
    TODAY,
    covered,
    crowd,
    dice,
    lists,
    people,
    person,
    random_rules,
    terms,
)


def clash_of(candidates: list[Candidate], rules: list[QuotaRule], seats: int) -> Clash | None:
    book = RuleBook(rules, seats)
    return find_clash(pool_of(candidates, book), book)


def pool_of(candidates: list[Candidate], book: RuleBook) -> Pool:
    return Pool.of(ordered(candidates, "seed"), book.keys(AGENCY), book.keys(PROVINCE))


def is_possible(pool: Pool, book: RuleBook, bounds: tuple[Bound, ...]) -> bool:
    limits = book.limits(pool.agencies, pool.provinces, bounds)
    asked = sum(span.minimum for span in (*limits.agency, *limits.province))
    return any(covered(chosen, pool, limits) == asked for chosen in lists(pool, limits))


def smallest_size(pool: Pool, book: RuleBook) -> int | None:
    for size in range(1, len(book.bounds()) + 1):
        for bounds in combinations(book.bounds(), size):
            if not is_possible(pool, book, bounds):
                return size
    return None


@pytest.mark.parametrize("batch", range(10))
def test_the_clash_is_as_small_as_any_and_impossible_by_itself(batch: int) -> None:
    random = dice(("clash", batch))

    for _ in range(12):
        candidates = crowd(random, random.randint(3, 7))
        book = RuleBook(random_rules(random, has_minimums=True), random.randint(2, 4))
        pool = pool_of(candidates, book)

        clash = find_clash(pool, book)

        assert (clash and len(clash.bounds)) == smallest_size(pool, book)
        assert clash is None or (clash.is_smallest and not is_possible(pool, book, clash.bounds))


def test_a_minimum_above_the_people_there_are_clashes_by_itself() -> None:
    rule = QuotaRule(PROVINCE, "p", minimum=2)

    clash = clash_of(people((1, "a", "p"), (1, "a", "q"), (1, "a", "q")), [rule], seats=3)

    assert clash == Clash((Bound(rule, Side.MINIMUM),), is_smallest=True)


def test_a_group_that_nobody_belongs_to_cannot_have_a_minimum() -> None:
    rule = QuotaRule(AGENCY, "unheard-of", minimum=1)

    clash = clash_of(people((1, "a", "p")), [rule], seats=1)

    assert clash is not None
    assert clash.bounds == (Bound(rule, Side.MINIMUM),)


def test_minimums_that_only_together_exceed_the_seats_are_all_named_and_no_others() -> None:
    candidates = people(*[(1, "a", key) for key in "pqrst" for _ in range(5)])
    rules = [
        QuotaRule(PROVINCE, key, minimum=least)
        for key, least in zip("pqrst", (1, 4, 1, 4, 1), strict=True)
    ]

    clash = clash_of(candidates, rules, seats=7)

    assert clash is not None
    assert [bound.rule.key for bound in clash.bounds] == ["q", "s"]


def test_a_province_minimum_clashes_with_the_maximum_of_its_only_agency() -> None:
    candidates = people((1, "a", "p"), (1, "a", "p"), (1, "b", "q"), (1, "c", "q"))
    rules = [
        QuotaRule(AGENCY, maximum=1),
        QuotaRule(PROVINCE, "q", maximum=2),
        QuotaRule(PROVINCE, "p", minimum=2),
    ]

    clash = clash_of(candidates, rules, seats=4)

    assert clash is not None
    assert clash.bounds == (Bound(rules[0], Side.MAXIMUM), Bound(rules[2], Side.MINIMUM))


def test_the_refusal_names_each_clashing_field_and_says_names_instead_of_keys() -> None:
    candidates = people((1, "a", "p"), (1, "a", "p"), (1, "b", "q"))
    rules = [
        QuotaRule(PROVINCE, "p", minimum=2),
        QuotaRule(AGENCY, "a", maximum=1),
    ]
    book = RuleBook(rules, 3)
    clash = find_clash(pool_of(candidates, book), book)

    assert clash is not None
    problems = clash.refusal(book, {"p": "Papua"}).problems

    assert [problem.field for problem in problems] == [
        ("quotas", "0", "minimum"),
        ("quotas", "1", "maximum"),
    ]
    assert problems[0].message == (
        "No list can hold this quota: province Papua: at least 2;"
        " together with agency a: at most 1."
    )


def test_a_quota_that_clashes_by_itself_is_refused_without_naming_others() -> None:
    book = RuleBook([QuotaRule(PROVINCE, "p", minimum=2)], 3)
    clash = find_clash(pool_of(people((1, "a", "p")), book), book)

    assert clash is not None
    assert [problem.message for problem in clash.refusal(book).problems] == [
        "No list can hold this quota: province p: at least 2."
    ]


def test_a_percentage_is_named_as_the_field_it_was_given_in() -> None:
    rules = [
        QuotaRule(PROVINCE, "p", minimum=2),
        QuotaRule(AGENCY, "a", maximum=9, maximum_percent=10),
    ]
    book = RuleBook(rules, 3)
    clash = find_clash(pool_of(people((1, "a", "p"), (1, "a", "p")), book), book)

    assert clash is not None
    assert clash.refusal(book).problems[1].field == ("quotas", "1", "maximumPercent")


def test_a_clash_with_a_default_quota_points_at_the_quotas_as_a_whole() -> None:
    candidates = people(*[(1, "a", "p")] * 4)

    proposal = propose(candidates, terms_with_default_agency_quota(4))

    assert proposal.clash is not None
    fields = [problem.field for problem in proposal.clash.refusal(proposal.book).problems]
    assert fields == [("quotas", "0", "minimum"), ("quotas",)]


def terms_with_default_agency_quota(seats: int) -> Terms:
    rule = QuotaRule(PROVINCE, "p", minimum=4)
    return Terms(seats=seats, capacity=seats, seed="seed", gate=Gate(on=TODAY), rules=(rule,))


def test_newcomers_who_do_not_exist_clash_only_when_somebody_asked_for_them() -> None:
    rule = QuotaRule(NEWCOMER, minimum=1)

    asked = clash_of(people((1, "a", "p")), [rule], seats=1)
    by_default = clash_of(
        people((1, "a", "p")), [QuotaRule(NEWCOMER, minimum=1, is_default=True)], seats=1
    )

    assert asked == Clash((Bound(rule, Side.MINIMUM),), is_smallest=True)
    assert by_default is None


def test_newcomers_shut_out_by_other_quotas_fall_short_without_a_clash() -> None:
    candidates = [
        *people((9, "a", "q"), (9, "b", "p")),
        person(7, score=1, agency_key="a", province_key="p", last_invited_on=None),
    ]
    rules = [
        QuotaRule(AGENCY, maximum=1),
        QuotaRule(PROVINCE, maximum=1),
        QuotaRule(NEWCOMER, minimum=1),
    ]

    proposal = propose(candidates, terms(2, *rules))

    assert [gap.dimension for gap in proposal.shortfalls] == [NEWCOMER]
    assert proposal.clash is None


def test_a_search_cut_short_still_answers_with_a_clash_of_which_nothing_is_idle() -> None:
    keys = [f"p{number}" for number in range(24)]
    candidates = people(*[(1, "a", key) for key in keys for _ in range(4)])
    rules = [QuotaRule(PROVINCE, key, minimum=2 + number % 3) for number, key in enumerate(keys)]
    book = RuleBook(rules, 50)

    clash = find_clash(pool_of(candidates, book), book)

    assert clash is not None
    assert not clash.is_smallest
    asked = sorted(bound.rule.minimum or 0 for bound in clash.bounds)
    assert sum(asked) > 50 >= sum(asked[1:])


def test_a_list_is_still_proposed_with_as_many_minimum_places_as_there_can_be() -> None:
    candidates = people((9, "a", "q"), (8, "a", "q"), (1, "a", "p"))

    proposal = propose(candidates, terms(2, QuotaRule(PROVINCE, "p", minimum=2)))

    assert [entry.candidate.score for entry in proposal.admitted] == [9, 1]
    assert [(gap.key, gap.minimum, gap.count) for gap in proposal.shortfalls] == [("p", 2, 1)]
    assert proposal.clash is not None
