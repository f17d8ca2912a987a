"""Conditions on the person: activity, consent, office, training, and several accounts."""

from dataclasses import replace

import pytest

from api.domain.eligibility import (
    PRESETS,
    Outcome,
    ReasonCode,
    Rule,
    assess,
)
from api.domain.platform import Platform
from tests.unit.applicants import IG_AND_X, KINDS, NOW, account, codes, facts, judged, seen


@pytest.mark.parametrize(
    ("days", "outcome", "person"),
    [
        (30, Outcome.ELIGIBLE, []),
        (31, Outcome.NOT_ELIGIBLE, [ReasonCode.INACTIVE]),
        (None, Outcome.UNKNOWN, [ReasonCode.OBSERVATION_MISSING]),
    ],
)
def test_active_means_within_thirty_days_and_unknown_is_not_inactive(days, outcome, person):
    result = judged("any-platform", account(Platform.X, active_days=days))

    assert (result.outcome, codes(result)) == (outcome, person)


def test_one_active_account_makes_the_person_active():
    idle = account(Platform.INSTAGRAM, active_days=200)

    assert judged("kominfo-2019", idle, account(Platform.X)).outcome is Outcome.ELIGIBLE


def test_activity_stays_unknown_while_one_account_was_not_looked_at():
    idle = account(Platform.INSTAGRAM, active_days=200)

    result = judged("kominfo-2019", idle, account(Platform.X, active_days=None))

    assert result.outcome is Outcome.UNKNOWN


def test_of_two_accounts_on_a_platform_the_better_one_counts():
    small, large = account(Platform.X, 10), account(Platform.X, 500)

    assert judged("any-platform", small, large).outcome is Outcome.ELIGIBLE


def test_an_unknown_account_beside_a_small_one_keeps_the_question_open():
    small, unknown = account(Platform.X, 10), account(Platform.X, observations=[])

    assert judged("any-platform", small, unknown).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"has_consent": False}, ReasonCode.CONSENT_MISSING),
        ({"is_current_asn": False}, ReasonCode.NOT_CURRENT_ASN),
    ],
)
def test_consent_and_office_are_needed_whatever_the_audience(change, code):
    result = judged("kominfo-2019", *IG_AND_X, **change)

    assert result.outcome is Outcome.NOT_ELIGIBLE
    assert codes(result) == [code]


def test_a_certain_no_outweighs_an_unknown():
    stale = account(Platform.INSTAGRAM, observations=[seen(Platform.INSTAGRAM, 900, days=120)])

    result = judged("kominfo-2019", stale, account(Platform.X, 499))

    assert result.outcome is Outcome.NOT_ELIGIBLE


def test_open_training_leaves_the_person_eligible_and_says_so():
    policy = replace(PRESETS["any-platform"], is_training_required=True)

    waiting = assess(policy, facts(account(Platform.X)), NOW)
    trained = assess(policy, facts(account(Platform.X), has_training=True), NOW)

    assert (waiting.outcome, waiting.is_training_open) == (Outcome.ELIGIBLE, True)
    assert (trained.outcome, trained.is_training_open) == (Outcome.ELIGIBLE, False)


@pytest.mark.parametrize(
    ("counts", "outcome"),
    [
        ((500, 500, 1), Outcome.ELIGIBLE),
        ((500, 1, 1), Outcome.NOT_ELIGIBLE),
        ((500, 1, None), Outcome.UNKNOWN),
        ((1, 1, None), Outcome.NOT_ELIGIBLE),
    ],
)
def test_two_of_three_can_be_asked_for(counts, outcome):
    policy = replace(PRESETS["all-linked"], rule=Rule.AT_LEAST_N, at_least=2)
    accounts = [
        account(p, observations=[] if n is None else [seen(p, n)])
        for p, n in zip(KINDS, counts, strict=True)
    ]

    assert assess(policy, facts(*accounts), NOW).outcome is outcome
