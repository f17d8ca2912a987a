"""Standing: score, then quality, then the oldest invitation, then the hash of seed and id."""

from datetime import date
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from api.domain.selection import Candidate, ordered
from tests.unit.selection_people import INVITED, crowd, dice, person


def numbers(candidates: list[Candidate]) -> list[int]:
    return [candidate.asn_id.int for candidate in candidates]


def test_a_higher_score_stands_before_everything_else() -> None:
    low = person(1, score=1, quality_micro=10**9, last_invited_on=None)
    high = person(2, score=2, quality_micro=0, last_invited_on=INVITED)

    assert ordered([low, high], "seed") == [high, low]


def test_equal_scores_are_ordered_by_quality_before_invitations() -> None:
    never_invited = person(1, quality_micro=1, last_invited_on=None)
    better = person(2, quality_micro=2, last_invited_on=INVITED)

    assert ordered([never_invited, better], "seed") == [better, never_invited]


def test_of_equals_the_one_never_invited_stands_first_then_the_oldest_invitation() -> None:
    lately = person(1, last_invited_on=date(2026, 1, 1))
    long_ago = person(2, last_invited_on=date(2020, 1, 1))
    never = person(3, last_invited_on=None)

    assert ordered([lately, long_ago, never], "seed") == [never, long_ago, lately]


def test_full_equals_are_ordered_by_the_hash_of_seed_and_id() -> None:
    equals = [person(number) for number in range(1, 30)]

    expected = sorted(equals, key=lambda one: sha256(b"rain" + one.asn_id.bytes).digest())

    assert ordered(equals, "rain") == expected


def test_another_seed_orders_equals_otherwise_but_moves_nobody_past_a_better_score() -> None:
    equals = [person(number, score=7) for number in range(1, 30)]
    best = person(99, score=8)

    rain, sun = ordered([*equals, best], "rain"), ordered([*equals, best], "sun")

    assert rain[0] == sun[0] == best
    assert rain != sun


@given(st.permutations(crowd(dice("order"), 12, scores=3)))
def test_the_order_in_which_people_come_does_not_matter(candidates: list[Candidate]) -> None:
    usual = sorted(candidates, key=lambda one: one.asn_id)

    assert numbers(ordered(candidates, "seed")) == numbers(ordered(usual, "seed"))
