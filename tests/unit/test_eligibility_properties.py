"""What an assessment promises for any facts: no order matters, equal hashes mean equal results."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.eligibility import (
    PRESETS,
    Facts,
    LinkedAccount,
    Observation,
    Outcome,
    ReasonCode,
    assess,
)
from api.domain.platform import AudienceKind, AudienceSource, Platform
from tests.unit.applicants import NOW, account, facts, judged, seen

figures = st.builds(
    Observation,
    kind=st.sampled_from(AudienceKind),
    count=st.integers(490, 510),
    source=st.sampled_from(AudienceSource),
    observed_at=st.integers(-5, 100).map(lambda days: NOW - timedelta(days=days)),
)
active_at = st.none() | st.integers(-5, 40).map(lambda days: NOW - timedelta(days=days))
accounts = st.builds(
    LinkedAccount,
    platform=st.sampled_from(Platform),
    is_verified=st.booleans(),
    last_active_at=active_at,
    observations=st.lists(figures, max_size=3).map(tuple),
    has_consent=st.booleans(),
)
people = st.builds(
    Facts, accounts=st.lists(accounts, max_size=4).map(tuple), has_consent=st.booleans()
)


@given(people, st.sampled_from(sorted(PRESETS)), st.randoms())
def test_the_order_of_the_facts_changes_neither_hash_nor_result(person, preset, random):
    shuffled = [
        replace(a, observations=tuple(random.sample(a.observations, len(a.observations))))
        for a in person.accounts
    ]
    random.shuffle(shuffled)

    first = assess(PRESETS[preset], person, NOW)
    second = assess(PRESETS[preset], replace(person, accounts=tuple(shuffled)), NOW)

    assert first == second


@st.composite
def neighbours(draw):
    """Two people who differ in at most one account, figure or condition."""
    person = draw(people)
    changed = list(person.accounts)
    if changed:
        place = draw(st.integers(0, len(changed) - 1))
        more = draw(st.integers(0, 1))
        seen = [replace(o, count=o.count + more) for o in changed[place].observations]
        changed[place] = replace(
            changed[place],
            observations=tuple(seen),
            is_verified=draw(st.booleans()),
            last_active_at=draw(active_at),
        )
    return person, replace(person, accounts=tuple(changed), is_current_asn=draw(st.booleans()))


@given(neighbours(), st.sampled_from(sorted(PRESETS)))
def test_equal_hashes_mean_equal_results(pair, preset):
    one, two = (assess(PRESETS[preset], person, NOW) for person in pair)

    assert one.inputs_hash != two.inputs_hash or one == two


@given(people, st.integers(0, 120), st.sampled_from(sorted(PRESETS)))
def test_a_hash_that_time_leaves_alone_leaves_the_outcome_alone(person, days, preset):
    now = assess(PRESETS[preset], person, NOW)
    later = assess(PRESETS[preset], person, NOW + timedelta(days=days))

    assert now.inputs_hash != later.inputs_hash or now == later


def test_asking_again_next_day_without_news_gives_the_same_hash():
    person = facts(account(Platform.X))

    first = assess(PRESETS["any-platform"], person, NOW)
    second = assess(PRESETS["any-platform"], person, NOW + timedelta(days=1))

    assert first.inputs_hash == second.inputs_hash


def test_a_figure_that_went_stale_changes_the_hash():
    person = facts(account(Platform.X, observations=[seen(Platform.X, 600, days=90)]))

    fresh = assess(PRESETS["any-platform"], person, NOW)
    stale = assess(PRESETS["any-platform"], person, NOW + timedelta(days=1))

    assert fresh.inputs_hash != stale.inputs_hash


@pytest.mark.parametrize("change", ["has_consent", "is_current_asn", "has_training"])
def test_every_condition_on_the_person_is_in_the_hash(change):
    person = facts(account(Platform.X))
    other = replace(person, **{change: not getattr(person, change)})

    hashes = {assess(PRESETS["any-platform"], one, NOW).inputs_hash for one in (person, other)}

    assert len(hashes) == 2


def test_another_version_has_another_hash():
    person = facts(account(Platform.X))
    newer = replace(PRESETS["any-platform"], version=2)

    assert (
        assess(newer, person, NOW).inputs_hash
        != judged("any-platform", *person.accounts).inputs_hash
    )


@given(people, st.sampled_from(sorted(PRESETS)))
def test_only_a_certain_reason_makes_a_no(person, preset):
    result = assess(PRESETS[preset], person, NOW)
    uncertain = {ReasonCode.MEETS, ReasonCode.OBSERVATION_MISSING, ReasonCode.OBSERVATION_STALE}

    if result.outcome is Outcome.NOT_ELIGIBLE:
        assert {reason.code for reason in result.reasons} - uncertain
