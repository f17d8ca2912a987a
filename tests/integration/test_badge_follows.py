"""The badge follows the assessment: at 499 none, at 500 one; grace, end and return afterwards."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import factories as make
import pytest
from outbox_rows import ask, letters, runner

from api.actions.reference import ensure_reference_rows
from api.domain.platform import Platform
from api.models import WORKER_POOL, connection, open_database
from api.queue import Job
from api.settings import Settings
from workers.tasks import TASKS

BADGES = "SELECT id, state, grace_until, ended_at FROM badge WHERE asn_id = $1 ORDER BY issued_at"


@pytest.fixture(autouse=True)
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        await ensure_reference_rows()
        yield


@dataclass
class Person:
    """Somebody for whom X alone decides, as the worker assesses them."""

    settings: Settings
    id: UUID
    x: UUID

    async def has_followers(self, count: int) -> list[dict[str, Any]]:
        """Observe the audience on X, let the worker assess, and return the badges."""
        await make.observe(self.id, self.x, count, at=datetime.now(UTC))
        return await self.assessed()

    async def assessed(self) -> list[dict[str, Any]]:
        message = await ask(Job.ASSESS_ELIGIBILITY, key=f"assess:{self.id}", asn_id=str(self.id))
        await runner(self.settings, TASKS).run(message)
        assert await letters() == []
        async with connection() as db:
            return [dict(row) for row in await db.fetch(BADGES, self.id)]


@pytest.fixture
async def person(settings: Settings) -> Person:
    asn_id = await make.make_asn("Wulan Umpama", await make.make_agency("KEM-CTH"))
    x = await make.make_account(asn_id, followers_count=None)
    await make.make_account(asn_id, platform=Platform.INSTAGRAM, followers_count=800)
    await make.execute("UPDATE social_account SET last_active_at = now() WHERE asn_id = $1", asn_id)
    return Person(settings, asn_id, x)


def states(badges: list[dict[str, Any]]) -> list[str]:
    return [badge["state"] for badge in badges]


@pytest.mark.parametrize(("count", "expected"), [(499, []), (500, ["ACTIVE"]), (501, ["ACTIVE"])])
async def test_the_badge_begins_at_500_followers(
    person: Person, count: int, expected: list[str]
) -> None:
    assert states(await person.has_followers(count)) == expected


async def test_one_follower_more_brings_the_badge_and_a_repeat_brings_no_second(
    person: Person,
) -> None:
    assert await person.has_followers(499) == []
    first = await person.has_followers(500)

    assert states(first) == ["ACTIVE"]
    assert await person.assessed() == first


async def test_who_falls_below_keeps_the_badge_for_the_days_of_grace(person: Person) -> None:
    await person.has_followers(500)

    (badge,) = await person.has_followers(499)

    assert badge["state"] == "ACTIVE"
    assert badge["grace_until"] - datetime.now(UTC) > timedelta(days=29)
    assert badge["ended_at"] is None


async def test_who_comes_back_within_the_grace_keeps_the_same_badge(person: Person) -> None:
    (before,) = await person.has_followers(500)
    await person.has_followers(499)

    assert await person.has_followers(500) == [before]


async def test_after_the_grace_the_badge_ends_and_a_return_is_a_new_one(person: Person) -> None:
    await person.has_followers(500)
    await person.has_followers(499)
    await make.execute("UPDATE badge SET grace_until = now() - interval '1 minute'")

    (ended,) = await person.assessed()
    both = await person.has_followers(500)

    assert ended["state"] == "EXPIRED"
    assert ended["ended_at"] is not None
    assert states(both) == ["EXPIRED", "ACTIVE"]


async def test_who_leaves_the_service_is_suspended_and_returns_with_the_posting(
    person: Person,
) -> None:
    await person.has_followers(500)
    await make.execute("UPDATE asn SET is_active = false WHERE id = $1", person.id)
    suspended = states(await person.assessed())
    await make.execute("UPDATE asn SET is_active = true WHERE id = $1", person.id)

    assert suspended == ["SUSPENDED"]
    assert states(await person.assessed()) == ["ACTIVE"]
