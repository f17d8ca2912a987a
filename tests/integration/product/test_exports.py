"""The file of a list: asked for, built, fetched by its requester alone, gone after a day."""

import csv
import hashlib
import io
from typing import Any

import factories as make
import pytest
from api_client import ORGANISER, Api, Caller, gid
from icalendar import Calendar
from openpyxl import load_workbook
from test_invitations import frozen
from worker import Desk
from world import SECOND_ORGANISER, World

from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings

ONE = Caller(Role.EVENT_ORGANISER, subject="one organiser")
OTHER = Caller(Role.EVENT_ORGANISER, subject="other organiser")
DENIED = "SELECT count(*) FROM audit_event WHERE action = 'fetch_export' AND reason = 'NOT_FOUND'"


@pytest.fixture
def desk(settings: Settings, api: Api) -> Desk:
    return Desk(settings)


async def wanted(api: Api, listed: str, file_format: str, caller: Caller = ONE) -> str:
    given = {"inviteListId": listed, "format": file_format}
    payload = await api.change("InviteListExport", caller=caller, **given)
    assert payload["userErrors"] == []
    return str(payload["export"]["id"])


async def state(api: Api, key: str, caller: Caller = ONE) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await api.run("Export", caller=caller, id=key))["export"]
    return found


async def fetch(api: Api, url: str, caller: Caller | None = ONE) -> Any:
    path = url.removeprefix(api.settings.public_url)
    headers = {}
    if caller is not None and caller.role is not None:
        token = issue_dev_token(
            api.settings.access,
            caller.role,
            now=make.datetime.now(make.UTC),
            subject=caller.subject,
        )
        headers["authorization"] = f"Bearer {token}"
    return await api.client.get(path, headers=headers)


async def built(api: Api, desk: Desk, listed: str, file_format: str) -> bytes:
    key = await wanted(api, listed, file_format)
    await desk.work()
    shown = await state(api, key)
    assert shown is not None
    assert (shown["status"], shown["rowCount"]) == ("READY", 3)
    answer = await fetch(api, shown["url"])
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == shown["sha256"]
    return bytes(answer.content)


async def test_each_format_opens_with_a_program_of_others_and_says_where_it_comes_from(
    api: Api, world: World, desk: Desk
) -> None:
    await make.execute("UPDATE asn SET full_name = '=HYPERLINK(1)' WHERE id = $1", world.budi)
    listed = await frozen(api, world)
    sha256 = await make.value("SELECT sha256 FROM invite_list")

    text = (await built(api, desk, listed, "CSV")).decode("utf-8-sig")
    book = load_workbook(io.BytesIO(await built(api, desk, listed, "XLSX")))
    lines = (await built(api, desk, listed, "JSONL")).decode().splitlines()
    calendar = Calendar.from_ical(await built(api, desk, listed, "ICS"))

    origin, header, *rows = csv.reader(io.StringIO(text))
    assert f"sha256={sha256}" in origin
    assert "requested_by=one organiser" in origin
    assert {"list", "score_run", "model", "policy", "seed"} <= {c.split("=")[0] for c in origin}
    name = header.index("name")
    assert [row[name] for row in rows] == ["Ani Lestari", "'=HYPERLINK(1)", "Citra Dewi"]
    sheet = list(book.active.iter_rows(values_only=True))
    assert [row[name] for row in sheet[2:]] == [row[name] for row in rows]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}
    assert sha256 in lines[0]
    assert '"name":"=HYPERLINK(1)"' in lines[2]
    (event,) = calendar.walk("VEVENT")
    assert f"sha256: {sha256}" in [str(note) for note in event["COMMENT"]]
    for content in (text, *lines):
        assert "199001012015042011" not in content


async def test_the_calendar_of_an_event_that_was_called_off_cancels_its_entry(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)
    await make.execute("UPDATE event SET status = 'CANCELLED', version = 7")

    calendar = Calendar.from_ical(await built(api, desk, listed, "ICS"))

    (event,) = calendar.walk("VEVENT")
    assert (calendar["method"], event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 7)


async def test_a_file_tells_how_sure_the_ranks_are_once_they_are_drawn(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)
    await desk.work()
    drawn = await make.value(
        "SELECT array_agg(ARRAY[u.top_count, u.rank_low, u.rank_high] ORDER BY e.position)"
        "  FROM invite_list_entry e JOIN rank_uncertainty u ON u.asn_id = e.asn_id"
        "   AND u.seed_id = e.invite_list_id"
    )

    text = (await built(api, desk, listed, "CSV")).decode("utf-8-sig")

    _, header, *rows = csv.reader(io.StringIO(text))
    at = [header.index(name) for name in ("p_top_k", "rank_low", "rank_high")]
    told = [[row[place] for place in at] for row in rows]
    assert drawn
    assert [[str(top / 1000), str(low), str(high)] for top, low, high in drawn] == told[
        : len(drawn)
    ]


async def test_the_same_unfinished_request_is_the_same_export(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)

    first = await wanted(api, listed, "CSV")
    again = await wanted(api, listed, "CSV")
    others = {await wanted(api, listed, "CSV", OTHER), await wanted(api, listed, "JSONL")}
    await desk.work()
    afterwards = await wanted(api, listed, "CSV")

    assert first == again
    assert len({first, *others}) == 3
    assert afterwards != first


async def test_somebody_elses_an_unknown_and_an_expired_file_look_alike_and_are_noted(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)
    key = await wanted(api, listed, "CSV")
    await desk.work()
    shown = await state(api, key)
    assert shown is not None
    url = shown["url"]

    foreign = await fetch(api, url, OTHER)
    unknown = await fetch(api, url[:-1] + ("0" if url[-1] != "0" else "1"))
    nonsense = await fetch(api, "/exports/../../keys.json")
    await make.execute("UPDATE export SET expires_at = now()")
    expired = await fetch(api, url)

    answers = [foreign, unknown, expired]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1
    assert nonsense.status_code == 404
    assert await make.value(DENIED) == 3
    assert await state(api, key, OTHER) is None
    assert (await fetch(api, url, None)).status_code == 401
    gone = await state(api, key)
    assert gone is not None
    assert (gone["status"], gone["url"]) == ("EXPIRED", None)
    await make.execute("UPDATE outbox_message SET due_at = now() WHERE state = 'PENDING'")
    await desk.work()
    assert await make.value("SELECT content IS NULL FROM export WHERE status = 'EXPIRED'")


async def test_the_database_holds_no_readable_file(api: Api, world: World, desk: Desk) -> None:
    listed = await frozen(api, world)
    await wanted(api, listed, "JSONL")
    await desk.work()

    sealed = await make.value("SELECT content FROM export")

    assert b"Ani Lestari" not in sealed


async def test_a_list_of_another_agency_is_not_exported(api: Api, world: World) -> None:
    listed = await frozen(api, world)

    given = {"inviteListId": listed, "format": "CSV"}
    problems = await api.problems("InviteListExport", caller=SECOND_ORGANISER, **given)

    assert problems == [("NOT_FOUND", ["inviteListId"])]
    assert await make.value("SELECT count(*) FROM export") == 0


async def test_an_override_stands_in_the_file(api: Api, world: World, desk: Desk) -> None:
    made = await api.change(
        "InviteListPropose", caller=ORGANISER, eventId=gid("Event", world.event)
    )
    listed = made["inviteList"]["id"]
    await api.change(
        "InviteListOverride",
        caller=ORGANISER,
        inviteListId=listed,
        asnId=gid("Asn", world.citra),
        action="ADMIT",
        reason="Narasumber",
    )

    text = (await built(api, desk, listed, "CSV")).decode("utf-8-sig")

    assert text.splitlines()[1] == "ADMIT Citra Dewi: Narasumber"
