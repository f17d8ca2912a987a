"""The sliding minute of points."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.access import Role, Viewer
from api.schema.points import (
    NETWORK_POINTS,
    VIEWER_POINTS,
    Account,
    MinuteLedger,
    account_of,
)


class Clock:
    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


async def test_points_come_back_a_minute_after_they_were_spent() -> None:
    clock, account = Clock(), Account("a", 100)
    ledger = MinuteLedger(clock)
    await ledger.charge(account, 60)
    clock.now += 30
    await ledger.charge(account, 40)
    refused = await ledger.charge(account, 1)
    clock.now += 30
    again = await ledger.charge(account, 60)

    assert (refused.is_exceeded, refused.remaining, refused.retry_after_seconds) == (True, 0, 30)
    assert (again.is_exceeded, again.remaining) == (False, 0)
    assert again.reset_at == datetime.fromtimestamp(1_120, UTC)


async def test_a_refused_charge_takes_nothing() -> None:
    ledger, account = MinuteLedger(Clock()), Account("a", 10)
    await ledger.charge(account, 5)

    assert (await ledger.charge(account, 6)).is_exceeded
    assert (await ledger.charge(account, 5)).remaining == 0


async def test_callers_do_not_share() -> None:
    ledger = MinuteLedger(Clock())
    await ledger.charge(Account("a", 10), 10)

    assert (await ledger.charge(Account("b", 10), 10)).remaining == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 70)), max_size=30))
async def test_no_minute_ever_holds_more_than_the_limit(steps: list[tuple[int, int]]) -> None:
    clock = Clock()
    ledger = MinuteLedger(clock)
    spent: list[tuple[float, int]] = []
    for wait, points in steps:
        clock.now += wait
        window = await ledger.charge(Account("a", 100), points)
        if not window.is_exceeded:
            spent.append((clock.now, points))
        recent = sum(points for at, points in spent if at > clock.now - 60)
        assert recent <= 100
        assert window.remaining == 100 - recent


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("203.0.113.77", "network:203.0.113.0/24"),
        ("2001:db8:1:2::3", "network:2001:db8:1::/48"),
        (None, "network:unknown"),
        ("testclient", "network:unknown"),
    ],
)
def test_anonymous_callers_of_one_network_share(host: str | None, key: str) -> None:
    assert account_of(None, host) == Account(key, NETWORK_POINTS)


def test_a_viewer_has_an_account_wherever_they_are() -> None:
    viewer = Viewer("staff-1", Role.ADMIN, "Staff")

    assert account_of(viewer, "203.0.113.77") == Account("viewer:staff-1", VIEWER_POINTS)
