"""Pods, single signals, states of flags and the words of evidence."""

import pytest
from coshares import key
from hypothesis import given
from hypothesis import strategies as st

from api.domain.amplification import Review
from api.domain.coordination import (
    AppealDecision,
    AppealState,
    AudienceChange,
    ClickBurstRule,
    ConcentrationRule,
    Evidence,
    EvidenceCode,
    FlagStanding,
    Language,
    MetricJumpRule,
    PassedOn,
    PodRule,
    ReviewDecision,
    ReviewRule,
    ReviewRules,
    ReviewState,
    Tier,
    appeal_decided,
    decided,
    groups,
    is_answered,
    is_audience_jump,
    is_beyond_network,
    is_click_burst,
    is_concentrated,
    merged,
    pods,
    review_of,
)
from api.errors import InvalidState

SQUARE = [(key(1), key(2)), (key(2), key(3)), (key(3), key(4))]


def ring(inside, outside, posts=5, holders=4):
    """Reshares of a group's shares, one share a post for its first member."""
    made = [
        PassedOn(key(1), key(100 + n % posts), key(1_000 + n % posts), key(2 + n % (holders - 1)))
        for n in range(inside)
    ]
    return made + [PassedOn(key(1), key(100), key(1_000), None) for _ in range(outside)]


def test_pairs_join_holders_into_groups() -> None:
    pairs = [(key(5), key(9)), (key(1), key(2)), (key(2), key(3)), (key(7), key(9))]

    assert groups(pairs) == [(key(1), key(2), key(3)), (key(5), key(7), key(9))]


@pytest.mark.parametrize(
    ("passed_on", "is_pod"),
    [
        (ring(6, 4), True),
        (ring(59, 41), False),
        (ring(60, 40), True),
        (ring(6, 4, posts=4), False),
        ([], False),
    ],
)
def test_a_pod_passes_most_of_its_own_shares_on(passed_on: list[PassedOn], is_pod: bool) -> None:
    found = list(pods(SQUARE, passed_on, PodRule()))

    assert bool(found) is is_pod


def test_three_holders_are_no_pod() -> None:
    assert list(pods(SQUARE[:2], ring(9, 0, holders=3), PodRule())) == []


def test_a_pod_names_the_shares_that_it_passed_on() -> None:
    (pod,) = pods(SQUARE, ring(5, 0), PodRule())

    assert pod.holders == (key(1), key(2), key(3), key(4))
    assert (pod.inside_count, pod.reshare_count, pod.post_count) == (5, 5, 5)
    assert pod.share_ids == tuple(key(1_000 + n) for n in range(5))


@pytest.mark.parametrize(
    ("own", "others", "is_found"), [(10, 9, True), (10, 10, False), (9, 0, False), (0, 0, False)]
)
def test_one_person_must_make_more_than_half_and_ten(own: int, others: int, is_found: bool) -> None:
    assert is_concentrated(own, own + others, ConcentrationRule()) is is_found


def test_a_few_clicks_of_a_burst_ask_nobody() -> None:
    assert not is_click_burst(9, ClickBurstRule())
    assert is_click_burst(10, ClickBurstRule())


@pytest.mark.parametrize(
    ("before", "after", "days", "shares", "is_jump"),
    [
        (1_000, 1_300, 7, 0, False),
        (1_000, 1_301, 7, 0, True),
        (1_000, 1_301, 8, 0, False),
        (1_000, 1_301, 7, 1, False),
        (99, 990, 7, 0, False),
        (1_000, 400, 7, 0, False),
    ],
)
def test_an_audience_jumps_when_it_grows_by_a_third_without_shares(
    before: int, after: int, days: int, shares: int, is_jump: bool
) -> None:
    change = AudienceChange(before, after, days, shares)

    assert is_audience_jump(change, MetricJumpRule()) is is_jump


@pytest.mark.parametrize(
    ("rate", "population", "is_beyond"),
    [(501, 1_000, True), (500, 1_000, False), (501, 999, False)],
)
def test_a_percentile_needs_enough_shares(rate: int, population: int, is_beyond: bool) -> None:
    assert is_beyond_network(rate, 500, population, MetricJumpRule()) is is_beyond


def test_every_rule_has_a_switch_of_its_own() -> None:
    rules = ReviewRules()

    assert all(rules.switch_of(rule).is_on for rule in ReviewRule)


def test_a_decided_flag_is_not_decided_again() -> None:
    assert decided(ReviewState.OPEN, ReviewDecision.CLEAR) is ReviewState.CLEARED
    assert decided(ReviewState.OPEN, ReviewDecision.REJECT) is ReviewState.REJECTED
    for state in set(ReviewState) - {ReviewState.OPEN}:
        with pytest.raises(InvalidState):
            decided(state, ReviewDecision.CLEAR)


def test_a_decided_appeal_is_not_decided_again() -> None:
    assert appeal_decided(AppealState.OPEN, AppealDecision.UPHOLD) is AppealState.UPHELD
    assert appeal_decided(AppealState.OPEN, AppealDecision.DISMISS) is AppealState.DISMISSED
    for state in set(AppealState) - {AppealState.OPEN}:
        with pytest.raises(InvalidState):
            appeal_decided(state, AppealDecision.UPHOLD)


STANDINGS = st.builds(FlagStanding, st.sampled_from(Tier), st.sampled_from(ReviewState))


@given(flags=st.lists(STANDINGS, max_size=6))
def test_only_open_holds_and_rejections_touch_a_share(flags: list[FlagStanding]) -> None:
    review = review_of(flags)

    if any(flag.state is ReviewState.REJECTED for flag in flags):
        assert review is Review.REJECTED
    elif FlagStanding(Tier.HOLD, ReviewState.OPEN) in flags:
        assert review is Review.UNDER_REVIEW
    else:
        assert review is Review.CLEAR


@pytest.mark.parametrize("state", ReviewState)
def test_nobody_is_asked_twice_unless_the_doubt_grew(state: ReviewState) -> None:
    advised, held = FlagStanding(Tier.ADVISORY, state), FlagStanding(Tier.HOLD, state)

    assert is_answered(Tier.ADVISORY, [advised])
    assert is_answered(Tier.ADVISORY, [held])
    assert is_answered(Tier.HOLD, [held])
    assert not is_answered(Tier.HOLD, [advised])
    assert not is_answered(Tier.ADVISORY, [])


MEETINGS = Evidence(
    EvidenceCode.MEETINGS,
    {"window": 60, "close": 4, "common": 5, "expected": "0.3", "chance": "1.2e-07"},
    partner_id=key(7),
    share_id=key(8),
)


def test_evidence_is_plain_words_with_numbers() -> None:
    label, value = MEETINGS.words(Language.ENGLISH, "Rani Umpama")

    assert label == "Shared within 60 s of Rani Umpama"
    assert value == (
        "4 of 5 posts that both shared; 0.3 expected at these posts' own pace; p = 1.2e-07"
    )


def test_a_person_whom_the_reader_may_not_see_stays_nameless() -> None:
    assert MEETINGS.words(Language.ENGLISH)[0] == "Shared within 60 s of another badge holder"
    assert MEETINGS.words(Language.INDONESIAN)[0].endswith("dari pemegang lencana lain")


FIGURES = {
    "window": 1, "close": 2, "common": 3, "expected": "4", "chance": "5", "holders": 6,
    "inside": 7, "reshares": 8, "percent": 9, "posts": 10, "own": 11, "clicks": 12, "limit": 13,
    "before": 14, "after": 15, "days": 16, "rate": 17, "population": 18, "times": 19,
    "seconds": 20,
}  # fmt: skip


@pytest.mark.parametrize("code", EvidenceCode)
@pytest.mark.parametrize("language", Language)
def test_every_kind_of_evidence_has_words_in_both_languages(
    code: EvidenceCode, language: Language
) -> None:
    label, value = Evidence(code, FIGURES).words(language)

    assert label
    assert value
    assert "{" not in label + value


def test_evidence_comes_back_from_its_stored_form() -> None:
    assert Evidence.of(MEETINGS.to_json()) == MEETINGS


def test_the_same_evidence_is_kept_once() -> None:
    other = Evidence(EvidenceCode.MEETINGS, MEETINGS.figures, partner_id=key(9))

    assert merged([MEETINGS], [MEETINGS, other]) == (MEETINGS, other)
