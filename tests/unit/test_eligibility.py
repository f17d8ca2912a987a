"""Eligibility: thresholds are data, missing data is no verdict, every verdict has its reasons."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.domain.eligibility import (
    DEFAULT,
    PRESETS,
    LinkedAccount,
    Outcome,
    Reason,
    ReasonCode,
    assess,
)
from api.domain.platform import AudienceKind, AudienceSource, Platform
from tests.unit.applicants import IG_AND_X, KINDS, NOW, PUBLIC, account, codes, facts, judged, seen


def test_the_presets_are_the_three_readings_and_the_default_is_the_announcement():
    assert set(PRESETS) == {"kominfo-2019", "any-platform", "all-linked"}
    assert DEFAULT == "kominfo-2019"
    assert {p.grace_days for p in PRESETS.values()} == {30}
    assert {p.max_age_days for p in PRESETS.values()} == {90}
    assert {p.activity_days for p in PRESETS.values()} == {30}


EDGE = [(499, Outcome.NOT_ELIGIBLE), (500, Outcome.ELIGIBLE), (501, Outcome.ELIGIBLE)]


@pytest.mark.parametrize(("count", "outcome"), EDGE)
@pytest.mark.parametrize("platform", KINDS)
@pytest.mark.parametrize("preset", ["kominfo-2019", "all-linked"])
def test_the_threshold_holds_on_each_platform_with_all_others_met(preset, platform, count, outcome):
    others = [account(p) for p in KINDS if p is not platform]

    result = judged(preset, account(platform, count), *others)

    assert result.outcome is outcome
    code = ReasonCode.MEETS if outcome is Outcome.ELIGIBLE else ReasonCode.BELOW_THRESHOLD
    assert codes(result, platform) == [code]


@pytest.mark.parametrize(("count", "outcome"), EDGE)
@pytest.mark.parametrize("platform", KINDS)
@pytest.mark.parametrize("preset", ["any-platform", "all-linked"])
def test_one_linked_platform_decides_alone_under_the_linked_presets(
    preset, platform, count, outcome
):
    assert judged(preset, account(platform, count)).outcome is outcome


@pytest.mark.parametrize("platform", KINDS)
def test_any_platform_forgives_the_others(platform):
    below = [account(p, 499) for p in KINDS if p is not platform]

    assert judged("any-platform", account(platform, 500), *below).outcome is Outcome.ELIGIBLE


@pytest.mark.parametrize("missing", [Platform.INSTAGRAM, Platform.X])
def test_the_announcement_wants_instagram_and_x_always(missing):
    result = judged("kominfo-2019", *(account(p) for p in KINDS if p is not missing))

    assert result.outcome is Outcome.NOT_ELIGIBLE
    assert codes(result, missing) == [ReasonCode.ACCOUNT_MISSING]


def test_facebook_does_not_matter_while_it_is_not_linked():
    result = judged("kominfo-2019", *IG_AND_X)

    assert result.outcome is Outcome.ELIGIBLE
    assert codes(result, Platform.FACEBOOK) == []


@pytest.mark.parametrize(
    ("facebook", "code", "outcome"),
    [
        (account(Platform.FACEBOOK, 500), ReasonCode.MEETS, Outcome.ELIGIBLE),
        (account(Platform.FACEBOOK, 499), ReasonCode.BELOW_THRESHOLD, Outcome.NOT_ELIGIBLE),
        (
            account(Platform.FACEBOOK, observations=[seen(Platform.FACEBOOK, 900, days=91)]),
            ReasonCode.OBSERVATION_STALE,
            Outcome.UNKNOWN,
        ),
        (
            account(Platform.FACEBOOK, observations=[]),
            ReasonCode.OBSERVATION_MISSING,
            Outcome.UNKNOWN,
        ),
        (
            account(Platform.FACEBOOK, is_verified=False),
            ReasonCode.ACCOUNT_UNVERIFIED,
            Outcome.NOT_ELIGIBLE,
        ),
        (
            account(Platform.FACEBOOK, has_consent=False),
            ReasonCode.CONSENT_MISSING,
            Outcome.NOT_ELIGIBLE,
        ),
    ],
)
def test_facebook_binds_once_it_is_linked(facebook, code, outcome):
    result = judged("kominfo-2019", *IG_AND_X, facebook)

    assert result.outcome is outcome
    assert codes(result, Platform.FACEBOOK) == [code]


@pytest.mark.parametrize("preset", ["any-platform", "all-linked"])
def test_without_any_linked_account_nobody_is_eligible(preset):
    result = judged(preset)

    assert result.outcome is Outcome.NOT_ELIGIBLE
    assert codes(result) == [ReasonCode.ACCOUNT_MISSING]


def test_an_unlisted_platform_neither_counts_nor_keeps_anybody_active():
    idle = account(Platform.X, active_days=31)
    bluesky = LinkedAccount(Platform.BLUESKY, is_verified=True, last_active_at=NOW)

    result = judged("any-platform", idle, bluesky)

    assert result.outcome is Outcome.NOT_ELIGIBLE
    assert codes(result) == [ReasonCode.INACTIVE]


def test_a_declared_figure_never_satisfies_even_if_a_policy_lists_the_source():
    policy = replace(PRESETS["any-platform"], sources=tuple(AudienceSource))
    declared = seen(Platform.X, 5_000, source=AudienceSource.DECLARED)

    result = assess(policy, facts(account(Platform.X, observations=[declared])), NOW)

    assert result.outcome is Outcome.UNKNOWN
    assert codes(result, Platform.X) == [ReasonCode.OBSERVATION_MISSING]


def test_a_newer_declared_figure_does_not_hide_a_proved_one():
    proved = seen(Platform.X, 500, days=40)
    declared = seen(Platform.X, 1, days=1, source=AudienceSource.DECLARED)

    result = judged("any-platform", account(Platform.X, observations=[proved, declared]))

    assert result.outcome is Outcome.ELIGIBLE


@pytest.mark.parametrize("source", [PUBLIC, AudienceSource.OWNER_API, AudienceSource.REVIEWED])
def test_each_proved_source_satisfies(source):
    figure = seen(Platform.INSTAGRAM, 500, source=source)

    result = judged("any-platform", account(Platform.INSTAGRAM, observations=[figure]))

    assert result.outcome is Outcome.ELIGIBLE
    assert result.reasons[0].source is source


def test_followers_are_no_friends():
    page = seen(Platform.FACEBOOK, 9_000, kind=AudienceKind.FOLLOWERS)

    result = judged("any-platform", account(Platform.FACEBOOK, observations=[page]))

    assert result.outcome is Outcome.UNKNOWN


def test_the_latest_figure_counts_and_not_the_highest():
    older, newer = seen(Platform.X, 700, days=20), seen(Platform.X, 499, days=2)

    result = judged("any-platform", account(Platform.X, observations=[newer, older]))

    assert result.outcome is Outcome.NOT_ELIGIBLE
    assert result.reasons[0].observed == 499


def test_of_two_figures_of_one_moment_the_better_source_counts():
    api, reviewed = seen(Platform.X, 499), seen(Platform.X, 800, source=AudienceSource.REVIEWED)

    result = judged("any-platform", account(Platform.X, observations=[reviewed, api]))

    assert result.reasons[0].source is PUBLIC


def test_a_figure_from_the_future_is_not_known_yet():
    result = judged(
        "any-platform", account(Platform.X, observations=[seen(Platform.X, 9_000, days=-1)])
    )

    assert codes(result, Platform.X) == [ReasonCode.OBSERVATION_MISSING]


@pytest.mark.parametrize(
    ("days", "code"), [(90, ReasonCode.MEETS), (91, ReasonCode.OBSERVATION_STALE)]
)
def test_a_figure_is_stale_after_ninety_days(days, code):
    figure = seen(Platform.X, 600, days=days)

    result = judged("any-platform", account(Platform.X, observations=[figure]))

    assert codes(result, Platform.X) == [code]


def test_a_stale_low_figure_is_unknown_and_not_a_no():
    figure = seen(Platform.X, 3, days=91)

    assert (
        judged("any-platform", account(Platform.X, observations=[figure])).outcome
        is Outcome.UNKNOWN
    )


def test_a_reason_shows_what_was_seen_where_and_when():
    result = judged("any-platform", account(Platform.X, 499))

    assert result.reasons[0] == Reason(
        ReasonCode.BELOW_THRESHOLD,
        Platform.X,
        AudienceKind.FOLLOWERS,
        500,
        499,
        PUBLIC,
        NOW - timedelta(days=1),
    )
