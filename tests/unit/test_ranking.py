"""The order of holders and the hashes of a run."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.canonical import canonical_json
from api.domain.ranking import (
    RankedRow,
    RunInputs,
    Watermark,
    order_key,
    percentile,
    ranked,
    rows_sha256,
    tie_break,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def first(*keys):
    return min(range(len(keys)), key=lambda n: keys[n])


def test_the_higher_score_comes_first_whatever_the_quality():
    assert first(order_key(1, 999, ONE), order_key(2, 0, TWO)) == 1


def test_equal_scores_go_by_quality():
    assert first(order_key(5, 1, ONE), order_key(5, 2, TWO)) == 1


def test_equal_quality_goes_to_who_was_not_invited_for_longest():
    never = order_key(5, 1, TWO)
    long_ago = order_key(5, 1, ONE, last_invited_at=NOW - timedelta(days=9))
    lately = order_key(5, 1, ONE, last_invited_at=NOW)

    assert sorted([lately, never, long_ago]) == [never, long_ago, lately]


def test_without_a_seed_the_id_decides_and_with_one_the_lot():
    assert first(order_key(5, 1, TWO), order_key(5, 1, ONE)) == 1

    winners = {first(*(order_key(5, 1, h, seed=str(s)) for h in (ONE, TWO))) for s in range(20)}
    assert winners == {0, 1}


def test_the_lot_is_the_hash_of_seed_and_id():
    assert tie_break("seed", ONE) == hashlib.sha256(b"seed" + ONE.bytes).digest()


@pytest.mark.parametrize(
    ("later", "number", "is_covered"),
    [(0, 7, True), (1, 7, False), (0, 8, False), (-1, 6, True)],
)
def test_a_watermark_covers_what_was_seen_and_stored_by_then(later, number, is_covered):
    mark = Watermark(NOW, 7)

    assert mark.covers(NOW + timedelta(seconds=later), number) is is_covered


RUN = RunInputs("amp-1", "ab" * 32, ONE, Watermark(NOW, 7), "Asia/Jakarta", "0.1.0", "LIVE")


@pytest.mark.parametrize(
    "change",
    [
        {"formula": "amp-2"},
        {"parameters_sha256": "cd" * 32},
        {"baseline_id": TWO},
        {"watermark": Watermark(NOW, 8)},
        {"watermark": Watermark(NOW + timedelta(microseconds=1), 7)},
        {"time_zone": "Asia/Makassar"},
        {"code_version": "0.1.1"},
        {"scope": "PUBLISHED"},
    ],
)
def test_every_input_of_a_run_is_in_its_hash(change):
    assert replace(RUN, **change).sha256 != RUN.sha256
    assert replace(RUN).sha256 == RUN.sha256


def test_rows_are_numbered_in_order():
    rows = ranked([(ONE, 5, 1, 3), (TWO, 5, 1, 4), (UUID(int=3), 9, 0, 1)])

    assert [(row.rank, row.holder_id.int, row.score) for row in rows] == [
        (1, 3, 9),
        (2, 1, 5),
        (3, 2, 5),
    ]


def test_the_hash_of_rows_is_the_hash_of_their_canonical_json():
    rows = [RankedRow(1, ONE, 2**60, 7, 3), RankedRow(2, TWO, 5, 7, 1)]
    text = canonical_json(
        [
            {"rank": 1, "asnId": ONE, "score": 2**60, "qualityMicro": 7, "shareCount": 3},
            {"rank": 2, "asnId": TWO, "score": 5, "qualityMicro": 7, "shareCount": 1},
        ]
    )

    assert rows_sha256(rows) == hashlib.sha256(text.encode()).hexdigest()
    assert f'"score":"{2**60}"' in text


def test_no_rows_have_a_hash_too():
    assert rows_sha256([]) == hashlib.sha256(b"[]").hexdigest()


holders = st.lists(
    st.tuples(st.uuids(), st.integers(0, 3), st.integers(0, 2), st.integers(1, 9)),
    unique_by=lambda row: row[0],
)


@given(holders, st.randoms())
def test_the_order_of_arrival_changes_neither_ranks_nor_hash(rows, random):
    again = ranked(random.sample(rows, len(rows)))

    assert again == ranked(rows)
    assert rows_sha256(random.sample(again, len(again))) == rows_sha256(ranked(rows))


@pytest.mark.parametrize(
    ("rank", "holder_count", "expected"), [(1, 4, None), (1, 5, 80.0), (5, 5, 0.0), (50, 200, 75.0)]
)
def test_a_percentile_is_told_only_among_five_or_more(
    rank: int, holder_count: int, expected: float | None
) -> None:
    assert percentile(rank, holder_count) == expected
