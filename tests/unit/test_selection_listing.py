"""The proposed list: every row explained, the same list and hash from the same people."""

import json
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.canonical import canonical_json, sha256_of
from api.domain.selection import (
    Candidate,
    Gate,
    InviteDecision,
    Proposal,
    QuotaRule,
    ReasonCode,
    Terms,
    propose,
)
from api.domain.selection.document import list_rows
from api.domain.selection.limits import RuleBook
from api.domain.selection.pool import Pool
from api.domain.selection.solution import Solver
from api.errors import Invalid
from tests.unit.selection_people import (
    AGENCY,
    NEWCOMER,
    PROVINCE,
    TODAY,
    crowd,
    dice,
    people,
    person,
    random_rules,
    terms,
)

ADMITTED = InviteDecision.ADMITTED
WAITLISTED = InviteDecision.WAITLISTED
QUOTA_FULL = InviteDecision.QUOTA_FULL


def random_list(case: int) -> tuple[list[Candidate], Terms]:
    random = dice(("listing", case))
    candidates = [*crowd(random, 14, scores=5), person(1, has_consent=False)]
    return candidates, terms(random.randint(3, 8), *random_rules(random, has_minimums=True))


def decisions(proposal: Proposal) -> list[InviteDecision]:
    return [entry.decision for entry in proposal.entries]


def codes(proposal: Proposal, row: int) -> list[ReasonCode]:
    return [reason.code for reason in proposal.entries[row].reasons]


@given(st.integers(0, 40), st.permutations(range(15)))
def test_the_same_people_in_any_order_give_the_same_list_and_hash(
    case: int, order: list[int]
) -> None:
    candidates, asked = random_list(case)

    here = propose(candidates, asked)
    there = propose([candidates[number] for number in order], asked)

    assert here.entries == there.entries
    assert here.effects == there.effects
    assert here.sha256 == there.sha256


@pytest.mark.parametrize("case", range(30))
def test_everybody_has_one_row_with_a_rank_and_at_least_one_reason_in_words(case: int) -> None:
    proposal = propose(*random_list(case))

    assert [entry.rank for entry in proposal.entries] == list(range(1, 16))
    assert len({entry.candidate.asn_id for entry in proposal.entries}) == 15
    for entry in proposal.entries:
        assert entry.reasons
        assert all(reason.message.endswith(".") for reason in entry.reasons)
        assert (entry.position is not None) is (entry.decision is ADMITTED)
    assert [entry.position for entry in proposal.admitted] == list(
        range(1, len(proposal.admitted) + 1)
    )


@pytest.mark.parametrize("case", range(30))
def test_the_price_of_fairness_is_never_negative_and_its_sums_are_those_of_the_list(
    case: int,
) -> None:
    proposal = propose(*random_list(case))

    assert proposal.price.score_with_quotas == sum(
        entry.candidate.score for entry in proposal.admitted
    )
    assert proposal.price.score_without_quotas >= proposal.price.score_with_quotas
    assert 0 <= proposal.price.lost_ppm <= 1_000_000


def test_the_price_of_fairness_is_the_share_of_the_score_given_up() -> None:
    candidates = people((60, "a", "p"), (40, "a", "p"), (15, "b", "p"))

    price = propose(candidates, terms(2, QuotaRule(AGENCY, maximum=1))).price

    assert (price.score_without_quotas, price.score_with_quotas) == (100, 75)
    assert price.lost_ppm == 250_000


def test_a_list_of_people_without_points_has_no_price() -> None:
    assert propose(people((0, "a", "p")), terms(1)).price.lost_ppm == 0


def test_somebody_kept_out_by_a_full_agency_is_told_so_and_the_one_let_in_too() -> None:
    candidates = people((9, "a", "p"), (8, "a", "p"), (7, "b", "p"), (6, "c", "p"))

    proposal = propose(candidates, terms(2, QuotaRule(AGENCY, maximum=1), waiting_places=0))

    assert decisions(proposal) == [ADMITTED, QUOTA_FULL, ADMITTED, WAITLISTED]
    assert codes(proposal, 0) == [ReasonCode.POINTS]
    assert codes(proposal, 1) == [ReasonCode.AGENCY_FULL]
    assert codes(proposal, 2) == [ReasonCode.ADMITTED_BY_AGENCY_QUOTA]
    assert codes(proposal, 3) == [ReasonCode.FEWER_POINTS]
    assert proposal.entries[1].reasons[0].message == "The agency is at its maximum of 1."


def test_somebody_displaced_by_a_minimum_elsewhere_is_told_so_and_waits_first() -> None:
    candidates = people((9, "a", "q"), (8, "a", "q"), (1, "a", "p"))

    proposal = propose(candidates, terms(2, QuotaRule(PROVINCE, "p", minimum=1)))

    assert decisions(proposal) == [ADMITTED, QUOTA_FULL, ADMITTED]
    assert codes(proposal, 1) == [ReasonCode.QUOTA_ELSEWHERE, ReasonCode.WAITING]
    assert codes(proposal, 2) == [ReasonCode.ADMITTED_BY_PROVINCE_QUOTA]
    assert proposal.entries[1].waiting_position == 1


def test_a_newcomer_beyond_the_maximum_of_newcomers_is_told_so() -> None:
    candidates = [
        person(1, score=9, last_invited_on=None),
        person(2, score=8, last_invited_on=None),
        person(3, score=1),
    ]

    proposal = propose(candidates, terms(2, QuotaRule(NEWCOMER, maximum=1)))

    assert decisions(proposal) == [ADMITTED, QUOTA_FULL, ADMITTED]
    assert codes(proposal, 1)[0] is ReasonCode.NEWCOMERS_FULL
    assert codes(proposal, 2) == [ReasonCode.ADMITTED_BY_NEWCOMER_QUOTA]


def test_when_quotas_leave_a_seat_empty_everybody_left_out_is_told_which_quota_it_was() -> None:
    candidates = people((9, "a", "p"), (8, "a", "p"), (7, "b", "p"))

    proposal = propose(candidates, terms(3, QuotaRule(PROVINCE, maximum=1)))

    assert decisions(proposal) == [ADMITTED, QUOTA_FULL, QUOTA_FULL]
    assert codes(proposal, 2)[0] is ReasonCode.PROVINCE_FULL


def test_each_quota_that_changed_the_list_names_who_came_in_and_who_went_out() -> None:
    candidates = people((9, "a", "q"), (8, "a", "q"), (7, "a", "q"), (6, "b", "q"), (1, "c", "p"))
    by_agency = QuotaRule(AGENCY, maximum=2)
    by_province = QuotaRule(PROVINCE, "p", minimum=1)
    idle = QuotaRule(PROVINCE, "q", maximum=4)

    proposal = propose(candidates, terms(4, by_agency, by_province, idle))

    effects = {
        effect.rule: ([one.int for one in effect.admitted], [one.int for one in effect.instead])
        for effect in proposal.effects
    }
    assert effects == {by_agency: ([4], [3])}

    tighter = propose(candidates, terms(3, by_agency, by_province, idle))
    effects = {
        effect.rule: ([one.int for one in effect.admitted], [one.int for one in effect.instead])
        for effect in tighter.effects
    }
    assert effects == {by_province: ([5], [4])}


def best_without(rule: QuotaRule, proposal: Proposal) -> set[UUID]:
    pool = Pool.of([entry.candidate for entry in proposal.entries])
    book = RuleBook([other for other in proposal.book.rules if other != rule], proposal.terms.seats)
    choice = Solver(pool).choose(book.limits(pool.agencies, pool.provinces))
    return {pool.candidates[place].asn_id for place in choice.places}


@pytest.mark.parametrize("case", range(30))
def test_the_effect_of_a_quota_is_the_difference_to_the_list_without_it(case: int) -> None:
    random = dice(("effects", case))
    candidates = crowd(random, 14, scores=9)
    asked = terms(6, *random_rules(random, has_minimums=True))
    proposal = propose(candidates, asked)
    effects = {effect.rule: effect for effect in proposal.effects}

    for rule in proposal.book.rules:
        here = {entry.candidate.asn_id for entry in proposal.admitted}
        there = best_without(rule, proposal)
        effect = effects.get(rule)

        assert here - there == set(effect.admitted if effect else ())
        assert there - here == set(effect.instead if effect else ())


def test_the_defaults_hold_when_nobody_asks_for_anything() -> None:
    candidates = people(*[(100 - n, "a", "p") for n in range(10)], *[(1, "b", "p")] * 10)
    asked = Terms(seats=10, capacity=10, seed="seed", gate=Gate(on=TODAY))

    proposal = propose(candidates, asked)

    assert [entry.candidate.agency_key for entry in proposal.admitted] == ["a"] * 2 + ["b"] * 2
    assert [rule.dimension for rule in proposal.book.rules] == [AGENCY, NEWCOMER]


def test_on_a_fresh_deployment_everybody_is_a_newcomer_and_the_reserve_changes_nothing() -> None:
    candidates = [
        person(number, score=number, agency_key=str(number), last_invited_on=None)
        for number in range(1, 21)
    ]

    proposal = propose(candidates, Terms(seats=10, capacity=10, seed="s", gate=Gate(on=TODAY)))

    assert [entry.candidate.score for entry in proposal.admitted] == list(range(20, 10, -1))
    assert proposal.effects == ()
    assert proposal.shortfalls == ()


def test_a_group_whose_people_are_all_barred_still_falls_short_of_its_minimum() -> None:
    candidates = [*people((5, "a", "p")), person(9, province_key="q", has_consent=False)]

    proposal = propose(candidates, terms(1, QuotaRule(PROVINCE, minimum=1)))

    assert [(gap.key, gap.count) for gap in proposal.shortfalls] == [("q", 0)]


def test_terms_that_no_list_could_follow_are_refused_before_anything_is_solved() -> None:
    with pytest.raises(Invalid, match="more than the capacity"):
        propose([], terms(3, capacity=2))


def test_the_same_person_twice_is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="twice"):
        propose([person(1), person(1)], terms(1))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": "other"},
        {"waiting_places": 49},
        {"context": {"scoreRun": "another"}},
        {"gate": Gate(on=TODAY, cool_down_days=61)},
        {"gate": Gate(on=TODAY, minimum_score=-1)},
    ],
)
def test_whatever_the_list_was_made_from_is_part_of_its_hash(change: dict[str, object]) -> None:
    candidates = people((3, "a", "p"), (2, "b", "p"))

    here = propose(candidates, terms(1, context={"scoreRun": "one"}))
    there = propose(candidates, terms(1, **{"context": {"scoreRun": "one"}, **change}))

    assert here.sha256 != there.sha256


def test_one_row_that_changes_changes_the_hash() -> None:
    here = propose(people((3, "a", "p"), (2, "b", "p")), terms(1))
    there = propose(people((3, "a", "p"), (2, "b", "q")), terms(1))

    assert here.sha256 != there.sha256


def test_the_hash_is_that_of_the_canonical_document_and_its_rows() -> None:
    candidates = [*people((2**60, "å", "p"), (2, None, None)), person(9, has_consent=False)]
    proposal = propose(candidates, terms(1, context={"event": "e"}))
    rows = list_rows(proposal.entries)
    document = proposal.document()

    assert proposal.sha256 == sha256(canonical_json(document).encode()).hexdigest()
    assert document["rows_sha256"] == sha256_of(rows)
    assert json.loads(canonical_json(rows))[0][4] == str(2**60)


def test_a_list_computed_long_ago_has_the_same_hash_today() -> None:
    candidates = crowd(dice("frozen"), 30, scores=6)
    rules = [QuotaRule(AGENCY, maximum=3), QuotaRule(PROVINCE, "q", minimum=3)]

    proposal = propose(candidates, terms(8, *rules, QuotaRule(NEWCOMER, minimum=5)))

    assert proposal.sha256 == "749d35c1f5396182140056ed7cb07f1b9e0c08ece29dafc137d6c51871d440cd"
