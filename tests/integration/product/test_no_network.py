"""No network at all: what is not known is said to be unknown since a time, and is never zero."""

import factories as make
from api_client import Api, gid
from world import World

from api.domain.platform import Platform
from api.models import transaction
from api.models.sealed import Sealer
from api.queue import Job, enqueue
from tests.integration.connector_kit import Scene, settings_of
from workers.platforms import connector_for
from workers.tasks import TASKS
from workers.tasks.kit import Kit
from workers.tasks.outbox import Runner

PROGRESS = """query($id: ID!) { campaign(id: $id) { progress {
    shareCount sharerCount resharerCount potentialReach coverage asOf } } }"""
HEALTH = "{ platformHealth { platform lastSuccessAt lastErrorAt lastErrorCode } }"


async def scan(api: Api, post: object) -> str:
    """Let a worker without any network read the lists of a post; return what became of it."""
    async with transaction() as db:
        for job in (Job.SCAN_RESHARERS, Job.SCAN_QUOTES):
            await enqueue(db, job, {"post_id": str(post)}, key=f"{job}:{post}")
    connector = connector_for(Platform.X, settings_of(), Scene(is_online=False).tools())
    kit = Kit(api.settings, Sealer(api.settings.secrets), {Platform.X: connector})
    async with make.connection() as db:
        due = await db.fetch("SELECT id FROM outbox_message WHERE job LIKE 'scan_%'")
    for row in due:
        await Runner(kit, TASKS).run(row["id"])
    await connector.close()
    return await make.value(
        "SELECT string_agg(DISTINCT state || ' ' || error_code, ',') FROM outbox_message"
        " WHERE job LIKE 'scan_%'"
    )


async def test_a_post_that_could_never_be_read_has_no_figures_and_no_zero(
    api: Api, world: World
) -> None:
    post = await make.make_post(world.other_campaign)

    became = await scan(api, post)

    assert became == "PENDING TRANSIENT"
    given = {"id": gid("Campaign", world.other_campaign)}
    progress = (await api.ask(PROGRESS, given))["campaign"]["progress"]
    assert progress == {
        "shareCount": None,
        "sharerCount": None,
        "resharerCount": None,
        "potentialReach": None,
        "coverage": "UNKNOWN",
        "asOf": None,
    }
    health = {row["platform"]: row for row in (await api.ask(HEALTH))["platformHealth"]}
    assert health["X"]["lastErrorCode"] == "TRANSIENT"
    assert health["X"]["lastSuccessAt"] is None


async def test_what_was_read_before_stays_with_the_time_since_which_nothing_is_known(
    api: Api, world: World
) -> None:
    given = {"id": gid("Campaign", world.campaign)}
    before = (await api.ask(PROGRESS, given))["campaign"]["progress"]

    await scan(api, world.post)

    after = (await api.ask(PROGRESS, given))["campaign"]["progress"]
    assert after == before
    assert after["asOf"] is not None
    assert after["shareCount"] == 3
