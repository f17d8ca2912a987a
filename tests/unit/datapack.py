"""The public shares of 2021 as plain rows; tests that need them skip where they are missing."""

import csv
import gzip
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "x-shares-2021"
START = datetime(2021, 1, 17, 7, 56, 33, tzinfo=UTC)
CUT_DAYS = (8, 11, 14, 18, 22)

needs_datapack = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the data pack x-shares-2021 is not beside this checkout"
)


def rows(name):
    with gzip.open(FOLDER / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def at(seconds):
    return datetime.fromtimestamp(int(seconds), UTC)


def cut_at(day):
    return START + timedelta(days=day)


@cache
def shares():
    """The first row of each share: {share: (author, post, time)}, in file order."""
    first = {}
    for row in rows("shares"):
        value = int(row["author_id"]), int(row["post_id"]), at(row["shared_at"])
        first.setdefault(int(row["share_id"]), value)
    return first


@cache
def reshares():
    return [
        (int(row["share_id"]), int(row["resharer_id"]), at(row["reshared_at"]))
        for row in rows("attributed_reshares")
    ]


@cache
def reference_scores():
    table = defaultdict(dict)
    for row in rows("reference_scores"):
        table[int(row["cut_day"])][int(row["author_id"])] = int(row["amp1"])
    return dict(table)
