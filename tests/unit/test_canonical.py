"""One spelling for what is hashed."""

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.canonical import canonical_json, instant, sha256_of


def test_keys_are_sorted_and_there_are_no_spaces():
    assert canonical_json({"b": [1, None, True], "a": "é"}) == '{"a":"é","b":[1,null,true]}'


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2**53, "9007199254740992"),
        (2**53 + 1, '"9007199254740993"'),
        (-(2**53) - 1, '"-9007199254740993"'),
    ],
)
def test_large_integers_are_strings(number, text):
    assert canonical_json(number) == text


@pytest.mark.parametrize("value", [0.5, math.nan, b"bytes", object(), {"deep": [1.0]}])
def test_floats_and_strangers_are_refused(value):
    with pytest.raises(TypeError, match="no canonical spelling"):
        canonical_json(value)


def test_moments_are_equal_in_any_zone_and_days_stay_days():
    jakarta = timezone(timedelta(hours=7))
    at = datetime(2026, 3, 1, 19, 0, tzinfo=jakarta)

    assert instant(at) == "2026-03-01T12:00:00.000000Z"
    assert canonical_json(at) == canonical_json(at.astimezone(UTC))
    assert canonical_json(date(2026, 3, 1)) == '"2026-03-01"'


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        canonical_json(datetime(2026, 3, 1))  # noqa: DTZ001


def test_names_ids_and_sets_have_one_spelling():
    class Kind(StrEnum):
        ONE = "one"

    value = {Kind.ONE: UUID(int=1), "set": frozenset({"b", "a"})}

    assert canonical_json(value) == (
        '{"one":"00000000-0000-0000-0000-000000000001","set":["a","b"]}'
    )


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain)
def test_the_spelling_is_json_and_says_the_same(value):
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=5), st.randoms())
def test_the_order_of_keys_does_not_reach_the_hash(value, random):
    keys = random.sample(sorted(value), len(value))

    assert sha256_of({key: value[key] for key in keys}) == sha256_of(value)
