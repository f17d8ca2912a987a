"""Freezes a draft: from then on it never changes, and everybody on it has an invitation."""

from uuid import UUID

from asyncpg import Connection, UniqueViolationError
from tortoise.exceptions import IntegrityError

from api.actions.idempotency import Attempt, is_repeated
from api.actions.invite_list.scoped import locked_list
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.event import EventStatus, require_open
from api.errors import Conflict, InvalidState
from api.models import transaction

_FREEZE = """
UPDATE invite_list SET status = 'FROZEN', frozen_at = now(), frozen_by = $2 WHERE id = $1
"""
# Whoever still waits from an earlier list of the event moves to this one.
_INVITATIONS = """
INSERT INTO invitation (id, event_id, asn_id, invite_list_id, position, status, reasons, version)
SELECT new_id(), $2, e.asn_id, $1, coalesce(e.seat, e.waiting_position),
       CASE WHEN e.seat IS NULL THEN 'WAITLISTED' ELSE 'PROPOSED' END, '[]', 1
  FROM invite_list_entry e
 WHERE e.invite_list_id = $1 AND (e.seat IS NOT NULL OR e.waiting_position IS NOT NULL)
ON CONFLICT (event_id, asn_id) DO UPDATE
   SET invite_list_id = excluded.invite_list_id, position = excluded.position,
       status = excluded.status, version = invitation.version + 1
 WHERE invitation.status IN ('PROPOSED', 'WAITLISTED')
"""


async def freeze_list(
    viewer: Viewer, list_id: UUID, sha256: str, idempotency_key: str | None = None
) -> UUID:
    """Freeze the draft that the organiser saw.

    Raises:
        NotFound: the list is missing or out of scope.
        InvalidState: it is no draft, the event is over, or has a frozen list already.
        Conflict: the hash is not that of the list.
        IdempotencyMismatch: the key was used with other input.
    """
    attempt = Attempt("inviteListFreeze", idempotency_key, [list_id, sha256])
    async with noted(viewer, Refused("freeze_list", "InviteList", list_id)):
        try:
            async with transaction() as db:
                if not await is_repeated(db, viewer, attempt):
                    await _freeze(db, viewer, list_id, sha256)
        except (UniqueViolationError, IntegrityError) as error:
            raise InvalidState("This event has a frozen list already.") from error
    return list_id


async def _freeze(db: Connection, viewer: Viewer, list_id: UUID, sha256: str) -> None:
    row = await locked_list(db, viewer, list_id)
    if row["status"] != "DRAFT":
        raise InvalidState(f"A list that is {row['status']} cannot be frozen.")
    require_open(EventStatus(row["event_status"]))
    if row["sha256"] != sha256:
        raise Conflict(f"The list has the hash {row['sha256']}.", field=["sha256"])
    await db.execute(_FREEZE, list_id, viewer.subject)
    await db.execute(_INVITATIONS, list_id, row["event_id"])
    await record(db, viewer, Change("freeze_list", "InviteList", list_id, after=sha256))
