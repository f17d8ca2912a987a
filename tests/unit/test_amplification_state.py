"""What becomes of a share in the score, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from api.domain.amplification import (
    MICRO,
    Inputs,
    Parameters,
    Review,
    ShareFacts,
    ShareReason,
    ShareState,
    decide,
)
from api.domain.platform import EvidenceLevel, Metric, Platform

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MODEL = Parameters()


def facts(**change):
    defaults = {
        "platform": Platform.X,
        "shared_at": NOW - timedelta(days=10),
        "post_slot": 1,
        "evidence": EvidenceLevel.API_CONFIRMED,
        "offered": frozenset({Metric.RESHARERS}),
        "values": {Metric.RESHARERS: MICRO},
    }
    return ShareFacts(**{**defaults, **change})


YOUNG = NOW - timedelta(hours=71)
BOTH = frozenset({Metric.RESHARERS, Metric.CLICKS})


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({}, ShareState.COUNTED, None),
        ({"values": {Metric.RESHARERS: 0}}, ShareState.COUNTED, None),
        ({"values": {}, "shared_at": YOUNG}, ShareState.PENDING, ShareReason.AWAITING_METRICS),
        (
            {"offered": BOTH, "shared_at": YOUNG},
            ShareState.PENDING,
            ShareReason.AWAITING_METRICS,
        ),
        ({"offered": BOTH}, ShareState.PARTIAL, ShareReason.METRICS_MISSING),
        ({"values": {}}, ShareState.UNMEASURED, ShareReason.METRICS_MISSING),
        ({"values": {Metric.RESHARERS: None}}, ShareState.UNMEASURED, ShareReason.METRICS_MISSING),
        (
            {"offered": frozenset(), "values": {}, "shared_at": YOUNG},
            ShareState.UNMEASURED,
            ShareReason.NOT_OFFERED,
        ),
        (
            {"offered": frozenset({Metric.LIKES}), "values": {Metric.LIKES: MICRO}},
            ShareState.UNMEASURED,
            ShareReason.NOT_OFFERED,
        ),
        ({"offered": frozenset({Metric.RESHARERS, Metric.LIKES})}, ShareState.COUNTED, None),
        ({"post_slot": 3}, ShareState.COUNTED, None),
        ({"post_slot": 4}, ShareState.OVER_CAP, ShareReason.POST_CAP),
        ({"evidence": EvidenceLevel.PROOF_REVIEWED}, ShareState.COUNTED, None),
        (
            {"evidence": EvidenceLevel.LINK_OBSERVED},
            ShareState.EVIDENCE_TOO_LOW,
            ShareReason.EVIDENCE_BELOW_MINIMUM,
        ),
        (
            {"review": Review.UNDER_REVIEW},
            ShareState.UNDER_REVIEW,
            ShareReason.HELD_FOR_REVIEW,
        ),
        ({"review": Review.REJECTED}, ShareState.REJECTED, ShareReason.REJECTED_IN_REVIEW),
        ({"has_consent": False}, ShareState.REMOVED, ShareReason.CONSENT_WITHDRAWN),
    ],
)
def test_the_state_follows_from_the_facts(change, state, reason):
    standing = decide(facts(**change), NOW, MODEL)

    assert (standing.state, standing.reason) == (state, reason)


def test_waiting_ends_after_72_hours_sharp():
    late = facts(values={}, shared_at=NOW - timedelta(hours=72))
    early = facts(values={}, shared_at=NOW - timedelta(hours=72) + timedelta(seconds=1))

    assert decide(late, NOW, MODEL).state is ShareState.UNMEASURED
    assert decide(early, NOW, MODEL).state is ShareState.PENDING


@pytest.mark.parametrize(
    ("lived", "state"),
    [
        (timedelta(hours=24), ShareState.COUNTED),
        (timedelta(hours=24) - timedelta(seconds=1), ShareState.REMOVED),
    ],
)
def test_a_deleted_share_keeps_its_gain_if_it_lived_a_day(lived, state):
    deleted = facts(removed_at=NOW - timedelta(days=10) + lived)

    assert decide(deleted, NOW, MODEL).state is state


def test_a_deleted_share_does_not_wait_for_figures_that_nobody_can_fetch():
    deleted = facts(values={}, shared_at=YOUNG, removed_at=YOUNG + timedelta(hours=25))

    assert decide(deleted, NOW, MODEL).state is ShareState.UNMEASURED


def test_a_deletion_after_the_moment_of_the_run_has_not_happened():
    shared_at = NOW - timedelta(hours=1)
    deleted_later = facts(shared_at=shared_at, removed_at=NOW + timedelta(hours=1))

    assert decide(deleted_later, NOW, MODEL).state is ShareState.COUNTED


def test_a_hold_remembers_what_the_share_would_be():
    held = decide(facts(review=Review.UNDER_REVIEW, post_slot=4), NOW, MODEL)

    assert (held.state, held.if_cleared) == (ShareState.UNDER_REVIEW, ShareState.OVER_CAP)


def test_another_model_may_ask_for_better_evidence():
    strict = Parameters(minimum_evidence=EvidenceLevel.API_CONFIRMED)

    reviewed = decide(facts(evidence=EvidenceLevel.PROOF_REVIEWED), NOW, strict)

    assert reviewed.state is ShareState.EVIDENCE_TOO_LOW


def test_values_that_a_platform_does_not_offer_are_ignored():
    stray = facts(values={Metric.RESHARERS: MICRO, Metric.CONVERSATION: 10**12})

    assert stray.inputs() == Inputs.of(Platform.X, {Metric.RESHARERS: MICRO})
