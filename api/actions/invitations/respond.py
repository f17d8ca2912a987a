"""Answers of the invited, given with a signed link and without signing in."""

import secrets
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.invitations.post import MailKind, ask_for_mails
from api.actions.invitations.standing import Leaver, call_next, lock_list
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Role, Viewer
from api.domain.invitation import InvitationAnswer
from api.errors import Invalid, InvalidState, Refusal
from api.models import transaction
from api.models.tickets import NONCE_BYTES, Reply, TicketOffice
from api.settings import Secrets

_LIST_OF = "SELECT invite_list_id FROM invitation WHERE id = $1 AND event_id = $2"
_INVITATION = """
SELECT id, status, version, answer_by, answer_by - invited_at AS window
  FROM invitation WHERE id = $1 FOR UPDATE
"""
_ACCEPT = """
UPDATE invitation SET status = 'ACCEPTED', answered_at = now(), ticket_nonce = $2,
       version = version + 1
 WHERE id = $1 RETURNING version
"""
_DECLINE = """
UPDATE invitation SET status = 'DECLINED', answered_at = now(), ticket_nonce = NULL,
       version = version + 1
 WHERE id = $1
"""


async def respond(
    keys: Secrets, token: str, answer: InvitationAnswer, request_id: str | None = None
) -> UUID:
    """Accept or decline; declining frees the seat for the waiting list. Return the invitation.

    A link works once: every answer makes a new version of the invitation, and whoever accepted
    gets a new link with the ticket, to decline after all. No answer ever changes a score.

    Raises:
        Invalid: the token was not signed here, or its invitation is of another event.
        Refusal: EXPIRED, the time to answer is over.
        InvalidState: it was used before, or the invitation was taken back.
    """
    reply = TicketOffice(keys).read_reply(token)
    key = None if reply is None else reply.invitation_id
    guest = _guest(key, request_id)
    async with noted(guest, Refused("answer_invitation", "Invitation", key)):
        if reply is None:
            raise Invalid("This link is not valid.", field=["token"])
        async with transaction() as db:
            return await _respond(db, guest, reply, answer)


def _guest(invitation_id: UUID | None, request_id: str | None) -> Viewer:
    subject = "anonymous" if invitation_id is None else f"invitation:{invitation_id}"
    return Viewer(subject=subject, role=Role.ASN, name="", request_id=request_id)


async def _respond(db: Connection, guest: Viewer, reply: Reply, answer: InvitationAnswer) -> UUID:
    list_id = await db.fetchval(_LIST_OF, reply.invitation_id, reply.event_id)
    if list_id is None:
        raise Invalid("This link is not valid.", field=["token"])
    listed = await lock_list(db, list_id)
    row = await db.fetchrow(_INVITATION, reply.invitation_id)
    _require_open(listed, row, reply)
    before = row["status"]
    if answer is InvitationAnswer.ACCEPT:
        await _accept(db, row)
    else:
        await _decline(db, listed, row)
    change = Change("answer_invitation", "Invitation", row["id"], before=before, after=answer.value)
    await record(db, guest, change)
    key: UUID = row["id"]
    return key


def _require_open(listed: Record, row: Record, reply: Reply) -> None:
    if listed["event_status"] in {"HELD", "CANCELLED"}:
        raise InvalidState("The event is over or was called off.")
    is_late = listed["now"] > reply.expires_at
    if row["status"] == "EXPIRED" or (is_late and row["version"] == reply.version):
        raise Refusal("The time to answer is over.", code="EXPIRED", field=["token"])
    if row["version"] != reply.version or row["status"] not in {"INVITED", "ACCEPTED"}:
        raise InvalidState("This link was used before, or the invitation was taken back.")


async def _accept(db: Connection, row: Record) -> None:
    if row["status"] != "INVITED":
        raise InvalidState("You have accepted already.")
    version = await db.fetchval(_ACCEPT, row["id"], secrets.token_bytes(NONCE_BYTES))
    await ask_for_mails(db, MailKind.TICKET, {row["id"]: version})


async def _decline(db: Connection, listed: Record, row: Record) -> None:
    await db.execute(_DECLINE, row["id"])
    await call_next(db, listed, [Leaver(row["id"], row["window"])])
