"""A lot decides among people who are level, and touches nobody else."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from api.domain.selection import (
    InviteDecision,
    Lot,
    Override,
    OverrideAction,
    QuotaRule,
    ReasonCode,
    propose,
)
from tests.unit.selection_people import AGENCY, crowd, dice, people, terms

DRAFT = UUID(int=7)


def lot(*numbers: int) -> Lot:
    return Lot(DRAFT, frozenset(UUID(int=number) for number in numbers))


def order(proposal) -> list[int]:
    return [entry.candidate.asn_id.int for entry in proposal.entries]


@pytest.mark.parametrize("batch", range(20))
def test_only_level_people_exchange_their_ranks(batch: int) -> None:
    random = dice(("lot", batch))
    candidates = crowd(random, 12)
    level = set(random.sample([one.asn_id.int for one in candidates], 5))

    before = order(propose(candidates, terms(4)))
    after = order(propose(candidates, terms(4, lot=lot(*level))))

    assert [one if one not in level else None for one in before] == [
        one if one not in level else None for one in after
    ]
    assert set(after) == set(before)


def test_every_level_person_comes_first_equally_often() -> None:
    candidates = people((9, "a", "p"), (8, "a", "p"), (7, "a", "p"), (1, "a", "p"))

    seated = Counter(
        order(propose(candidates, terms(1, seed=str(seed), lot=lot(1, 2, 3))))[0]
        for seed in range(600)
    )

    assert set(seated) == {1, 2, 3}
    assert min(seated.values()) > 160


def test_the_row_of_who_drew_says_so_and_the_hash_covers_who_drew() -> None:
    candidates = people((9, "a", "p"), (8, "a", "p"), (7, "a", "p"), (1, "a", "p"))

    without = propose(candidates, terms(2))
    drawn = propose(candidates, terms(2, lot=lot(2, 3)))
    others = propose(candidates, terms(2, lot=lot(2, 3, 4)))

    numbers = {
        entry.candidate.asn_id.int: dict(reason.data)
        for entry in drawn.entries
        for reason in entry.reasons
        if reason.code is ReasonCode.DRAWN_BY_LOT
    }
    assert numbers.keys() == {2, 3}
    assert sorted(data["number"] for data in numbers.values()) == [1, 2]
    assert {data["people"] for data in numbers.values()} == {2}
    assert len({without.sha256, drawn.sha256, others.sha256}) == 3
    assert "lot" not in without.document()
    assert drawn.document()["lot"] == {
        "drawn_from": str(DRAFT),
        "level": [str(UUID(int=2)), str(UUID(int=3))],
    }


def test_quotas_hold_and_a_seat_goes_to_the_first_number_that_they_let_in() -> None:
    candidates = people(
        (9, "a", "p"), (8, "a", "p"), (7, "b", "p"), (6, "a", "p"), (5, "b", "p"), (4, "b", "p")
    )
    for seed in range(40):
        wanted = terms(2, QuotaRule(AGENCY, maximum=1), seed=str(seed), lot=lot(1, 2, 3, 4, 5))

        proposal = propose(candidates, wanted)

        first = dict.fromkeys(("a", "b"))
        for entry in proposal.entries:
            key = entry.candidate.agency_key
            if first[key] is None:
                first[key] = entry.candidate.asn_id
        assert {one.candidate.asn_id for one in proposal.admitted} == set(first.values())
        assert proposal.price.lost_ppm >= 0


def test_who_is_taken_off_by_hand_leaves_the_order_of_the_others() -> None:
    candidates = people(*((score, "a", "p") for score in range(20, 10, -1)))
    drawn = terms(3, lot=lot(2, 3, 4, 5, 6))
    before = [one for one in order(propose(candidates, drawn)) if one != 4]

    gone = Override(UUID(int=4), OverrideAction.REMOVE, "Berhalangan")
    proposal = propose(candidates, replace(drawn, overrides=(gone,)))

    assert [one for one in order(proposal) if one != 4] == before
    (row,) = (one for one in proposal.entries if one.candidate.asn_id.int == 4)
    assert row.decision is InviteDecision.REMOVED
    seated = [one.candidate.asn_id.int for one in proposal.admitted]
    assert seated == before[:3]
