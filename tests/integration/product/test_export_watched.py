"""An export as its requester watches it, and what happens while Valkey is down."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from api_client import Api, gid, serving
from live import line, served, subscribe
from test_exports import ONE, wanted
from test_invitations import frozen
from worker import Desk
from world import World

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.local.ports import choose
from api.settings import Settings

WATCH = "subscription ($id: ID!) { exportUpdated(id: $id) { id status url rowCount } }"


@pytest.fixture
async def host(settings: Settings, world: World, api: Api) -> AsyncIterator[str]:
    app = create_app(settings)
    async with app.router.lifespan_context(app), served(app) as address:
        yield address


def token(settings: Settings, subject: str | None) -> str:
    role, now = Role.EVENT_ORGANISER, datetime.now(UTC)
    return issue_dev_token(settings.access, role, now=now, subject=subject)


async def test_the_requester_sees_a_file_become_ready_and_nobody_else_sees_it(
    host: str, settings: Settings, world: World, api: Api
) -> None:
    key = await wanted(api, await frozen(api, world), "CSV")
    async with (
        line(host, token(settings, ONE.subject)) as mine,
        line(host, token(settings, "somebody else")) as other,
    ):
        await mine.say(subscribe("e", WATCH, variables={"id": key}))
        first = (await mine.hear())["payload"]["data"]["exportUpdated"]
        await other.say(subscribe("e", WATCH, variables={"id": key}))
        hidden = (await other.hear())["payload"]["data"]["exportUpdated"]
        await Desk(settings).work()
        last = (await mine.hear())["payload"]["data"]["exportUpdated"]

    assert (first["status"], first["url"]) == ("REQUESTED", None)
    assert (last["status"], last["rowCount"]) == ("READY", 3)
    assert last["url"].startswith(settings.public_url + "/exports/")
    assert hidden is None


async def test_while_valkey_is_down_no_export_begins_and_lists_are_still_read(
    settings: Settings, world: World, api: Api
) -> None:
    listed = await frozen(api, world)
    nowhere = dataclasses.replace(settings, redis_url=f"redis://127.0.0.1:{choose()}/0")
    document = (
        "mutation ($input: InviteListExportInput!)"
        " { inviteListExport(input: $input) { export { id } userErrors { code } } }"
    )
    given = {"input": {"inviteListId": listed, "format": "CSV"}}

    async with serving(nowhere) as lonely:
        refused = await lonely.send(document, given, caller=ONE)
        shown = await lonely.run("Event", caller=ONE, id=gid("Event", world.event))

    assert refused.status_code == 503
    (error,) = refused.json()["errors"]
    assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
    assert shown["event"]["inviteList"]["status"] == "FROZEN"
