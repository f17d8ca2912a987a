"""Quota rules: which numbers are refused, what holds by default, which rule goes first."""

import pytest

from api.domain.selection import QuotaDimension, QuotaRule, default_rules, validate
from api.domain.selection.limits import UNLIMITED, RuleBook, Span
from api.domain.selection.quota import with_defaults
from api.errors import Invalid
from tests.unit.selection_people import AGENCY, NEWCOMER, PROVINCE


def fields(*rules: QuotaRule, seats: int = 10, capacity: int = 10) -> list[tuple[str, ...] | None]:
    with pytest.raises(Invalid) as refused:
        validate(rules, seats, capacity)
    assert {problem.code for problem in refused.value.problems} == {"INVALID"}
    return [problem.field for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (QuotaRule(AGENCY, minimum=-1), "minimum"),
        (QuotaRule(AGENCY, maximum=-1), "maximum"),
        (QuotaRule(AGENCY, maximum_percent=-1), "maximumPercent"),
        (QuotaRule(AGENCY, maximum_percent=101), "maximumPercent"),
        (QuotaRule(PROVINCE, "p", minimum=11), "minimum"),
        (QuotaRule(PROVINCE, "p", minimum=4, maximum=3), "minimum"),
        (QuotaRule(PROVINCE, "p", minimum=4, maximum_percent=30), "minimum"),
        (QuotaRule(NEWCOMER, "p", minimum=1), "keyId"),
    ],
)
def test_a_number_that_no_list_could_follow_is_refused_at_its_field(
    rule: QuotaRule, name: str
) -> None:
    assert fields(QuotaRule(AGENCY, "a", maximum=3), rule) == [("quotas", "1", name)]


def test_a_quota_without_any_number_is_refused() -> None:
    assert fields(QuotaRule(PROVINCE, "p")) == [("quotas", "0")]


def test_the_same_quota_twice_is_refused_at_the_second() -> None:
    rule = QuotaRule(PROVINCE, "p", maximum=3)

    assert fields(rule, QuotaRule(PROVINCE, maximum=2), rule) == [("quotas", "2")]


@pytest.mark.parametrize("seats", [0, -1])
def test_a_list_without_seats_is_refused(seats: int) -> None:
    assert fields(seats=seats) == [("seats",)]


def test_seats_above_the_capacity_are_refused() -> None:
    assert fields(seats=11) == [("seats",)]


def test_every_problem_is_named_at_once() -> None:
    wrong = [QuotaRule(AGENCY, maximum=-1), QuotaRule(NEWCOMER, "a", minimum=-2)]

    assert fields(*wrong, seats=11) == [
        ("seats",),
        ("quotas", "0", "maximum"),
        ("quotas", "1", "keyId"),
        ("quotas", "1", "minimum"),
    ]


@pytest.mark.parametrize(
    "rule",
    [
        QuotaRule(PROVINCE, "p", minimum=10),
        QuotaRule(PROVINCE, "p", minimum=3, maximum=3),
        QuotaRule(AGENCY, "a", maximum=0),
        QuotaRule(AGENCY, maximum_percent=100),
        QuotaRule(NEWCOMER, minimum=0, maximum=10),
    ],
)
def test_numbers_at_the_edge_are_accepted(rule: QuotaRule) -> None:
    validate([rule], 10, 10)


@pytest.mark.parametrize(
    ("seats", "maximum"), [(1, 2), (13, 2), (14, 3), (20, 3), (21, 4), (500, 75)]
)
def test_an_agency_has_at_most_fifteen_percent_by_default_but_always_two(
    seats: int, maximum: int
) -> None:
    assert default_rules(seats)[0].cap(seats) == maximum


@pytest.mark.parametrize(("seats", "reserve"), [(1, 0), (9, 0), (10, 1), (500, 50)])
def test_a_tenth_of_the_seats_is_reserved_for_newcomers_by_default(
    seats: int, reserve: int
) -> None:
    assert default_rules(seats)[1].minimum == reserve


@pytest.mark.parametrize(
    ("rules", "defaults"),
    [
        ([], [AGENCY, NEWCOMER]),
        ([QuotaRule(PROVINCE, minimum=1)], [AGENCY, NEWCOMER]),
        ([QuotaRule(AGENCY, "a", maximum=3)], [AGENCY, NEWCOMER]),
        ([QuotaRule(AGENCY, minimum=1)], [AGENCY, NEWCOMER]),
        ([QuotaRule(AGENCY, maximum_percent=50)], [NEWCOMER]),
        ([QuotaRule(NEWCOMER, maximum=3)], [AGENCY]),
    ],
)
def test_a_default_gives_way_only_to_a_rule_that_says_the_same_thing(
    rules: list[QuotaRule], defaults: list[QuotaDimension]
) -> None:
    effective = with_defaults(rules, 20)

    assert list(effective[: len(rules)]) == rules
    assert [rule.dimension for rule in effective[len(rules) :]] == defaults


def test_a_rule_with_a_key_goes_before_the_rule_for_each_and_bounds_mix() -> None:
    rules = [QuotaRule(PROVINCE, None, 1, 5), QuotaRule(PROVINCE, "p", maximum=9)]

    limits = RuleBook(rules, 10).limits([], ["p", "q", None])

    assert limits.province == (Span(1, 9), Span(1, 5), Span(0, UNLIMITED))


def test_the_lower_of_a_maximum_and_a_percentage_holds_and_percentages_round_up() -> None:
    assert QuotaRule(AGENCY, maximum=4, maximum_percent=10).cap(25) == 3
    assert QuotaRule(AGENCY, maximum=2, maximum_percent=10).cap(25) == 2
    assert QuotaRule(AGENCY, maximum_percent=0).cap(25) == 0


def test_the_default_maximum_gives_way_to_a_minimum_that_somebody_asked_for() -> None:
    rules = with_defaults([QuotaRule(AGENCY, "a", minimum=5)], 10)

    assert RuleBook(rules, 10).limits(["a", "b"], []).agency == (Span(5, 5), Span(0, 2))


def test_a_rule_says_what_it_asks_in_words() -> None:
    assert QuotaRule(PROVINCE, "p", 1, 4).label(10) == "province p: at least 1, at most 4"
    assert QuotaRule(PROVINCE, "p", 1).label(10, "Papua") == "province Papua: at least 1"
    assert QuotaRule(AGENCY, maximum_percent=15).label(10) == "each agency: at most 2"
    assert QuotaRule(NEWCOMER, minimum=2).label(10) == "newcomers: at least 2"
