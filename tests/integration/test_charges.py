"""Paid reads: held before the call, settled after it, never beyond the month's cap."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from api.domain.platform import Platform
from api.models import WORKER_POOL, connection, open_database
from api.settings import Settings
from workers.platforms.base import QuotaExhausted
from workers.platforms.ledger import PaidUnit
from workers.tasks.charges import BudgetLedger

SPENT = "SELECT spent_micro_usd FROM platform_budget WHERE platform = 'X'"
CHARGED = "SELECT sum(total_micro_usd)::bigint, bool_or(is_estimate) FROM platform_charge"
TWO_USERS = {PaidUnit.USER_READ: 2}


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        yield


async def spent() -> int:
    async with connection() as db:
        total: int = await db.fetchval(SPENT)
    return total


async def test_what_is_read_is_charged_once_a_day(database: None) -> None:
    ledger = BudgetLedger({Platform.X: 1_000_000})

    for _ in range(2):
        held = await ledger.reserve(Platform.X, "users", TWO_USERS)
        await held.settle({PaidUnit.USER_READ: frozenset({"1", "2"})})

    assert await spent() == 20_000
    async with connection() as db:
        assert tuple(await db.fetchrow(CHARGED)) == (20_000, False)


async def test_one_thing_by_two_kinds_of_reading_is_charged_once(database: None) -> None:
    ledger = BudgetLedger({Platform.X: 1_000_000})
    held = await ledger.reserve(Platform.X, "posts", {PaidUnit.POST_READ: 1})

    await held.settle(
        {PaidUnit.POST_READ: frozenset({"9"}), PaidUnit.INCLUDED_POST_READ: frozenset({"9"})}
    )

    assert await spent() == 5_000


async def test_a_call_that_does_not_fit_is_not_made_and_holds_nothing(database: None) -> None:
    ledger = BudgetLedger({Platform.X: 19_999})

    with pytest.raises(QuotaExhausted):
        await ledger.reserve(Platform.X, "users", TWO_USERS)

    assert await spent() == 0


async def test_eight_at_once_never_pass_the_cap(database: None) -> None:
    ledger = BudgetLedger({Platform.X: 60_000})

    async def call() -> bool:
        try:
            await ledger.reserve(Platform.X, "users", TWO_USERS)
        except QuotaExhausted:
            return False
        return True

    made = await asyncio.gather(*(call() for _ in range(8)))

    assert sum(made) == 3
    assert await spent() == 60_000


async def test_an_answer_that_was_cut_stands_as_an_estimate(database: None) -> None:
    await BudgetLedger({Platform.X: 60_000}).reserve(Platform.X, "users", TWO_USERS)

    async with connection() as db:
        assert tuple(await db.fetchrow(CHARGED)) == (20_000, True)


async def test_settling_twice_gives_back_once(database: None) -> None:
    held = await BudgetLedger({Platform.X: 60_000}).reserve(Platform.X, "users", TWO_USERS)

    for _ in range(2):
        await held.settle({})

    assert await spent() == 0


async def test_a_new_cap_holds_at_once(database: None) -> None:
    await BudgetLedger({Platform.X: 60_000}).reserve(Platform.X, "users", TWO_USERS)

    with pytest.raises(QuotaExhausted):
        await BudgetLedger({Platform.X: 20_000}).reserve(Platform.X, "users", TWO_USERS)
