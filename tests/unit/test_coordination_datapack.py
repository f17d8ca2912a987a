"""The detector on real shares: its exact counts, its false alarms, and what planted groups meet."""

import sys
from functools import cache

import pytest
from coshares import Plan, bursts_of, datapack_bursts, datapack_times, key, permuted, planted
from datapack import needs_datapack

from api.domain.coordination import (
    PairRule,
    advised_pairs,
    family_count,
    held_pairs,
    judged_pairs,
)

pytestmark = needs_datapack

RULE = PairRule()
FAMILY_COUNT = 25_434
ANY_CROWD = (20, 2_000)
PODS = (Plan(6, 4, 30), Plan(6, 6, 30), Plan(12, 6, 60), Plan(6, 6, 240))
PAIRS = (Plan(2, 4, 30), Plan(2, 6, 30), Plan(2, 6, 240))


def accounts(findings):
    return {holder for finding in findings for holder in finding.holders}


@cache
def held_before():
    return accounts(held(datapack_bursts(), 60)) | accounts(held(datapack_bursts(), 300))


def held(bursts, window):
    return held_pairs(judged_pairs(bursts, window, RULE), RULE)


def within_ten_seconds(bursts):
    """The naive rule: whoever shares one post within ten seconds of somebody."""
    return {sharing.holder_id for one in bursts for pair in one.close_pairs(10) for sharing in pair}


def test_the_naive_rule_accuses_one_account_in_six() -> None:
    assert sum(len(one.sharings) for one in datapack_bursts()) == 34_865
    assert len(within_ten_seconds(datapack_bursts())) == 1_521


def test_close_sharing_alone_accuses_dozens() -> None:
    counts = {}
    for window in (60, 300):
        met: dict[tuple[object, object], int] = {}
        for one in datapack_bursts():
            for first, second in one.close_pairs(window):
                pair = tuple(sorted((first.holder_id, second.holder_id)))
                met[pair] = met.get(pair, 0) + 1
        for least in (2, 3):
            counts[window, least] = len({h for p, n in met.items() if n >= least for h in p})

    assert counts == {(60, 2): 58, (60, 3): 6, (300, 2): 424, (300, 3): 86}


def test_the_hold_tier_finds_the_published_pairs() -> None:
    by_minute, by_five = held(datapack_bursts(), 60), held(datapack_bursts(), 300)

    assert (len(by_minute), len(accounts(by_minute))) == (2, 4)
    assert (len(by_five), len(accounts(by_five))) == (9, 11)
    assert by_minute[0].holders == (key(407), key(408))
    assert (by_minute[0].close_count, by_minute[0].common_count) == (3, 3)
    assert f"{by_minute[0].chance:.2e}" == "3.35e-08"
    assert by_five[0].holders == (key(863), key(864))
    assert (by_five[0].close_count, by_five[0].common_count) == (7, 7)
    assert f"{by_five[0].expected_count:.3f}" == "0.106"
    assert f"{by_five[0].chance:.2e}" == "1.41e-13"


def test_the_advisory_tier_finds_the_published_pairs() -> None:
    family = family_count(datapack_bursts(), RULE)
    advised = advised_pairs(judged_pairs(datapack_bursts(), 300, RULE), family, RULE)

    assert family == FAMILY_COUNT
    assert (len(advised), len(accounts(advised))) == (22, 32)


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_accounts_raise_no_alarm(seed: int) -> None:
    _assert_silent(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 21))
def test_shuffled_accounts_raise_no_alarm_in_many_drawings(seed: int) -> None:
    _assert_silent(seed)


def _assert_silent(seed: int) -> None:
    bursts = bursts_of(permuted(datapack_times(), seed))

    assert len(accounts(held(bursts, 60)) | accounts(held(bursts, 300))) <= 1
    assert len(within_ten_seconds(bursts)) > 1_000


@pytest.mark.parametrize("seed", [1, 2])
def test_a_pod_is_seen_and_nobody_beside_it_is_held(seed: int) -> None:
    seen = _seen(seed, Plan(6, 6, 30))

    assert seen.newly_held == set()
    assert seen.advised == 1.0


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_the_recall_of_each_size_of_pod(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the table that the documentation shows; nobody beside a pod is ever held."""
    table = [
        (plan.among(crowd), [_seen(seed, plan.among(crowd)) for seed in range(1, 21)])
        for crowd in ((10, 19), (20, 49), (50, 2_000), ANY_CROWD)
        for plan in (*PODS, *PAIRS)
    ]

    with capsys.disabled():
        sys.stdout.write(_printed(table))
    assert [row.newly_held for _, rows in table for row in rows if row.newly_held] == []
    for plan, rows in table:
        if plan in PODS:
            assert sum(row.advised for row in rows) / len(rows) >= 0.95, plan


def _printed(table):
    lines = ["", f"{'planted':18} {'crowd':>9} {'naive':>6} {'advisory':>9} {'hold':>6} innocent"]
    for plan, rows in table:
        naive, advised, caught = (
            sum(getattr(row, name) for row in rows) / len(rows)
            for name in ("naive", "advised", "held")
        )
        innocent = sum(len(row.newly_held) for row in rows)
        name = f"{plan.account_count} x {plan.post_count} in {plan.within_seconds} s"
        crowd = f"{plan.crowd[0]}-{plan.crowd[1]}"
        lines.append(f"{name:18} {crowd:>9} {naive:6.2f} {advised:9.2f} {caught:6.2f} {innocent:8}")
    return "\n".join([*lines, ""])


class _Seen:
    """What each tier saw of a planted group, and whom it held beside."""

    def __init__(self, bursts, group):
        by_minute, by_five = (judged_pairs(bursts, window, RULE) for window in (60, 300))
        # Planting adds pairs to the family; none of the crowd's own pairs changes.
        family = FAMILY_COUNT + len(group) * (len(group) - 1) // 2
        caught = accounts(held_pairs(by_minute, RULE)) | accounts(held_pairs(by_five, RULE))
        self.naive = len(within_ten_seconds(bursts) & group) / len(group)
        self.advised = len(accounts(advised_pairs(by_five, family, RULE)) & group) / len(group)
        self.held = len(caught & group) / len(group)
        self.newly_held = caught - group - held_before()


def _seen(seed, plan):
    return _Seen(*planted(seed, plan))
