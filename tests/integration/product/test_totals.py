"""The nightly comparison of day buckets with gains finds what is wrong, and repairs it."""

import factories as make
import pytest
from test_gains import TOTALS, bucket
from worker import Desk
from world import World

from api.actions.gains.totals import check_totals
from api.settings import Settings

pytestmark = pytest.mark.usefixtures("api")

WRONG = {
    "a bucket that was counted twice": "UPDATE holder_day SET gain_micro = gain_micro * 2",
    "a bucket that is missing": "DELETE FROM holder_day",
    "a bucket of no share": "UPDATE holder_day SET day_on = day_on - 7",
}


async def test_sound_buckets_ask_for_nothing(world: World) -> None:
    assert world.run

    assert await check_totals("2026-03-01", 100) == []
    assert await make.value("SELECT count(*) FROM outbox_message WHERE job = 'repair_totals'") == 0


@pytest.mark.parametrize("damage", WRONG.values(), ids=WRONG)
async def test_a_wrong_bucket_is_found_and_repaired(
    world: World, settings: Settings, damage: str
) -> None:
    before = await bucket(world.ani)
    await make.execute(f"{damage} WHERE asn_id = $1", world.ani)

    assert await check_totals("2026-03-01", 100) == [world.ani]
    assert await check_totals("2026-03-01", 100) == [world.ani]
    assert await make.value("SELECT count(*) FROM outbox_message WHERE job = 'repair_totals'") == 1
    await Desk(settings).work()

    assert await bucket(world.ani) == before
    assert await make.value(TOTALS) == 0
    assert await check_totals("2026-03-01", 100) == []


async def test_others_are_looked_at_on_another_day(world: World) -> None:
    await make.execute("DELETE FROM holder_day")

    found = {one for day in range(30) for one in await check_totals(f"day {day}", 1)}

    assert found == {world.ani, world.budi, world.citra}
