"""Quota rules: what an organiser may ask for, and what holds when nothing is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.errors import Invalid, Problem

AGENCY_PERCENT = 15
AGENCY_FLOOR = 2
NEWCOMER_PERCENT = 10
WHOLE_PERCENT = 100


class QuotaDimension(StrEnum):
    """What a quota counts."""

    AGENCY = "AGENCY"
    PROVINCE = "PROVINCE"
    NEWCOMER = "NEWCOMER"


@dataclass(frozen=True, slots=True)
class QuotaRule:
    """How many seats a group may or must have; without a key it holds for each group.

    A rule with a key goes before the rule for each. People without an agency or province are
    counted by no rule of that dimension.
    """

    dimension: QuotaDimension
    key: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    maximum_percent: int | None = None
    is_default: bool = False

    def cap(self, seats: int) -> int | None:
        """Return the most seats allowed; a percentage is rounded up to a whole seat."""
        caps = [] if self.maximum is None else [self.maximum]
        if self.maximum_percent is not None:
            caps.append(_share(seats, self.maximum_percent))
        return min(caps, default=None)

    def subject(self, name: str | None = None) -> str:
        """Say whom the rule counts; a name replaces the key."""
        if self.dimension is QuotaDimension.NEWCOMER:
            return "newcomers"
        noun = self.dimension.lower()
        return f"each {noun}" if self.key is None else f"{noun} {name or self.key}"

    def label(self, seats: int, name: str | None = None) -> str:
        """Say the rule in a few words."""
        cap = self.cap(seats)
        lower = None if self.minimum is None else f"at least {self.minimum}"
        upper = None if cap is None else f"at most {cap}"
        return f"{self.subject(name)}: {', '.join(filter(None, (lower, upper)))}"


def default_rules(seats: int) -> tuple[QuotaRule, QuotaRule]:
    """Return the agency maximum and the newcomers' reserve that hold unless replaced.

    The reserve is rounded down, so that a very small list is not reserved whole.
    """
    agency = max(AGENCY_FLOOR, _share(seats, AGENCY_PERCENT))
    reserve = seats * NEWCOMER_PERCENT // WHOLE_PERCENT
    return (
        QuotaRule(QuotaDimension.AGENCY, maximum=agency, is_default=True),
        QuotaRule(QuotaDimension.NEWCOMER, minimum=reserve, is_default=True),
    )


def with_defaults(rules: Sequence[QuotaRule], seats: int) -> tuple[QuotaRule, ...]:
    """Append the defaults that no rule replaces; given rules keep their places."""
    agency, reserve = default_rules(seats)
    effective = list(rules)
    if not any(_caps_each_agency(rule) for rule in rules):
        effective.append(agency)
    if not any(rule.dimension is QuotaDimension.NEWCOMER for rule in rules):
        effective.append(reserve)
    return tuple(effective)


def validate(rules: Sequence[QuotaRule], seats: int, capacity: int) -> None:
    """Refuse numbers that no list could follow; every problem is named.

    Raises:
        Invalid: with one problem for each thing that is wrong.
    """
    problems = [*_seat_problems(seats, capacity)]
    seen: set[tuple[QuotaDimension, str | None]] = set()
    for index, rule in enumerate(rules):
        problems += _rule_problems(index, rule, seats)
        if (rule.dimension, rule.key) in seen:
            problems.append(_problem(index, None, "This quota is given twice."))
        seen.add((rule.dimension, rule.key))
    if problems:
        raise Invalid.of(problems)


def _share(seats: int, percent: int) -> int:
    return -(-seats * percent // WHOLE_PERCENT)


def _caps_each_agency(rule: QuotaRule) -> bool:
    is_for_each = rule.dimension is QuotaDimension.AGENCY and rule.key is None
    return is_for_each and (rule.maximum is not None or rule.maximum_percent is not None)


def _seat_problems(seats: int, capacity: int) -> Iterator[Problem]:
    if seats < 1:
        yield Problem("INVALID", "A list needs at least one seat.", ("seats",))
    if seats > capacity:
        message = f"{seats} seats are more than the capacity of {capacity}."
        yield Problem("INVALID", message, ("seats",))


def _rule_problems(index: int, rule: QuotaRule, seats: int) -> Iterator[Problem]:
    yield from _shape_problems(index, rule)
    numbers = list(_number_problems(index, rule))
    yield from numbers
    if not numbers and rule.minimum is not None:
        yield from _minimum_problems(index, rule, rule.minimum, seats)


def _shape_problems(index: int, rule: QuotaRule) -> Iterator[Problem]:
    if rule.dimension is QuotaDimension.NEWCOMER and rule.key is not None:
        yield _problem(index, "keyId", "A quota for newcomers has no key.")
    if rule.minimum is None and rule.maximum is None and rule.maximum_percent is None:
        yield _problem(index, None, "A quota needs a minimum or a maximum.")


def _number_problems(index: int, rule: QuotaRule) -> Iterator[Problem]:
    numbers = {
        "minimum": rule.minimum,
        "maximum": rule.maximum,
        "maximumPercent": rule.maximum_percent,
    }
    for name, number in numbers.items():
        if number is not None and number < 0:
            yield _problem(index, name, "A quota cannot be negative.")
    is_for_each = rule.key is None and rule.dimension is not QuotaDimension.NEWCOMER
    if is_for_each and 0 in (rule.maximum, rule.maximum_percent):
        name = "maximum" if rule.maximum == 0 else "maximumPercent"
        yield _problem(index, name, "A maximum of none for each group admits nobody.")
    if rule.maximum_percent is not None and rule.maximum_percent > WHOLE_PERCENT:
        yield _problem(index, "maximumPercent", "A percentage is at most 100.")


def _minimum_problems(index: int, rule: QuotaRule, minimum: int, seats: int) -> Iterator[Problem]:
    if minimum > seats:
        yield _problem(index, "minimum", f"The minimum {minimum} is above the {seats} seats.")
    cap = rule.cap(seats)
    if cap is not None and minimum > cap:
        yield _problem(index, "minimum", f"The minimum {minimum} is above the maximum {cap}.")


def _problem(index: int, name: str | None, message: str) -> Problem:
    path = ("quotas", str(index))
    return Problem("INVALID", message, path if name is None else (*path, name))
