"""Events are changed, announced and called off; the invited hear of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import factories as make
import pytest
from api_client import NOBODY, ORGANISER, Api, Caller, gid
from fingerprint import fingerprint
from icalendar import Calendar
from letters import attachment, ticket_in, token_in
from worker import Desk, give_address
from world import FIRST_MANAGER, FIRST_ORGANISER, SECOND_ORGANISER, World

from api.domain.event import TRANSITIONS, EventStatus
from api.settings import Settings

ANI, BUDI, CITRA = "ani@contoh.invalid", "budi@contoh.invalid", "citra@contoh.invalid"
SHOWN = "event { title venue startsAt endsAt capacity status version }"
SOON = timedelta(hours=2)
GIVEN: dict[str, dict[str, Any]] = {
    "eventUpdate": {"title": "Judul lain"},
    "eventPublish": {},
    "eventCancel": {"reason": "Gedung kebanjiran"},
}
LAST_AUDIT = (
    "SELECT action || ' ' || coalesce(reason, '') FROM audit_event ORDER BY id DESC LIMIT 1"
)
STATES = """
SELECT string_agg(i.status, ' ' ORDER BY a.full_name)
  FROM invitation i JOIN asn a ON a.id = i.asn_id WHERE i.event_id = $1
"""


@pytest.fixture
async def desk(settings: Settings, world: World, api: Api, tmp_path: Path) -> Desk:
    for asn_id, address in ((world.ani, ANI), (world.budi, BUDI), (world.citra, CITRA)):
        await give_address(settings, asn_id, address)
    await make.execute("UPDATE outbox_message SET state = 'DONE'")
    return Desk(replace(settings, mail=replace(settings.mail, mailbox=tmp_path / "mailbox")))


async def changed(
    api: Api,
    mutation: str,
    world: World,
    version: int = 1,
    caller: Caller = ORGANISER,
    **given: Any,
) -> dict[str, Any]:
    named = {"eventId": gid("Event", world.event), "version": version}
    return await api.mutate(mutation, SHOWN, caller=caller, **named, **(given or GIVEN[mutation]))


def codes(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    assert payload["event"] is None
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def later(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat()


async def invited(api: Api, world: World, desk: Desk) -> str:
    """Invite Ani and Budi; Ani accepts, Citra waits. Return Budi's unused token."""
    given = {"eventId": gid("Event", world.event)}
    made = (await api.change("InviteListPropose", caller=ORGANISER, **given))["inviteList"]
    named = {"inviteListId": made["id"]}
    await api.change("InviteListFreeze", caller=ORGANISER, **named, sha256=made["sha256"])
    await api.change("InvitationsSend", caller=ORGANISER, **named, replyBy=later(SOON))
    await desk.work()
    assert (await answer(api, token_in(desk.mail_to(ANI, "Undangan"))))["userErrors"] == []
    await desk.work()
    assert await make.value(STATES, world.event) == "ACCEPTED INVITED WAITLISTED"
    return token_in(desk.mail_to(BUDI, "Undangan"))


async def answer(api: Api, token: str, given: str = "ACCEPT") -> dict[str, Any]:
    return await api.change("InvitationRespond", caller=NOBODY, token=token, answer=given)


async def test_a_draft_is_announced_once(api: Api, world: World) -> None:
    done = await changed(api, "eventPublish", world)
    assert await make.value(LAST_AUDIT) == "publish_event "
    before = await fingerprint(api.settings.database_url)
    stale = await changed(api, "eventPublish", world)
    again = await changed(api, "eventPublish", world, version=2)

    assert (done["event"]["status"], done["event"]["version"]) == ("PUBLISHED", 2)
    assert codes(stale) == [("CONFLICT", ["version"])]
    assert "version 2" in stale["userErrors"][0]["message"]
    assert codes(again) == [("INVALID_STATE", None)]
    assert await fingerprint(api.settings.database_url) == before


async def test_what_is_absent_stays_and_null_clears(api: Api, world: World) -> None:
    start = later(timedelta(days=9))
    plan = {"venue": "Balai Contoh", "endsAt": later(timedelta(days=10)), "startsAt": start}
    await changed(api, "eventUpdate", world, **plan, title=" Temu duta ")
    done = await changed(api, "eventUpdate", world, version=2, title="Temu", venue=None, capacity=9)
    same = await changed(api, "eventUpdate", world, version=3, title="Temu", capacity=9)

    shown = done["event"]
    assert (shown["title"], shown["venue"], shown["capacity"]) == ("Temu", None, 9)
    assert datetime.fromisoformat(shown["startsAt"]) == datetime.fromisoformat(start)
    assert shown["endsAt"] is not None
    assert same["event"] == shown
    assert shown["version"] == 3
    assert await make.value("SELECT count(*) FROM audit_event WHERE action = 'update_event'") == 2


@pytest.mark.parametrize("name", ["title", "startsAt", "capacity"])
async def test_what_cannot_be_cleared_is_not_null(api: Api, world: World, name: str) -> None:
    given = {"eventId": gid("Event", world.event), "version": 1, name: None}
    document = "mutation ($i: EventUpdateInput!) { eventUpdate(input: $i) { event { id } } }"

    refused = await api.refused(document, {"i": given})

    assert refused["code"] == "BAD_USER_INPUT"
    assert "null" in refused["message"]
    assert "Maybe" not in refused["message"]


async def test_all_problems_of_a_change_come_at_once(api: Api, world: World, desk: Desk) -> None:
    await invited(api, world, desk)
    before = await fingerprint(api.settings.database_url)
    wrong = {"title": " ", "capacity": 1, "startsAt": later(SOON), "endsAt": later(-SOON)}
    refused = await changed(api, "eventUpdate", world, version=2, **wrong)

    assert codes(refused) == [
        ("BLANK", ["title"]),
        ("INVALID", ["endsAt"]),
        ("INVALID", ["capacity"]),
        ("INVALID", ["startsAt"]),
    ]
    assert await fingerprint(api.settings.database_url) == before
    assert await make.value(LAST_AUDIT) == "update_event BLANK"


async def test_a_new_time_is_mailed_to_the_invited_and_their_old_links_end(
    api: Api, world: World, desk: Desk
) -> None:
    old = await invited(api, world, desk)
    for file in desk.folder.glob("*/*"):
        file.unlink()
    await changed(api, "eventUpdate", world, version=2, startsAt=later(timedelta(days=3)))
    await desk.work()
    invitation, ticket = desk.mail_to(BUDI, "Undangan"), desk.mail_to(ANI, "Tiket")
    (entry,) = Calendar.from_ical(attachment(invitation, "undangan.ics")).walk("VEVENT")

    assert len(desk.mails()) == 2
    assert entry["dtstart"].dt - datetime.now(UTC) < timedelta(days=3)
    assert entry["sequence"] == 3
    assert ticket_in(ticket)
    assert (await answer(api, old))["userErrors"][0]["code"] == "INVALID_STATE"
    assert (await answer(api, token_in(invitation)))["userErrors"] == []


async def test_more_seats_are_nobodys_mail(api: Api, world: World, desk: Desk) -> None:
    token = await invited(api, world, desk)
    count = len(desk.mails())
    await changed(api, "eventUpdate", world, version=2, capacity=50)
    await desk.work()

    assert len(desk.mails()) == count
    assert (await answer(api, token))["userErrors"] == []


async def test_a_cancelled_event_takes_everything_back_and_tells_whoever_knew(
    api: Api, world: World, desk: Desk
) -> None:
    token = await invited(api, world, desk)
    given = {"eventId": gid("Event", world.event)}
    draft = await make.make_draft_list(world.event, world.run)
    done = await changed(api, "eventCancel", world, version=2)
    assert await make.value(LAST_AUDIT) == "cancel_event Gedung kebanjiran"
    await desk.work()
    before = await fingerprint(api.settings.database_url)
    again = await changed(api, "eventCancel", world, version=2)
    proposed = await api.change("InviteListPropose", caller=ORGANISER, **given)
    frozen = {"inviteListId": gid("InviteList", draft), "sha256": "0" * 64}
    refused = await api.change("InviteListFreeze", caller=ORGANISER, **frozen)

    assert (done["event"]["status"], done["event"]["version"]) == ("CANCELLED", 3)
    assert await make.value(STATES, world.event) == "WITHDRAWN WITHDRAWN WITHDRAWN"
    lists = "SELECT string_agg(status, ' ' ORDER BY status) FROM invite_list WHERE event_id = $1"
    assert await make.value(lists, world.event) == "CLOSED DISCARDED"
    reason = "SELECT reasons -> -1 ->> 'message' FROM invitation WHERE asn_id = $1"
    assert await make.value(reason, world.budi) == "Gedung kebanjiran"
    for address in (ANI, BUDI):
        mail = desk.mail_to(address, "ditarik")
        calendar = Calendar.from_ical(attachment(mail, "undangan.ics"))
        assert calendar["method"] == "CANCEL"
    assert [mail for mail in desk.mails() if mail["To"] == CITRA] == []
    assert codes(again) == [("CONFLICT", ["version"])]
    assert [payload["userErrors"][0]["code"] for payload in (proposed, refused)] == [
        "INVALID_STATE",
        "INVALID_STATE",
    ]
    assert (await answer(api, token))["userErrors"][0]["code"] == "INVALID_STATE"
    assert await fingerprint(api.settings.database_url) == before


async def test_an_event_that_was_called_off_starts_no_cool_down(
    api: Api, world: World, desk: Desk
) -> None:
    await invited(api, world, desk)
    wish = {"eventId": gid("Event", await make.make_event(world.first, "Temu kedua"))}

    async def cooling() -> list[str]:
        made = (await api.change("InviteListPropose", caller=ORGANISER, **wish))["inviteList"]
        entries = made["entries"]["nodes"]
        return sorted(e["asn"]["name"] for e in entries if e["decision"] == "COOLING_DOWN")

    assert await cooling() == ["Ani Lestari", "Budi Santoso"]
    await changed(api, "eventCancel", world, version=2)
    assert await cooling() == []


async def test_only_the_known_moves_are_made(api: Api, world: World) -> None:
    moves = {"eventPublish": EventStatus.PUBLISHED, "eventCancel": EventStatus.CANCELLED}
    reset = "UPDATE event SET status = $1, version = 1"

    for status in EventStatus:
        for mutation, becomes in moves.items():
            await make.execute(reset, status.value)
            payload = await changed(api, mutation, world)
            if becomes in TRANSITIONS[status]:
                assert payload["event"]["status"] == becomes
            else:
                assert codes(payload) == [("INVALID_STATE", None)]
        await make.execute(reset, status.value)
        updated = await changed(api, "eventUpdate", world)
        assert (updated["event"] is not None) == bool(TRANSITIONS[status])


async def test_an_event_that_has_started_is_neither_announced_nor_called_off(
    api: Api, world: World
) -> None:
    await make.execute("UPDATE event SET starts_at = now() - interval '1 minute'")

    for mutation in ("eventPublish", "eventCancel"):
        assert codes(await changed(api, mutation, world)) == [("INVALID_STATE", None)]


async def test_an_event_is_changed_by_organisers_of_its_agency(api: Api, world: World) -> None:
    for version, mutation in enumerate(GIVEN, start=1):
        foreign = await changed(api, mutation, world, version, SECOND_ORGANISER)
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation ($i: {kind}!) {{ {mutation}(input: $i) {{ event {{ id }} }} }}"
        given = {"eventId": gid("Event", world.event), "version": version} | GIVEN[mutation]
        manager = await api.refused(document, {"i": given}, caller=FIRST_MANAGER)
        own = await changed(api, mutation, world, version, FIRST_ORGANISER)

        assert codes(foreign) == [("NOT_FOUND", ["eventId"])]
        assert manager["code"] == "FORBIDDEN"
        assert own["userErrors"] == []


async def test_a_cancellation_says_why(api: Api, world: World) -> None:
    blank = await changed(api, "eventCancel", world, reason=" ")
    long = await changed(api, "eventCancel", world, reason="x" * 501)

    assert (codes(blank), codes(long)) == ([("BLANK", ["reason"])], [("TOO_LONG", ["reason"])])
