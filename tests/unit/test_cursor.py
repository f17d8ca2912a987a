"""Sealed cursors and the predicates behind them."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import BadUserInput
from api.reads.cursors import CursorSeal, Kind, fingerprint, restored, storable
from api.reads.paging import Key, Keyset, PageRequest

KEY, OTHER_KEY = "11" * 32, "22" * 32
SEAL = CursorSeal([KEY])
BY_NAME = Keyset("asns.NAME", (Key("a.name", Kind.TEXT), Key("a.id", Kind.UUID)))
ROW = {"key_0": "Sari Wulandari", "key_1": UUID(int=7)}

VALUES = {
    Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"])),
    Kind.INT: st.integers(-(2**63), 2**63 - 1),
    Kind.NUMERIC: st.decimals(allow_nan=False, allow_infinity=False),
    Kind.TIME: st.datetimes(
        datetime(1, 1, 2),  # noqa: DTZ001
        datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.just(timezone(timedelta(hours=7))),
    ),
    Kind.DATE: st.dates(),
    Kind.UUID: st.uuids(),
    Kind.BOOLEAN: st.booleans(),
}


def cursor_of(keyset: Keyset = BY_NAME, **bound: Any) -> str:
    window = PageRequest(1, seal=SEAL).open(keyset, **bound)
    return window.page([ROW], dict).cursor(0)


def opens(cursor: str, keyset: Keyset = BY_NAME, seal: CursorSeal = SEAL, **bound: Any) -> bool:
    try:
        PageRequest(1, cursor=cursor, seal=seal).open(keyset, **bound)
    except BadUserInput as refused:
        return (refused.message, refused.argument) != ("Malformed cursor", "after")
    return True


@given(
    st.sampled_from(Kind).flatmap(lambda kind: st.tuples(st.just(kind), st.none() | VALUES[kind]))
)
def test_every_value_comes_back_exactly(pair: tuple[Kind, Any]) -> None:
    kind, value = pair
    sealed = SEAL.seal(storable([value], [kind]), b"list")

    assert restored(SEAL.open(sealed, b"list"), [kind]) == (value,)


def test_a_decimal_keeps_its_digits() -> None:
    value = Decimal("12345678901234567890.123456789")

    assert restored(storable([value], [Kind.NUMERIC]), [Kind.NUMERIC]) == (value,)


def test_a_cursor_shows_nothing_of_its_row() -> None:
    cursor = cursor_of()
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    assert b"Sari" not in raw
    assert UUID(int=7).bytes not in raw
    assert len(cursor) <= 110


def test_equal_rows_have_equal_cursors() -> None:
    assert cursor_of() == cursor_of()


@given(st.data())
def test_no_changed_cursor_opens(data: st.DataObject) -> None:
    cursor = cursor_of()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The last letter may carry bits that base64 ignores.
    at = data.draw(st.integers(0, len(cursor) - 2))
    letter = data.draw(st.sampled_from(alphabet).filter(lambda new: new != cursor[at]))

    assert not opens(cursor[:at] + letter + cursor[at + 1 :])


@given(st.text(max_size=40) | st.text("abcXYZ019-_=", max_size=400))
def test_no_text_opens_by_chance(text: str) -> None:
    assert not opens(text)


@pytest.mark.parametrize(
    "keyset",
    [
        Keyset("asns.CODE", BY_NAME.keys),
        BY_NAME.descending(),
        Keyset("asns.NAME", (Key("a.name", Kind.UUID), Key("a.id", Kind.UUID))),
    ],
)
def test_a_cursor_belongs_to_its_list_and_order(keyset: Keyset) -> None:
    assert opens(cursor_of())
    assert not opens(cursor_of(), keyset)


def test_a_cursor_belongs_to_its_filter_and_score_run() -> None:
    cursor = cursor_of(narrowed_by={"agency": UUID(int=1), "search": None}, run=UUID(int=5))

    assert opens(cursor, narrowed_by={"agency": UUID(int=1)}, run=UUID(int=5))
    assert not opens(cursor, narrowed_by={"agency": UUID(int=2)}, run=UUID(int=5))
    assert not opens(cursor, narrowed_by={"agency": UUID(int=1)}, run=UUID(int=6))
    assert not opens(cursor)


def test_a_filter_reads_the_same_however_it_is_written() -> None:
    first = {"kinds": frozenset({"a", "b"}), "since": date(2026, 1, 1), "until": None}
    second = {"since": date(2026, 1, 1), "kinds": frozenset({"b", "a"})}

    assert fingerprint(first) == fingerprint(second)
    assert fingerprint({"a": "1"}) != fingerprint({"a": 1})
    assert fingerprint([["a"], "b"]) != fingerprint(["a", ["b"]])


def test_keys_can_be_rotated() -> None:
    cursor = cursor_of()

    assert opens(cursor, seal=CursorSeal([OTHER_KEY, KEY]))
    assert not opens(cursor, seal=CursorSeal([OTHER_KEY]))


def test_a_cursor_for_the_other_way_names_its_argument() -> None:
    with pytest.raises(BadUserInput) as caught:
        PageRequest(1, is_backward=True, cursor="x", seal=SEAL).open(BY_NAME)

    assert caught.value.argument == "before"


def window(*, keyset: Keyset = BY_NAME, is_backward: bool = False, values: object = ()) -> Any:
    request = PageRequest(10, is_backward=is_backward, seal=SEAL)
    return type(request.open(keyset))(request, keyset, b"", tuple(values) or None)


def test_one_direction_without_nulls_is_a_row_comparison() -> None:
    found = window(values=("x", UUID(int=1)))
    back = window(values=("x", UUID(int=1)), is_backward=True)
    down = window(keyset=BY_NAME.descending(), values=("x", UUID(int=1)))

    assert found.predicate(3) == "(a.name, a.id) > ($3::text, $4::uuid)"
    assert found.order_by == "a.name ASC, a.id ASC"
    assert back.predicate(1) == down.predicate(1) == "(a.name, a.id) < ($1::text, $2::uuid)"
    assert back.order_by == down.order_by == "a.name DESC, a.id DESC"
    assert window().predicate(5) == "true"
    assert window().parameters == ()


def test_a_page_asks_for_one_row_more_and_never_shows_it() -> None:
    rows = [{"key_0": str(i), "key_1": UUID(int=i)} for i in range(11)]
    forward = window().page(rows, lambda row: row["key_0"])
    backward = window(is_backward=True).page(rows, lambda row: row["key_0"])

    assert window().row_limit == 11
    assert forward.rows == tuple("0123456789")
    assert (forward.has_next, forward.has_previous) == (True, False)
    assert backward.rows == tuple("9876543210")
    assert (backward.has_next, backward.has_previous) == (False, True)


@pytest.mark.parametrize(
    ("is_nullable", "is_mixed", "is_backward"), list(product([False, True], repeat=3))
)
def test_every_order_uses_each_placeholder(
    is_nullable: bool, is_mixed: bool, is_backward: bool
) -> None:
    keys = (
        Key("score", Kind.NUMERIC, is_descending=True, is_nullable=is_nullable),
        Key("name", Kind.TEXT, is_descending=not is_mixed),
        Key("id", Kind.UUID, is_descending=not is_mixed),
    )
    for score in (Decimal(1), None) if is_nullable else (Decimal(1),):
        found = window(
            keyset=Keyset("x", keys), is_backward=is_backward, values=(score, "n", UUID(int=1))
        )
        sql = found.predicate(2)
        assert all(place in sql for place in ("$2::numeric", "$3::text", "$4::uuid"))


def test_a_page_without_a_seal_reads_but_makes_no_cursor() -> None:
    page = PageRequest(1).open(BY_NAME).page([ROW], dict)

    assert page.rows
    with pytest.raises(ValueError, match="seal"):
        page.cursor(0)
    with pytest.raises(BadUserInput):
        PageRequest(1, cursor="x").open(BY_NAME)


def test_moments_are_kept_to_the_microsecond() -> None:
    at = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)

    assert restored(storable([at], [Kind.TIME]), [Kind.TIME]) == (at,)
