"""The life of a badge under re-checks."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from api.domain.badge import (
    TRANSITIONS,
    BadgeAction,
    BadgeStatus,
    Decision,
    HeldBadge,
    decide,
    leave,
    require_transition,
)
from api.domain.eligibility import Assessment, Outcome, Reason, ReasonCode
from api.errors import InvalidState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GRACE_DAYS = 30
LATER = NOW + timedelta(days=GRACE_DAYS)
P, A, S, R, E = BadgeStatus


def checked(outcome, *codes):
    return Assessment(outcome, tuple(Reason(code) for code in codes), "hash")


YES = checked(Outcome.ELIGIBLE)
NO = checked(Outcome.NOT_ELIGIBLE, ReasonCode.BELOW_THRESHOLD)
UNKNOWN = checked(Outcome.UNKNOWN, ReasonCode.OBSERVATION_STALE)
TRAINING = checked(Outcome.ELIGIBLE, ReasonCode.TRAINING_OPEN)
NO_OFFICE = checked(Outcome.NOT_ELIGIBLE, ReasonCode.NOT_CURRENT_ASN)


def after(held, assessment, now=NOW):
    return decide(held, assessment, GRACE_DAYS, now)


@pytest.mark.parametrize("held", [None, HeldBadge(E)])
def test_an_eligible_person_without_a_badge_gets_one(held):
    assert after(held, YES) == Decision(BadgeAction.ISSUE, A)


def test_open_training_makes_the_new_badge_wait():
    assert after(None, TRAINING) == Decision(BadgeAction.ISSUE, P)
    assert after(HeldBadge(P), TRAINING).action is BadgeAction.KEEP
    assert after(HeldBadge(P), YES) == Decision(BadgeAction.ACTIVATE, A)


@pytest.mark.parametrize("assessment", [NO, UNKNOWN, NO_OFFICE])
@pytest.mark.parametrize("held", [None, HeldBadge(E)])
def test_nobody_else_gets_a_badge(held, assessment):
    assert after(held, assessment) == Decision(BadgeAction.NOTHING, None)


@pytest.mark.parametrize("assessment", [YES, NO, UNKNOWN, NO_OFFICE, TRAINING])
def test_a_revoked_badge_is_never_awarded_again_by_a_check(assessment):
    assert after(HeldBadge(R), assessment) == Decision(BadgeAction.NOTHING, R)


def test_a_good_badge_stays():
    assert after(HeldBadge(A), YES) == Decision(BadgeAction.KEEP, A)


def test_a_failed_check_starts_the_grace_and_takes_nothing():
    assert after(HeldBadge(A), NO) == Decision(BadgeAction.START_GRACE, A, LATER)


def test_a_second_failure_does_not_lengthen_the_grace():
    held = HeldBadge(A, grace_until=LATER)

    assert after(held, NO, NOW + timedelta(days=5)) == Decision(BadgeAction.KEEP, A, LATER)


def test_the_badge_expires_only_after_the_grace():
    held = HeldBadge(A, grace_until=LATER)

    assert after(held, NO, LATER).action is BadgeAction.KEEP
    assert after(held, NO, LATER + timedelta(seconds=1)) == Decision(BadgeAction.EXPIRE, E)


def test_who_is_eligible_again_is_out_of_the_grace():
    held = HeldBadge(A, grace_until=LATER)

    assert after(held, YES) == Decision(BadgeAction.CLEAR_GRACE, A)
    assert after(held, YES, LATER + timedelta(days=9)) == Decision(BadgeAction.CLEAR_GRACE, A)


@pytest.mark.parametrize("status", [P, A, S])
@pytest.mark.parametrize("grace_until", [None, NOW - timedelta(days=1), LATER])
def test_missing_data_never_takes_a_badge_away(status, grace_until):
    held = HeldBadge(status, grace_until)

    assert after(held, UNKNOWN) == Decision(BadgeAction.KEEP, status, grace_until)


def test_who_left_office_is_suspended_at_once_and_expires_after_the_grace():
    decision = after(HeldBadge(A), NO_OFFICE)
    assert decision == Decision(BadgeAction.SUSPEND, S, LATER)

    suspended = HeldBadge(S, decision.grace_until, is_suspended_by_check=True)
    assert after(suspended, NO_OFFICE).action is BadgeAction.KEEP
    assert after(suspended, NO_OFFICE, LATER + timedelta(days=1)).action is BadgeAction.EXPIRE


def test_a_suspension_does_not_lengthen_a_grace_that_runs():
    held = HeldBadge(A, grace_until=NOW + timedelta(days=3))

    assert after(held, NO_OFFICE) == Decision(BadgeAction.SUSPEND, S, held.grace_until)


def test_a_check_lifts_only_the_suspension_that_a_check_made():
    by_check = HeldBadge(S, LATER, is_suspended_by_check=True)
    by_person = HeldBadge(S)

    assert after(by_check, YES) == Decision(BadgeAction.REINSTATE, A)
    assert after(by_person, YES) == Decision(BadgeAction.KEEP, S)


def test_a_suspended_badge_has_its_grace_too():
    assert after(HeldBadge(S), NO) == Decision(BadgeAction.START_GRACE, S, LATER)


def test_a_waiting_badge_is_not_ended_by_a_check():
    assert after(HeldBadge(P), NO) == Decision(BadgeAction.KEEP, P)


@pytest.mark.parametrize("status", [A, S])
def test_leaving_ends_the_badge_as_expired(status):
    assert leave(HeldBadge(status)) == Decision(BadgeAction.EXPIRE, E)


@pytest.mark.parametrize("status", [P, R, E])
def test_leaving_changes_nothing_where_nothing_can_expire(status):
    assert leave(HeldBadge(status)) == Decision(BadgeAction.NOTHING, status)


ALLOWED = {(P, A), (A, S), (S, A), (A, E), (A, R), (S, E), (S, R)}


@pytest.mark.parametrize(("now_is", "becomes"), list(product(BadgeStatus, repeat=2)))
def test_only_the_drawn_transitions_exist(now_is, becomes):
    assert (becomes in TRANSITIONS[now_is]) is ((now_is, becomes) in ALLOWED)
    if (now_is, becomes) in ALLOWED:
        require_transition(now_is, becomes)
        return
    with pytest.raises(InvalidState, match=f"{now_is.value} cannot become {becomes.value}"):
        require_transition(now_is, becomes)


HELD = [
    HeldBadge(status, grace_until, is_suspended_by_check=by_check)
    for status in BadgeStatus
    for grace_until in (None, NOW - timedelta(days=1), LATER)
    for by_check in (False, True)
]


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize("assessment", [YES, NO, UNKNOWN, NO_OFFICE, TRAINING])
def test_no_decision_breaks_the_table(held, assessment):
    decision = after(held, assessment)

    is_new = decision.action is BadgeAction.ISSUE
    is_unchanged = decision.status in {None, held.status}
    assert is_new or is_unchanged or decision.status in TRANSITIONS[held.status]
