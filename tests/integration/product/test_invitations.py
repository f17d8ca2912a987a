"""From a frozen list to the door: mails, answers, calls from the waiting list, tickets."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import factories as make
import pytest
from api_client import NOBODY, ORGANISER, Api, gid, key_of
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from icalendar import Calendar
from letters import attachment, ticket_in, token_in
from worker import Desk, give_address
from world import FIRST_ORGANISER, SECOND_ORGANISER, World

from api.models.tickets import Reply, TicketOffice
from api.settings import Settings

ANI, BUDI, CITRA = "ani@contoh.invalid", "budi@contoh.invalid", "citra@contoh.invalid"
SOON = timedelta(hours=2)
STATES = """
SELECT a.full_name, i.status FROM invitation i JOIN asn a ON a.id = i.asn_id
 WHERE i.event_id = $1 ORDER BY a.full_name
"""
LAST_AUDIT = "SELECT action, reason FROM audit_event ORDER BY id DESC LIMIT 1"
WITHDRAW = """
mutation ($input: InvitationWithdrawInput!) {
  invitationWithdraw(input: $input) { invitation { id status } userErrors { code field } }
}
"""
CHECK_IN = """
mutation ($input: InvitationCheckInInput!) {
  invitationCheckIn(input: $input) { invitation { status } userErrors { code field } }
}
"""


@pytest.fixture
async def desk(settings: Settings, world: World, api: Api, tmp_path: Path) -> Desk:
    for asn_id, address in ((world.ani, ANI), (world.budi, BUDI), (world.citra, CITRA)):
        await give_address(settings, asn_id, address)
    await make.execute("UPDATE outbox_message SET state = 'DONE'")
    return Desk(replace(settings, mail=replace(settings.mail, mailbox=tmp_path / "mailbox")))


async def frozen(api: Api, world: World, **wish: Any) -> str:
    given = {"eventId": gid("Event", world.event)} | wish
    made = (await api.change("InviteListPropose", caller=ORGANISER, **given))["inviteList"]
    freeze = {"inviteListId": made["id"], "sha256": made["sha256"]}
    assert (await api.change("InviteListFreeze", caller=ORGANISER, **freeze))["userErrors"] == []
    return str(made["id"])


async def sent(api: Api, world: World, desk: Desk) -> str:
    listed = await frozen(api, world)
    payload = await api.change(
        "InvitationsSend", caller=ORGANISER, inviteListId=listed, replyBy=later(SOON)
    )
    assert payload == {"sentCount": 2, "userErrors": []}
    await desk.work()
    return listed


def later(span: timedelta) -> str:
    return (datetime.now(UTC) + span).isoformat()


async def states(world: World) -> dict[str, str]:
    async with make.connection() as db:
        rows = await db.fetch(STATES, world.event)
    return {row["full_name"].split()[0]: row["status"] for row in rows}


async def answer(api: Api, token: str, given: str) -> dict[str, Any]:
    return await api.change("InvitationRespond", caller=NOBODY, token=token, answer=given)


async def refusal(api: Api, token: str, given: str = "ACCEPT") -> str:
    """Return the code of a refused answer, which must be in the audit trail too."""
    ((code, _),) = await api.problems("InvitationRespond", caller=NOBODY, token=token, answer=given)
    async with make.connection() as db:
        row = await db.fetchrow(LAST_AUDIT)
    assert (row["action"], row["reason"]) == ("answer_invitation", code)
    return code


async def accepted_ticket(api: Api, desk: Desk, address: str) -> str:
    token = token_in(desk.mail_to(address, "Undangan"))
    assert (await answer(api, token, "ACCEPT"))["userErrors"] == []
    await desk.work()
    return ticket_in(desk.mail_to(address, "Tiket"))


async def test_a_sent_list_puts_one_mail_in_two_languages_into_the_mailbox_of_each(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)

    mail = desk.mail_to(ANI, "Undangan")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    for part in (text.get_content(), html.get_content()):
        assert "Yth. Ani Lestari" in part
        assert "Dear Ani Lestari" in part
        assert token_in(mail) in part
    calendar = Calendar.from_ical(attachment(mail, "undangan.ics"))
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == "Temu duta informasi"
    assert len(desk.mails()) == 2
    assert await states(world) == {"Ani": "INVITED", "Budi": "INVITED", "Citra": "WAITLISTED"}
    shown = await api.run("Event", caller=FIRST_ORGANISER, id=gid("Event", world.event))
    assert shown["event"]["attendance"]["invited"] == 2
    assert shown["event"]["inviteList"]["status"] == "SENT"


async def test_a_mail_that_runs_again_replaces_itself(api: Api, world: World, desk: Desk) -> None:
    await sent(api, world, desk)
    await make.execute("UPDATE invitation_mail SET state = 'SENDING', ended_at = NULL")
    await make.execute("UPDATE outbox_message SET state = 'PENDING' WHERE job = 'send_invitation'")

    await desk.work()

    assert len(desk.mails()) == 2
    assert await make.value("SELECT count(*) FROM invitation_mail WHERE state = 'SENT'") == 2


@pytest.mark.parametrize(
    "reply_by", [timedelta(minutes=59), timedelta(days=7, hours=1), timedelta(days=-1)]
)
async def test_an_hour_to_seven_days_are_given_to_answer(
    api: Api, world: World, reply_by: timedelta
) -> None:
    listed = await frozen(api, world)

    problems = await api.problems(
        "InvitationsSend", caller=ORGANISER, inviteListId=listed, replyBy=later(reply_by)
    )

    assert problems == [("INVALID", ["replyBy"])]
    assert set((await states(world)).values()) == {"PROPOSED", "WAITLISTED"}


async def test_only_a_frozen_list_in_scope_is_sent_and_only_once(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await sent(api, world, desk)
    given = {"inviteListId": listed, "replyBy": later(SOON)}

    again = await api.problems("InvitationsSend", caller=ORGANISER, **given)
    foreign = await api.problems("InvitationsSend", caller=SECOND_ORGANISER, **given)

    assert again == [("INVALID_STATE", None)]
    assert foreign == [("NOT_FOUND", ["inviteListId"])]
    assert len(desk.mails()) == 2


async def test_nobody_without_consent_is_written_to_and_the_waiting_list_fills_the_seat(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)
    await make.execute(
        "UPDATE consent SET withdrawn_at = now()"
        " WHERE asn_id = $1 AND purpose = 'INVITATION_CONTACT'",
        world.ani,
    )

    payload = await api.change(
        "InvitationsSend", caller=ORGANISER, inviteListId=listed, replyBy=later(SOON)
    )
    await desk.work()

    assert payload["sentCount"] == 2
    assert await states(world) == {"Ani": "WITHDRAWN", "Budi": "INVITED", "Citra": "INVITED"}
    assert {mail["To"] for mail in desk.mails()} == {BUDI, CITRA}


async def test_declining_calls_the_next_and_changes_no_score(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    before = await make.value("SELECT sum(score) FROM ranking")

    payload = await answer(api, token_in(desk.mail_to(ANI, "Undangan")), "DECLINE")
    await desk.work()

    assert payload["invitation"]["status"] == "DECLINED"
    assert await states(world) == {"Ani": "DECLINED", "Budi": "INVITED", "Citra": "INVITED"}
    assert token_in(desk.mail_to(CITRA, "Undangan"))
    await make.rank()
    assert await make.value(
        "SELECT sum(score) FROM ranking WHERE score_run_id = $1", world.run
    ) == (before)


async def test_a_seat_that_met_a_minimum_is_filled_by_the_same_agency_not_by_more_points(
    api: Api, world: World, desk: Desk
) -> None:
    dewi, account = await make.make_holder("Dewi Umpama", world.second)
    earlier = make.NOW - timedelta(days=15)
    await make.make_share(dewi, account, world.post, at=earlier, resharer_count=1)
    await give_address(desk.settings, dewi, "dewi@contoh.invalid")
    await make.rank()
    rule = {"dimension": "AGENCY", "keyId": gid("Agency", world.second), "minimum": 1}
    listed = await frozen(api, world, quotas=[rule])
    await api.change("InvitationsSend", caller=ORGANISER, inviteListId=listed, replyBy=later(SOON))
    await desk.work()
    before = await states(world)

    await answer(api, token_in(desk.mail_to(CITRA, "Undangan")), "DECLINE")

    assert before == {
        "Ani": "INVITED",
        "Budi": "WAITLISTED",
        "Citra": "INVITED",
        "Dewi": "WAITLISTED",
    }
    assert await states(world) == before | {"Citra": "DECLINED", "Dewi": "INVITED"}


async def test_a_consent_withdrawn_before_the_mail_leaves_stops_it_and_calls_the_next(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)
    await api.change("InvitationsSend", caller=ORGANISER, inviteListId=listed, replyBy=later(SOON))
    await make.execute(
        "UPDATE consent SET withdrawn_at = now()"
        " WHERE asn_id = $1 AND purpose = 'INVITATION_CONTACT'",
        world.ani,
    )

    await desk.work()

    assert await states(world) == {"Ani": "WITHDRAWN", "Budi": "INVITED", "Citra": "INVITED"}
    assert {mail["To"] for mail in desk.mails()} == {BUDI, CITRA}


async def test_an_organiser_sees_who_could_not_be_written_to(
    api: Api, world: World, desk: Desk
) -> None:
    await make.execute("DELETE FROM contact_address WHERE asn_id = $1", world.budi)
    listed = await sent(api, world, desk)
    document = (
        "query ($id: ID!) { node(id: $id) { ... on InviteList {"
        " entries(first: 2) { nodes { noShowCount invitation { status mailState } } } } } }"
    )

    shown = await api.ask(document, {"id": listed}, caller=FIRST_ORGANISER)

    assert shown["node"]["entries"]["nodes"] == [
        {"noShowCount": 0, "invitation": {"status": "INVITED", "mailState": "SENT"}},
        {"noShowCount": 0, "invitation": {"status": "INVITED", "mailState": "NO_ADDRESS"}},
    ]


async def test_a_link_works_once(api: Api, world: World, desk: Desk) -> None:
    await sent(api, world, desk)
    token = token_in(desk.mail_to(ANI, "Undangan"))
    await answer(api, token, "ACCEPT")

    assert await refusal(api, token) == "INVALID_STATE"
    assert await refusal(api, token, "DECLINE") == "INVALID_STATE"
    assert (await states(world))["Ani"] == "ACCEPTED"


async def test_whoever_accepted_may_decline_after_all_with_the_link_of_the_ticket(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    await accepted_ticket(api, desk, ANI)

    payload = await answer(api, token_in(desk.mail_to(ANI, "Tiket")), "DECLINE")

    assert payload["invitation"]["status"] == "DECLINED"
    assert (await states(world))["Citra"] == "INVITED"


async def test_a_link_past_its_time_is_expired(api: Api, world: World, desk: Desk) -> None:
    await sent(api, world, desk)
    office = TicketOffice(desk.settings.secrets)
    reply = office.read_reply(token_in(desk.mail_to(ANI, "Undangan")))
    assert reply is not None
    late = office.reply_token(replace(reply, expires_at=make.NOW - timedelta(minutes=1)))

    assert await refusal(api, late) == "EXPIRED"
    assert (await states(world))["Ani"] == "INVITED"


async def test_a_token_of_another_event_or_with_one_character_changed_is_invalid(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    office = TicketOffice(desk.settings.secrets)
    token = token_in(desk.mail_to(ANI, "Undangan"))
    reply = office.read_reply(token)
    assert reply is not None
    moved = office.reply_token(
        Reply(world.other_event, reply.invitation_id, reply.version, reply.expires_at)
    )
    changed = token[:9] + ("A" if token[9] != "A" else "B") + token[10:]

    for bad in (moved, changed, "", "bukan token", token + "A"):
        assert await refusal(api, bad) == "INVALID"
    assert (await states(world))["Ani"] == "INVITED"


async def test_silence_expires_and_calls_the_next_until_the_event_is_near(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    silent = token_in(desk.mail_to(ANI, "Undangan"))
    await make.execute(
        "UPDATE invitation SET answer_by = now(), invited_at = now() - interval '2 hours'"
        " WHERE asn_id = $1",
        world.ani,
    )
    await make.execute("UPDATE outbox_message SET due_at = now() WHERE job = 'expire_invitations'")

    await desk.work()

    assert await states(world) == {"Ani": "EXPIRED", "Budi": "INVITED", "Citra": "INVITED"}
    assert await refusal(api, silent) == "EXPIRED"
    window = "SELECT answer_by - invited_at FROM invitation WHERE asn_id = $1"
    assert await make.value(window, world.citra) == timedelta(hours=2)


async def test_after_the_event_whoever_accepted_and_stayed_away_is_a_no_show(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    ticket = await accepted_ticket(api, desk, ANI)
    await make.execute(
        "UPDATE event SET starts_at = now() - interval '13 hours' WHERE id = $1", world.event
    )
    await make.execute("UPDATE outbox_message SET due_at = now() WHERE job = 'expire_invitations'")
    await desk.work()
    given = {"input": {"ticket": ticket}}

    shown = await api.run("Event", caller=FIRST_ORGANISER, id=gid("Event", world.event))
    silently = await api.ask(CHECK_IN, given, caller=FIRST_ORGANISER)
    given["input"]["reason"] = "Alat pemindai rusak"
    late = await api.ask(CHECK_IN, given, caller=FIRST_ORGANISER)

    assert shown["event"]["attendance"]["noShow"] == 1
    assert shown["event"]["inviteList"]["status"] == "CLOSED"
    assert silently["invitationCheckIn"]["userErrors"] == [{"code": "BLANK", "field": ["reason"]}]
    assert late["invitationCheckIn"]["invitation"]["status"] == "CHECKED_IN"


async def test_a_ticket_opens_the_door_and_twice_is_once(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    ticket = await accepted_ticket(api, desk, ANI)

    first = await api.change("InvitationCheckIn", caller=FIRST_ORGANISER, ticket=ticket)
    second = await api.change("InvitationCheckIn", caller=FIRST_ORGANISER, ticket=ticket)

    assert first["invitation"] == second["invitation"]
    assert first["invitation"]["status"] == "CHECKED_IN"
    shown = await api.run("Event", caller=FIRST_ORGANISER, id=gid("Event", world.event))
    assert shown["event"]["attendance"]["checkedIn"] == 1
    noted = "SELECT count(*) FROM audit_event WHERE action = 'check_in'"
    assert await make.value(noted) == 1


async def test_a_ticket_with_one_character_changed_opens_nothing(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    ticket = await accepted_ticket(api, desk, ANI)

    for at in (0, 8, 40, 70, len(ticket) - 3):
        bad = ticket[:at] + ("A" if ticket[at] != "A" else "B") + ticket[at + 1 :]
        problems = await api.problems("InvitationCheckIn", caller=FIRST_ORGANISER, ticket=bad)
        assert problems == [("INVALID", ["ticket"])]

    assert (await states(world))["Ani"] == "ACCEPTED"
    refused = "SELECT count(*) FROM audit_event WHERE action = 'check_in' AND reason = 'INVALID'"
    assert await make.value(refused) == 5


async def test_a_ticket_of_another_agencys_event_is_not_found(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    ticket = await accepted_ticket(api, desk, ANI)

    problems = await api.problems("InvitationCheckIn", caller=SECOND_ORGANISER, ticket=ticket)

    assert problems == [("NOT_FOUND", ["ticket"])]


async def test_an_invitation_is_taken_back_with_a_reason_and_its_ticket_dies(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    ticket = await accepted_ticket(api, desk, ANI)
    key = "SELECT id FROM invitation WHERE asn_id = $1"
    given = {"invitationId": gid("Invitation", await make.value(key, world.ani)), "reason": " "}

    silently = await api.ask(WITHDRAW, {"input": given}, caller=FIRST_ORGANISER)
    given["reason"] = "Pindah tugas"
    taken = await api.ask(WITHDRAW, {"input": given}, caller=FIRST_ORGANISER)
    await desk.work()

    assert silently["invitationWithdraw"]["userErrors"] == [{"code": "BLANK", "field": ["reason"]}]
    assert taken["invitationWithdraw"]["invitation"]["status"] == "WITHDRAWN"
    assert desk.mail_to(ANI, "Undangan ditarik")
    assert (await states(world))["Citra"] == "INVITED"
    problems = await api.problems("InvitationCheckIn", caller=FIRST_ORGANISER, ticket=ticket)
    assert problems == [("INVALID_STATE", None)]


async def test_opening_the_page_of_a_link_answers_nothing_its_buttons_do(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    path = f"/i/{token_in(desk.mail_to(ANI, 'Undangan'))}"

    opened = await api.client.get(path)
    before = (await states(world))["Ani"]
    pressed = await api.client.post(path, data={"answer": "ACCEPT"})
    again = await api.client.post(path, data={"answer": "DECLINE"})

    assert (opened.status_code, before) == (200, "INVITED")
    assert "Saya hadir" in opened.text
    assert (pressed.status_code, again.status_code) == (200, 410)
    assert (await states(world))["Ani"] == "ACCEPTED"
    assert (await api.client.get("/i/bukan-token")).status_code == 404


async def test_the_published_key_checks_a_ticket_without_gema(
    api: Api, world: World, desk: Desk
) -> None:
    await sent(api, world, desk)
    mark, body, signature = (await accepted_ticket(api, desk, ANI)).split(".")
    keys = (await api.client.get("/tickets/keys")).json()["keys"]

    def raw(text: str) -> bytes:
        return urlsafe_b64decode(text + "==")

    content = raw(body)
    (key,) = [key for key in keys if key["kid"] == str(content[0])]
    Ed25519PublicKey.from_public_bytes(raw(key["x"])).verify(
        raw(signature), mark.encode() + content
    )
    assert content[1:17] == world.event.bytes


async def test_an_invitation_is_seen_by_its_person_only_once_it_is_sent(
    api: Api, world: World, desk: Desk
) -> None:
    listed = await frozen(api, world)
    event = gid("Event", world.event)
    hidden = await api.run("Node", caller=world.as_ani, id=event)

    await api.change("InvitationsSend", caller=ORGANISER, inviteListId=listed, replyBy=later(SOON))

    shown = await api.run("Node", caller=world.as_ani, id=event)
    assert hidden["node"] is None
    assert shown["node"]["__typename"] == "Event"
    assert key_of(listed)
