"""Sends the invitations of a frozen list."""

from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.idempotency import Attempt, is_repeated
from api.actions.invitations.post import MailKind, ask_for_mails
from api.actions.invitations.standing import (
    CUT_OFF,
    LONGEST_WINDOW,
    SHORTEST_WINDOW,
    Leaver,
    call_next,
    lock_list,
)
from api.actions.invite_list.scoped import locked_list
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import Invalid, InvalidState
from api.models import transaction
from api.queue import Job, enqueue

# Consent is locked, so that a withdrawal either comes first or waits for the list to be sent.
_AGREED = """
SELECT c.asn_id FROM consent c JOIN invitation i ON i.asn_id = c.asn_id
 WHERE i.invite_list_id = $1 AND i.status = 'PROPOSED' AND c.purpose = 'INVITATION_CONTACT'
   AND c.withdrawn_at IS NULL ORDER BY c.id FOR SHARE OF c
"""
_WITHDRAW = """
UPDATE invitation
   SET status = 'WITHDRAWN', version = version + 1,
       reasons = '[{"code": "CONSENT_MISSING", "message": "Has not agreed to be written to."}]'
 WHERE invite_list_id = $1 AND status = 'PROPOSED' AND asn_id <> ALL($2::uuid[]) RETURNING id
"""
_INVITE = """
UPDATE invitation
   SET status = 'INVITED', invited_at = now(), answer_by = $2, version = version + 1
 WHERE invite_list_id = $1 AND status = 'PROPOSED' RETURNING id, version
"""
# One transaction invites all of them, and its time is theirs; whoever is called later comes later.
_INVITED_AT_ONCE = """
SELECT count(*) FROM invitation WHERE invite_list_id = $1
   AND invited_at = (SELECT min(invited_at) FROM invitation WHERE invite_list_id = $1)
"""
_SENT = "UPDATE invite_list SET status = 'SENT' WHERE id = $1"
_ANNOUNCE = """
UPDATE event SET status = 'PUBLISHED', version = version + 1 WHERE id = $1 AND status = 'DRAFT'
"""
_SEATED = """
SELECT count(*) FILTER (WHERE status IN ('INVITED', 'ACCEPTED', 'CHECKED_IN')) AS standing,
       count(*) FILTER (WHERE status = 'PROPOSED' AND invite_list_id = $2) AS proposed
  FROM invitation WHERE event_id = $1
"""


async def send_invitations(
    viewer: Viewer, list_id: UUID, reply_by: datetime, idempotency_key: str | None = None
) -> int:
    """Invite everybody with a seat who agreed to be written to; return how many were invited.

    Whoever has withdrawn that consent since is not written to; the waiting list fills the seat.

    Raises:
        NotFound: the list is missing or out of scope.
        InvalidState: the list is not frozen, the event is over, or has no room for the list.
        Invalid: the time to answer is under an hour, over seven days, or ends after the cut-off.
        IdempotencyMismatch: the key was used with other input.
    """
    asked = Refused("send_invitations", "InviteList", list_id)
    attempt = Attempt("invitationsSend", idempotency_key, [list_id, reply_by])
    async with noted(viewer, asked), transaction() as db:
        if await is_repeated(db, viewer, attempt):
            first: int = await db.fetchval(_INVITED_AT_ONCE, list_id)
            return first
        row = await locked_list(db, viewer, list_id)
        await _require_sendable(db, row)
        now = await db.fetchval("SELECT now()")
        _require_window(row, now, reply_by)
        return await _send(db, viewer, row, reply_by)


async def _require_sendable(db: Connection, row: Record) -> None:
    if row["status"] != "FROZEN":
        raise InvalidState(f"Invitations of a list that is {row['status']} are not sent.")
    if row["event_status"] in {"HELD", "CANCELLED"}:
        raise InvalidState(f"Nobody is invited to an event that is {row['event_status']}.")
    seats = await db.fetchrow(_SEATED, row["event_id"], row["id"])
    if seats["standing"] + seats["proposed"] > row["capacity"]:
        raise InvalidState("The event has fewer free seats than the list.")


def _require_window(row: Record, now: datetime, reply_by: datetime) -> None:
    message = None
    if not SHORTEST_WINDOW <= reply_by - now <= LONGEST_WINDOW:
        message = "People need an hour to seven days to answer."
    elif reply_by > row["starts_at"] - CUT_OFF:
        message = "Answers are due at least an hour before the event starts."
    if message is not None:
        raise Invalid(message, field=["replyBy"])


async def _send(db: Connection, viewer: Viewer, row: Record, reply_by: datetime) -> int:
    list_id = row["id"]
    agreed = [one["asn_id"] for one in await db.fetch(_AGREED, list_id)]
    silent = await db.fetch(_WITHDRAW, list_id, agreed)
    invited = await db.fetch(_INVITE, list_id, reply_by)
    await db.execute(_SENT, list_id)
    await db.execute(_ANNOUNCE, row["event_id"])
    await ask_for_mails(db, MailKind.INVITATION, {one["id"]: one["version"] for one in invited})
    sent = await lock_list(db, list_id)
    window = reply_by - sent["now"]
    called = await call_next(db, sent, [Leaver(one["id"], window) for one in silent])
    await ask_to_expire(db, list_id, reply_by, sent["now"])
    change = Change("send_invitations", "InviteList", list_id, after=[reply_by, len(invited)])
    await record(db, viewer, change)
    return len(invited) + called


async def ask_to_expire(db: Connection, list_id: UUID, at: datetime, now: datetime) -> None:
    """Ask for a look at the list when answers are due; the reconciler looks too."""
    key = f"{Job.EXPIRE_INVITATIONS}:{list_id}:{int(at.timestamp())}"
    args = {"invite_list_id": str(list_id)}
    await enqueue(db, Job.EXPIRE_INVITATIONS, args, key=key, delay=max(at - now, at - at))
