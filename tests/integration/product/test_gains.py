"""Gains and day buckets follow every change of an observation, in its own transaction."""

from datetime import timedelta
from uuid import UUID

import factories as make
import pytest
from world import World

from api.actions.gains import remeasure, remeasure_holders
from api.actions.ranking import RunRequest, refresh_ranking
from api.cli.rebuild import rebuild
from api.models import transaction

pytestmark = pytest.mark.usefixtures("api")

PARTS = "counted_count, gain_micro, pending_count, held_count, held_micro, resharer_count"
TOTALS = f"""
SELECT count(*) FROM (
    SELECT asn_id, baseline_id, platform, day_on, {PARTS} FROM holder_day
     WHERE (counted_count, pending_count, held_count) <> (0, 0, 0)
    EXCEPT
    SELECT asn_id, baseline_id, platform, day_on,
           {", ".join(f"sum({part})" for part in PARTS.split(", "))}
      FROM share_gain GROUP BY 1, 2, 3, 4) difference
"""  # noqa: S608 (constants of ours)


async def bucket(asn_id: UUID) -> tuple[int, ...]:
    parts = PARTS.split(", ")
    statement = "SELECT sum({})::bigint FROM holder_day WHERE asn_id = $1"
    return tuple([await make.value(statement.format(part), asn_id) for part in parts])


async def review(asn_id: UUID, share_id: UUID, state: str) -> None:
    async with transaction() as db:
        await db.execute(
            "UPDATE share SET review = $3 WHERE asn_id = $1 AND id = $2", asn_id, share_id, state
        )
        await remeasure(db, [(asn_id, share_id)])


async def test_a_hold_moves_the_points_and_a_release_gives_exactly_them_back(world: World) -> None:
    before = await bucket(world.ani)
    counted, gain, pending, *_ = before

    await review(world.ani, world.shares[world.ani], "UNDER_REVIEW")
    held = await bucket(world.ani)
    await review(world.ani, world.shares[world.ani], "UNDER_REVIEW")
    held_again = await bucket(world.ani)
    await review(world.ani, world.shares[world.ani], "CLEAR")

    assert (counted, pending) == (1, 0)
    assert gain > 0
    assert held == held_again == (0, 0, 0, 1, gain, 0)
    assert await bucket(world.ani) == before
    assert await make.value(TOTALS) == 0


async def test_a_rejected_share_leaves_no_points(world: World) -> None:
    await review(world.ani, world.shares[world.ani], "REJECTED")

    assert await bucket(world.ani) == (0, 0, 0, 0, 0, 0)


async def test_a_new_share_is_in_the_buckets_before_any_ranking(world: World) -> None:
    before = await bucket(world.budi)
    account = world.accounts[world.budi]

    await make.make_share(world.budi, account, world.post, resharer_count=3)

    counted, gain, _, _, _, resharers = await bucket(world.budi)
    assert counted == before[0] + 1
    assert gain > before[1]
    assert resharers == before[5] + 3
    assert await make.value(TOTALS) == 0


async def test_a_withdrawn_consent_takes_all_points_of_the_account(world: World) -> None:
    async with transaction() as db:
        await db.execute(
            "UPDATE consent SET withdrawn_at = clock_timestamp()"
            " WHERE asn_id = $1 AND purpose = 'ACCOUNT_TRACKING'",
            world.ani,
        )
        await remeasure_holders(db, [world.ani])

    assert await bucket(world.ani) == (0, 0, 0, 0, 0, 0)


async def test_a_share_waits_for_figures_for_three_days_and_is_then_unmeasured(
    world: World,
) -> None:
    account = world.accounts[world.citra]
    before = await bucket(world.citra)
    share = await make.make_share(world.citra, account, world.post, at=make.NOW)
    waiting = await bucket(world.citra)
    await make.execute(
        "UPDATE share SET shared_at = now() - interval '73 hours' WHERE id = $1", share
    )
    await make.execute("UPDATE share_gain SET due_at = now() WHERE share_id = $1", share)

    await refresh_ranking(RunRequest())

    assert waiting[2] == before[2] + 1
    assert await bucket(world.citra) == before
    state = await make.value("SELECT state FROM share_gain WHERE share_id = $1", share)
    assert state == "UNMEASURED"


@pytest.mark.parametrize("state", ["UNDER_REVIEW", "REJECTED"])
async def test_a_run_from_buckets_equals_a_rebuild_from_raw_rows(world: World, state: str) -> None:
    await make.make_share(
        world.budi,
        world.accounts[world.budi],
        world.post,
        at=make.NOW - timedelta(days=40),
        resharer_count=5,
    )
    await review(world.citra, world.shares[world.citra], state)

    await refresh_ranking(RunRequest())

    rebuilt = await rebuild()
    assert rebuilt.is_equal
    assert rebuilt.holder_count == 2
