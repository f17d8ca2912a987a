"""Invitations as the invited themselves see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope

_GUEST = """
SELECT i.id, i.event_id, i.status, i.version, ev.title, ev.venue, ev.starts_at, now() AS now,
       i.checked_in_at
  FROM invitation i JOIN event ev ON ev.id = i.event_id WHERE i.id = $1
"""
MAIL_STATE = """
(SELECT m.state FROM invitation_mail m WHERE m.invitation_id = i.id
  ORDER BY m.version DESC, m.begun_at DESC LIMIT 1) AS mail_state
"""
_COLUMNS = f"""
i.id, i.status, i.checked_in_at, i.invited_at, i.answer_by, i.answered_at, {MAIL_STATE}
"""


@dataclass(frozen=True, slots=True)
class GuestRow:
    """What somebody with a valid token may see of their invitation; nothing of themselves."""

    id: UUID
    event_id: UUID
    status: str
    version: int
    title: str
    venue: str | None
    starts_at: datetime
    now: datetime
    checked_in_at: datetime | None

    def is_past(self, moment: datetime) -> bool:
        """Tell whether a moment lies behind, by PostgreSQL's clock."""
        return self.now > moment


async def guest(invitation_id: UUID) -> GuestRow | None:
    """Return an invitation whose token the caller has shown."""
    async with connection() as db:
        row = await db.fetchrow(_GUEST, invitation_id)
    return None if row is None else GuestRow(*row)


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation."""

    id: UUID
    status: str
    checked_in_at: datetime | None
    invited_at: datetime | None = None
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    mail_state: str | None = None


async def invitations_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, InvitationRow]:
    """Return those of these invitations that are in scope."""
    visible = scope.invitations(viewer, "i", "ev", 2)
    statement = f"""
        SELECT {_COLUMNS} FROM invitation i JOIN event ev ON ev.id = i.event_id
         WHERE i.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: InvitationRow(*record) for record in records}
