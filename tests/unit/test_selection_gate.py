"""Who is out, why, and until when."""

from datetime import date, timedelta

import pytest

from api.domain.selection import Gate, InviteDecision, ReasonCode, propose
from tests.unit.selection_people import TODAY, person, terms

GATE = Gate(on=TODAY)


def days_ago(count: int) -> date:
    return TODAY - timedelta(days=count)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"has_active_badge": False}, ReasonCode.NO_ACTIVE_BADGE),
        ({"has_consent": False}, ReasonCode.CONSENT_MISSING),
        ({"counted_share_count": 0}, ReasonCode.NO_COUNTED_SHARE),
        ({"has_declined": True}, ReasonCode.DECLINED_THIS_EVENT),
        ({"has_conflict": True}, ReasonCode.CONFLICT),
        ({"score": 4}, ReasonCode.BELOW_EVENT_MINIMUM),
    ],
)
def test_each_obstacle_keeps_a_person_out_with_its_own_code(
    facts: dict[str, object], code: ReasonCode
) -> None:
    candidates = [person(1, **{"score": 5, **facts}), person(2, score=5)]

    proposal = propose(candidates, terms(2, gate=Gate(on=TODAY, minimum_score=5)))

    rows = {entry.candidate.asn_id.int: entry for entry in proposal.entries}
    assert rows[1].decision is InviteDecision.NOT_ELIGIBLE
    assert [reason.code for reason in rows[1].reasons] == [code]
    assert rows[2].decision is InviteDecision.ADMITTED


def test_all_obstacles_are_named_not_only_the_first() -> None:
    reasons = GATE.obstacles(person(1, has_active_badge=False, has_declined=True))

    assert [reason.code for reason in reasons] == [
        ReasonCode.NO_ACTIVE_BADGE,
        ReasonCode.DECLINED_THIS_EVENT,
    ]


@pytest.mark.parametrize(("days", "is_out"), [(0, True), (59, True), (60, False), (61, False)])
def test_the_cool_down_ends_sixty_days_after_the_last_invitation(days: int, is_out: bool) -> None:
    reason = GATE.cool_down(person(1, last_invited_on=days_ago(days)))

    assert (reason is not None) is is_out


def test_a_cool_down_says_on_which_day_it_ends() -> None:
    entry = propose([person(1, last_invited_on=days_ago(10))], terms(1)).entries[0]

    assert entry.decision is InviteDecision.COOLING_DOWN
    assert entry.reasons[0].data == (("until", (TODAY + timedelta(days=50)).isoformat()),)
    assert entry.reasons[0].message == "Was invited lately; may be invited again from 2026-04-20."


@pytest.mark.parametrize(
    ("accepted", "is_out"),
    [
        ((days_ago(100), days_ago(179)), True),
        ((days_ago(100), days_ago(180)), False),
        ((days_ago(100),), False),
        ((), False),
    ],
)
def test_two_acceptances_in_180_days_are_enough(accepted: tuple[date, ...], is_out: bool) -> None:
    reason = GATE.cool_down(person(1, accepted_on=accepted))

    assert (reason is not None) is is_out


def test_an_acceptance_counts_even_where_the_invitation_is_not_known() -> None:
    accepted = (days_ago(1), days_ago(2))

    assert GATE.cool_down(person(1, last_invited_on=None, accepted_on=accepted)) is not None


def test_after_many_acceptances_the_rest_ends_when_only_one_is_left_in_the_window() -> None:
    accepted = (days_ago(170), days_ago(90), days_ago(120))

    reason = GATE.cool_down(person(1, accepted_on=accepted))

    assert reason is not None
    assert reason.data == (("until", (days_ago(120) + timedelta(days=180)).isoformat()),)


def test_the_later_of_two_rests_counts() -> None:
    facts = {"last_invited_on": days_ago(59), "accepted_on": (days_ago(59), days_ago(100))}

    reason = GATE.cool_down(person(1, **facts))

    assert reason is not None
    assert reason.data == (("until", (TODAY + timedelta(days=80)).isoformat()),)


def test_a_cool_down_of_no_days_lets_somebody_invited_today_come_again() -> None:
    assert Gate(on=TODAY, cool_down_days=0).cool_down(person(1, last_invited_on=TODAY)) is None


def test_somebody_who_is_not_eligible_is_not_said_to_be_cooling_down() -> None:
    out = person(1, has_consent=False, last_invited_on=TODAY)

    assert propose([out], terms(1)).entries[0].decision is InviteDecision.NOT_ELIGIBLE
