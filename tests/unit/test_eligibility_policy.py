"""Policies as data, and reasons in plain words."""

import json
from dataclasses import replace
from datetime import date

import pytest

from api.domain.eligibility import (
    DEFAULT,
    PRESETS,
    Policy,
    Reason,
    ReasonCode,
    Requirement,
    When,
    message_in_english,
    message_in_indonesian,
)
from api.domain.platform import AudienceKind, Platform
from api.errors import Invalid
from tests.unit.applicants import account, judged


@pytest.mark.parametrize("preset", PRESETS)
def test_a_policy_survives_its_journey_through_json(preset):
    text = json.dumps(PRESETS[preset].to_json())

    assert Policy.from_json(json.loads(text)) == PRESETS[preset]


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "SOME"},
        {"requirements": []},
        {"requirements": [{"platform": "MYSPACE"}]},
        {"rule": "AT_LEAST_N", "atLeast": 4},
        {"rule": "AT_LEAST_N"},
        {"graceDays": -1},
        {"graceDays": 1.5},
        {"maxAgeDays": "90"},
        {"effectiveToOn": "2018-12-31"},
        {"sources": ["RUMOUR"]},
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(change):
    data = {**PRESETS[DEFAULT].to_json(), **change}

    with pytest.raises(Invalid) as refusal:
        Policy.from_json(data)

    assert refusal.value.code == "INVALID"


def test_a_negative_minimum_is_refused():
    negative = Requirement(Platform.X, AudienceKind.FOLLOWERS, -1, When.ALWAYS)

    with pytest.raises(Invalid, match="minimum"):
        replace(PRESETS[DEFAULT], requirements=(negative,))


def test_a_policy_may_end_on_the_day_it_starts():
    policy = replace(PRESETS[DEFAULT], effective_to_on=date(2019, 1, 1))

    assert Policy.from_json(policy.to_json()) == policy


def test_every_reason_reads_as_a_sentence_in_both_languages():
    person = {ReasonCode.INACTIVE, ReasonCode.NOT_CURRENT_ASN, ReasonCode.TRAINING_OPEN}
    for code in ReasonCode:
        platform = None if code in person else Platform.X
        reason = Reason(code, platform, AudienceKind.FOLLOWERS, 500, 499)
        english, indonesian = message_in_english(reason), message_in_indonesian(reason)
        assert english.endswith(".")
        assert indonesian.endswith(".")
        assert english != indonesian
        assert "{" not in english + indonesian


def test_reasons_about_the_person_read_as_sentences_too():
    consent = Reason(ReasonCode.CONSENT_MISSING)
    missing = Reason(ReasonCode.ACCOUNT_MISSING, required=1, observed=0)

    assert message_in_english(consent) == "Consent to take part is missing."
    assert message_in_indonesian(missing) == "Akun yang ditautkan belum cukup: 0 dari 1."


def test_below_the_threshold_says_both_numbers():
    reason = judged("any-platform", account(Platform.X, 499)).reasons[0]

    assert message_in_english(reason) == "X: 499 followers; 500 are needed."
    assert message_in_indonesian(reason) == "X: 499 pengikut; syaratnya 500."
