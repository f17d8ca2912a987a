"""Scoring model amp-1: parameters, decay, and what networks offer."""

import hashlib
import math
from datetime import UTC, date, datetime, timedelta

import pytest

from api.domain.amplification import (
    DECAY_PPM,
    OFFERS,
    Parameters,
    PendingRule,
    civil_day,
    decay_ppm,
    is_in_window,
    offered_metrics,
)
from api.domain.platform import EvidenceLevel, Metric, Platform, ShareKind
from api.errors import Invalid

MODEL = Parameters()


def test_parameters_survive_their_journey_through_json():
    model = Parameters(weights={Metric.RESHARERS: 1}, pending=PendingRule.EXCLUDE)

    again = Parameters.from_json(model.to_json())

    assert again.sha256 == model.sha256
    assert again.weights[Metric.RESHARERS] == 1


def test_every_parameter_has_a_part_in_the_hash():
    hashes = {MODEL.sha256, Parameters().sha256}
    assert len(hashes) == 1

    changed = [
        Parameters(lift=3),
        Parameters(slots_per_post=4),
        Parameters(time_zone="Asia/Makassar"),
        Parameters(minimum_evidence=EvidenceLevel.API_CONFIRMED),
        Parameters(weights={Metric.RESHARERS: 601}),
    ]
    assert len(hashes | {model.sha256 for model in changed}) == 1 + len(changed)


def test_the_canonical_form_has_sorted_keys_and_no_spaces():
    assert MODEL.canonical.startswith('{"baseline_default_micro":1000000,"baseline_floor_micro":')
    assert " " not in MODEL.canonical


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {Metric.RESHARERS: 0},
        {Metric.RESHARERS: -1, Metric.CLICKS: 2},
        {Metric.RESHARERS: math.nan},
        {Metric.RESHARERS: 0.5},
        {Metric.RESHARERS: True},
    ],
)
def test_weights_that_cannot_weigh_are_refused(weights):
    with pytest.raises(Invalid) as refusal:
        Parameters(weights=weights)

    assert refusal.value.code == "INVALID"
    assert refusal.value.problems[0].field == ("weights",)


def test_parameters_do_not_change_with_the_mapping_they_came_from():
    weights = {Metric.RESHARERS: 600}
    model = Parameters(weights=weights)

    weights[Metric.RESHARERS] = 0

    assert model.weights[Metric.RESHARERS] == 600


def test_the_decay_table_is_the_published_one():
    text = ",".join(str(weight) for weight in DECAY_PPM)

    assert hashlib.sha256(text.encode()).hexdigest() == (
        "3b6f69d3d721a902ae99a406162deeb139554f4c29dab09909f1039474f51b63"
    )
    assert (len(DECAY_PPM), sum(DECAY_PPM)) == (180, 43_098_668)


def test_a_share_loses_half_its_weight_in_thirty_days():
    ages = (0, 1, 7, 14, 15, 30, 60, 90, 120, 150, 179)

    assert [DECAY_PPM[age] for age in ages] == [
        *(1_000_000, 977_160, 850_667, 723_635, 707_107, 500_000),
        *(250_000, 125_000, 62_500, 31_250, 15_990),
    ]


@pytest.mark.parametrize(
    ("age_days", "is_counted"), [(-1, False), (0, True), (179, True), (180, False)]
)
def test_a_share_counts_from_its_day_to_the_179th_after_it(age_days, is_counted):
    today = date(2026, 3, 1)
    shared_on = today - timedelta(days=age_days)

    assert is_in_window(shared_on, today) is is_counted
    assert (decay_ppm(shared_on, today) > 0) is is_counted


def test_the_day_is_the_one_on_the_calendar_of_jakarta():
    before = datetime(2026, 3, 1, 16, 59, 59, tzinfo=UTC)

    assert civil_day(before, "Asia/Jakarta") == date(2026, 3, 1)
    assert civil_day(before + timedelta(seconds=1), "Asia/Jakarta") == date(2026, 3, 2)


def test_a_time_without_a_zone_has_no_day():
    with pytest.raises(ValueError, match="zone"):
        civil_day(datetime(2026, 3, 1), "Asia/Jakarta")  # noqa: DTZ001


@pytest.mark.parametrize("kind", [ShareKind.QUOTE, ShareKind.LINK_POST])
def test_a_post_of_ones_own_on_x_offers_resharers(kind):
    assert offered_metrics(Platform.X, kind) == {Metric.RESHARERS}


@pytest.mark.parametrize("platform", [Platform.X, Platform.BLUESKY, Platform.MASTODON])
def test_a_plain_repost_offers_nothing_of_its_own(platform):
    assert offered_metrics(platform, ShareKind.REPOST) == frozenset()


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize("kind", ShareKind)
def test_clicks_are_on_offer_wherever_our_link_was_used(platform, kind):
    without = offered_metrics(platform, kind)

    assert offered_metrics(platform, kind, has_tracked_link=True) == without | {Metric.CLICKS}
    assert Metric.CLICKS not in without
    assert OFFERS.get((platform, kind), frozenset()) == without
