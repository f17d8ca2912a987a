"""The model on real shares: its integers equal the reference in every row."""

import pytest

from api.domain.amplification import (
    Parameters,
    Reshare,
    Share,
    baselines,
    measure_shares,
    score_holders,
    typical_values,
)
from api.domain.platform import Metric, Platform
from tests.unit import datapack

MODEL = Parameters()


def known_before(cut_at):
    shares = [
        Share(share, author, post, Platform.X, at, n)
        for n, (share, (author, post, at)) in enumerate(datapack.shares().items())
        if at < cut_at
    ]
    reshares = [
        Reshare(share, who, at, n)
        for n, (share, who, at) in enumerate(datapack.reshares())
        if at < cut_at
    ]
    return shares, reshares


@datapack.needs_datapack
@pytest.mark.parametrize("day", datapack.CUT_DAYS)
def test_the_integer_scores_equal_the_reference_in_every_row(day):
    cut_at = datapack.cut_at(day)
    shares, reshares = known_before(cut_at)

    values = typical_values(measure_shares(shares, reshares, cut_at, MODEL), cut_at, MODEL)
    table = baselines(values, MODEL)
    scores = score_holders(shares, reshares, cut_at, table, MODEL)

    assert table[Platform.X, Metric.RESHARERS] == 500_000
    assert {h: s.score for h, s in scores.items()} == datapack.reference_scores()[day]


@datapack.needs_datapack
def test_the_reference_has_all_its_rows():
    assert sum(len(rows) for rows in datapack.reference_scores().values()) == 21_697
