"""Streams of webhooks in trouble: lost, late, repeated and mixed up, the same for one seed."""

import pytest

from workers.sandbox.orders import Unusable
from workers.sandbox.stream import Trouble, arriving, read_trouble

EVENTS = [(f"e-{number}", number) for number in range(400)]


def test_without_trouble_all_arrives_once_and_in_order():
    assert arriving(1, EVENTS, Trouble()) == list(range(400))
    assert arriving(1, EVENTS, Trouble(), is_late_part=True) == []


def test_what_is_neither_lost_nor_late_arrives_now_and_the_rest_never_or_later():
    trouble = Trouble(lost=0.3, late=0.3)

    now, later = (arriving(1, EVENTS, trouble, is_late_part=late) for late in (False, True))

    assert set(now).isdisjoint(later)
    assert 150 < len(now) < 250
    assert 50 < len(later) < 120
    assert (now, later) == (sorted(now), sorted(later))


def test_repeats_and_a_mixed_order_are_the_same_for_one_seed():
    trouble = Trouble(twice=0.5, is_reordered=True)

    first = arriving(1, EVENTS, trouble)

    assert first == arriving(1, EVENTS, trouble) != arriving(2, EVENTS, trouble)
    assert set(first) == set(range(400))
    assert 550 < len(first) < 650
    assert first != sorted(first)


@pytest.mark.parametrize("order", [{"lost": 2}, {"late": -1}, {"twice": "half"}])
def test_a_rate_that_is_no_rate_is_refused(order):
    with pytest.raises(Unusable):
        read_trouble(order)
