"""Invented candidates, and a slow but certain way to find the best list of a few people."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations
from random import Random
from uuid import UUID

from api.domain.selection import Candidate, Gate, QuotaDimension, QuotaRule, Terms
from api.domain.selection.limits import Limits
from api.domain.selection.pool import Pool

TODAY = date(2026, 3, 1)
INVITED = date(2025, 1, 1)
AGENCY = QuotaDimension.AGENCY
PROVINCE = QuotaDimension.PROVINCE
NEWCOMER = QuotaDimension.NEWCOMER
FREE_AGENCIES = QuotaRule(AGENCY, maximum_percent=100)
NO_RESERVE = QuotaRule(NEWCOMER, minimum=0)

KEYS = {AGENCY: [None, "a", "b", "c"], PROVINCE: [None, "p", "q", "r"]}

_BASE = Candidate(
    asn_id=UUID(int=0),
    agency_key=None,
    province_key=None,
    score=0,
    quality_micro=0,
    counted_share_count=1,
    has_active_badge=True,
    has_consent=True,
    has_declined=False,
    last_invited_on=INVITED,
    accepted_on=(),
)


def person(number: int, **facts: object) -> Candidate:
    """A candidate who may be invited and has been before, unless told otherwise."""
    return replace(_BASE, asn_id=UUID(int=number), **facts)  # type: ignore[arg-type]


def dice(seed: object) -> Random:
    """Chance that falls the same way in every run."""
    return Random(str(seed))  # noqa: S311 (nothing here is secret)


def people(*rows: tuple[int, str | None, str | None]) -> list[Candidate]:
    """Candidates from (score, agency, province), numbered from 1."""
    return [
        person(number, score=score, agency_key=agency, province_key=province)
        for number, (score, agency, province) in enumerate(rows, start=1)
    ]


def terms(seats: int, *rules: QuotaRule, **more: object) -> Terms:
    """Terms without the default quotas, unless a rule brings its own."""
    given = list(rules)
    if not any(rule.dimension is AGENCY and rule.key is None for rule in rules):
        given.append(FREE_AGENCIES)
    if not any(rule.dimension is NEWCOMER for rule in rules):
        given.append(NO_RESERVE)
    facts: dict[str, object] = {"capacity": seats, "seed": "seed", "gate": Gate(on=TODAY)}
    return Terms(seats=seats, rules=tuple(given), **{**facts, **more})  # type: ignore[arg-type]


def crowd(random: Random, size: int, scores: int = 8) -> list[Candidate]:
    """A few people with many ties, some without an agency or a province, half of them newcomers."""
    return [
        person(
            number,
            score=random.randrange(scores),
            agency_key=random.choice(["a", "b", "c", None]),
            province_key=random.choice(["p", "q", "r", None]),
            last_invited_on=random.choice([None, INVITED]),
        )
        for number in random.sample(range(1, 10**6), size)
    ]


def random_rules(random: Random, *, has_minimums: bool, most: int = 3) -> list[QuotaRule]:
    """Some agency and province quotas, never with a minimum above the maximum of the same rule."""
    rules = []
    for dimension, keys in KEYS.items():
        for key in keys:
            if random.random() < 0.5:
                is_asked = has_minimums and random.random() < 0.7
                minimum = random.randint(0, most - 1) if is_asked else None
                # A maximum of none for each group would admit nobody; it is refused.
                least = max(minimum or 0, 0 if key else 1)
                maximum = random.randint(least, most) if random.random() < 0.7 else None
                if minimum is not None or maximum is not None:
                    rules.append(QuotaRule(dimension, key, minimum, maximum))
    return rules


def lists(pool: Pool, limits: Limits) -> Iterator[tuple[int, ...]]:
    """Every list that stays under the agency and province maximums."""
    places = range(len(pool.candidates))
    for size in range(min(limits.seats, len(places)) + 1):
        for chosen in combinations(places, size):
            if _is_under_maximums(chosen, pool, limits):
                yield chosen


def group_counts(chosen: Sequence[int], pool: Pool) -> tuple[Counter[int], Counter[int]]:
    """How many seats each agency and each province has."""
    return (
        Counter(pool.home[place][0] for place in chosen),
        Counter(pool.home[place][1] for place in chosen),
    )


def covered(chosen: Sequence[int], pool: Pool, limits: Limits) -> int:
    """How many of the seats that minimums ask for are there."""
    agencies, provinces = group_counts(chosen, pool)
    return sum(min(span.minimum, agencies[n]) for n, span in enumerate(limits.agency)) + sum(
        min(span.minimum, provinces[n]) for n, span in enumerate(limits.province)
    )


def worth(chosen: Sequence[int], pool: Pool, limits: Limits) -> tuple[int, int, int, int]:
    """What the best list has most of: seats, minimum places, score, and then standing."""
    score = sum(pool.candidates[place].score for place in chosen)
    return len(chosen), covered(chosen, pool, limits), score, -sum(chosen)


def _is_under_maximums(chosen: Sequence[int], pool: Pool, limits: Limits) -> bool:
    agencies, provinces = group_counts(chosen, pool)
    return all(count <= limits.agency[group].maximum for group, count in agencies.items()) and all(
        count <= limits.province[group].maximum for group, count in provinces.items()
    )
