"""Takes an invitation back, with a reason."""

from uuid import UUID

from asyncpg import Connection, Record

from api.actions.idempotency import Attempt, is_repeated
from api.actions.invitations.post import MailKind, ask_for_mails
from api.actions.invitations.standing import LONGEST_WINDOW, Leaver, call_next, lock_list
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import Invalid, InvalidState, NotFound
from api.models import transaction
from api.reads import scope

REASON_LENGTH = 500

_LIST_OF = """
SELECT i.invite_list_id FROM invitation i JOIN event ev ON ev.id = i.event_id WHERE i.id = $1
"""
_INVITATION = """
SELECT id, status, coalesce(answer_by - invited_at, $2) AS window
  FROM invitation WHERE id = $1 FOR UPDATE
"""
_WITHDRAW = """
UPDATE invitation SET status = 'WITHDRAWN', ticket_nonce = NULL, version = version + 1,
       reasons = reasons || $2::jsonb
 WHERE id = $1 RETURNING version
"""
_OPEN = {"PROPOSED", "WAITLISTED", "INVITED", "ACCEPTED"}
_SEATED = {"INVITED", "ACCEPTED"}


async def withdraw_invitation(
    viewer: Viewer, invitation_id: UUID, reason: str, idempotency_key: str | None = None
) -> UUID:
    """Take an invitation back; the waiting list fills the seat and the person is told.

    Raises:
        Invalid: BLANK or TOO_LONG reason.
        NotFound: the invitation is missing or out of scope.
        InvalidState: the person has come, has declined, or it is over.
        IdempotencyMismatch: the key was used with other input.
    """
    attempt = Attempt("invitationWithdraw", idempotency_key, [invitation_id, reason])
    async with noted(viewer, Refused("withdraw_invitation", "Invitation", invitation_id)):
        _require_reason(reason)
        async with transaction() as db:
            if await is_repeated(db, viewer, attempt):
                return invitation_id
            return await _withdraw(db, viewer, invitation_id, reason.strip())


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why.", code="BLANK", field=["reason"])
    if len(reason) > REASON_LENGTH:
        message = f"A reason has at most {REASON_LENGTH} characters."
        raise Invalid(message, code="TOO_LONG", field=["reason"])


async def _withdraw(db: Connection, viewer: Viewer, invitation_id: UUID, reason: str) -> UUID:
    visible = scope.agencies(viewer, "ev.agency_id", 2)
    statement = f"{_LIST_OF} AND {visible.sql}"
    list_id = await db.fetchval(statement, invitation_id, *visible.parameters)
    if list_id is None:
        raise NotFound(field=["invitationId"])
    listed = await lock_list(db, list_id)
    row = await db.fetchrow(_INVITATION, invitation_id, LONGEST_WINDOW)
    if row["status"] not in _OPEN:
        raise InvalidState(f"An invitation that is {row['status']} cannot be taken back.")
    await take_back(db, listed, row, {"code": "WITHDRAWN", "message": reason})
    change = Change(
        "withdraw_invitation", "Invitation", invitation_id, before=row["status"], reason=reason
    )
    await record(db, viewer, change)
    return invitation_id


async def take_back(db: Connection, listed: Record, row: Record, reason: dict[str, str]) -> None:
    """Take back one invitation of a locked list and call the next person."""
    version = await db.fetchval(_WITHDRAW, row["id"], [reason])
    if row["status"] in _SEATED:
        await ask_for_mails(db, MailKind.WITHDRAWAL, {row["id"]: version})
        await call_next(db, listed, [Leaver(row["id"], row["window"])])
