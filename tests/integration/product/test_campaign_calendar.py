"""Campaigns and events follow the calendar: silence pauses, an end closes, a person resumes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import factories as make
import pytest
from api_client import ADMIN, Api, gid
from world import World

from api.domain.campaign import CampaignStatus
from api.settings import Settings
from workers.tasks.kit import Kit
from workers.tasks.reconcile import reconcile
from workers.tasks.retention import retention

AUDITED = """
SELECT actor || ' ' || action || ' ' || reason FROM audit_event WHERE object_id = $1
"""
TIMES_AUDITED = "SELECT count(*) FROM audit_event WHERE object_id = $1"
GOING_ON = "UPDATE campaign SET ends_at = now() + interval '9 days'"


@pytest.fixture
def ctx(settings: Settings, api: Api) -> dict[str, Any]:
    return {"kit": Kit(settings, None, {})}


async def silence(province_id: UUID | None = None) -> UUID:
    today = datetime.now(UTC).date()
    return await make.insert(
        "quiet_period",
        from_on=today - timedelta(days=2),
        to_on=today + timedelta(days=2),
        legal_ground="PKPU contoh",
        province_id=province_id,
    )


async def state(campaign: UUID) -> tuple[str, int]:
    statement = "SELECT status || ' ' || version FROM campaign WHERE id = $1"
    status, version = (await make.value(statement, campaign)).split()
    return status, int(version)


async def test_a_running_campaign_is_paused_in_a_quiet_period_once_and_says_why(
    world: World, ctx: dict[str, Any]
) -> None:
    await make.execute(GOING_ON)
    await silence()

    await reconcile(ctx)
    await reconcile(ctx)

    assert await state(world.campaign) == ("PAUSED", 2)
    said = await make.value(AUDITED, world.campaign)
    assert said.startswith("gema pause_campaign A quiet period holds until")
    assert "PKPU contoh" in said
    assert await make.value(TIMES_AUDITED, world.campaign) == 1


async def test_the_silence_of_another_province_pauses_nothing(
    world: World, ctx: dict[str, Any]
) -> None:
    bali, jakarta = await make.province("51"), await make.province("31")
    await make.execute(GOING_ON)
    address = "UPDATE campaign SET audience = $2 WHERE id = $1"
    await make.execute(address, world.campaign, {"province_ids": [str(jakarta)]})
    await silence(bali)

    await reconcile(ctx)

    assert await state(world.campaign) == ("ACTIVE", 1)


async def test_after_the_silence_a_person_resumes(
    api: Api, world: World, ctx: dict[str, Any]
) -> None:
    await make.execute(GOING_ON)
    period = await silence()
    await reconcile(ctx)
    await make.execute("DELETE FROM quiet_period WHERE id = $1", period)
    await reconcile(ctx)
    before = await state(world.campaign)

    given = {"campaignId": gid("Campaign", world.campaign), "version": 2}
    payload = await api.mutate("campaignResume", "campaign { status }", caller=ADMIN, **given)
    await reconcile(ctx)

    assert before == ("PAUSED", 2)
    assert payload["userErrors"] == []
    assert await state(world.campaign) == ("ACTIVE", 3)


@pytest.mark.parametrize("status", [CampaignStatus.ACTIVE, CampaignStatus.PAUSED])
async def test_a_public_campaign_is_closed_when_its_end_has_come(
    world: World, ctx: dict[str, Any], status: CampaignStatus
) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    campaign = await make.make_campaign(world.program, status=status, ends_at=over)

    await reconcile(ctx)

    assert (await state(campaign))[0] == "CLOSED"
    assert await make.value("SELECT closed_at FROM campaign WHERE id = $1", campaign) is not None
    assert await make.value(AUDITED, campaign) == (
        "gema close_campaign The campaign has come to its end."
    )


async def test_a_campaign_that_is_not_public_keeps_its_place(
    world: World, ctx: dict[str, Any]
) -> None:
    over = datetime.now(UTC) - timedelta(days=1)
    await silence()
    hidden = [
        await make.make_campaign(world.program, status=status, ends_at=over)
        for status in (CampaignStatus.DRAFT, CampaignStatus.CANCELLED)
    ]

    await reconcile(ctx)

    assert [(await state(one))[0] for one in hidden] == ["DRAFT", "CANCELLED"]


async def test_an_idempotency_key_is_forgotten_after_seven_days(
    api: Api, world: World, ctx: dict[str, Any]
) -> None:
    given = {
        "title": "Temu",
        "agencyId": gid("Agency", world.first),
        "capacity": 3,
        "startsAt": "2027-03-01T09:00:00Z",
    }

    async def create(key: str) -> str:
        made = await api.mutate("eventCreate", "event { id }", **given, idempotencyKey=key)
        return str(made["event"]["id"])

    before = {key: await create(key) for key in ("old", "young")}
    age = "UPDATE idempotency_record SET created_at = now() - $2::interval WHERE key = $1"
    await make.execute(age, "old", timedelta(days=7, seconds=1))
    await make.execute(age, "young", timedelta(days=6, hours=23))

    await retention(ctx)

    assert await create("young") == before["young"]
    assert await create("old") != before["old"]


async def test_an_announced_event_counts_as_held_half_a_day_after_its_end(
    world: World, ctx: dict[str, Any]
) -> None:
    await make.execute(
        "UPDATE event SET status = 'PUBLISHED', starts_at = now() - interval '2 days',"
        " ends_at = now() - interval '11 hours 59 minutes'"
    )
    statement = "SELECT status || ' ' || version FROM event WHERE id = $1"
    await reconcile(ctx)
    assert await make.value(statement, world.event) == "PUBLISHED 1"

    await make.execute("UPDATE event SET ends_at = now() - interval '12 hours 1 minute'")
    await reconcile(ctx)
    await reconcile(ctx)

    assert await make.value(statement, world.event) == "HELD 2"
    assert await make.value(TIMES_AUDITED, world.event) == 1
