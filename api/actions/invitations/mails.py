"""The row that stands before each mail, and what the mail says."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.invitations.post import MailKind
from api.actions.invitations.standing import LONGEST_WINDOW, lock_list
from api.actions.invitations.withdraw import take_back
from api.actions.outbox import Lease
from api.models import new_id
from api.models.safe import address_safe
from api.settings import Secrets

_LIST_OF = "SELECT invite_list_id FROM invitation WHERE id = $1"
_MAIL = """
SELECT i.id, i.status, i.version, i.answer_by, i.ticket_nonce, i.event_id, i.asn_id,
       coalesce(i.answer_by - i.invited_at, $2) AS window, a.full_name, d.sealed AS address,
       ev.title, ev.venue, ev.starts_at, ev.ends_at, ev.status AS event_status,
       (SELECT n.name FROM agency_name n WHERE n.agency_id = ev.agency_id
         ORDER BY n.valid_to_on IS NULL DESC, n.valid_from_on DESC LIMIT 1) AS agency_name,
       (SELECT c.id FROM consent c WHERE c.asn_id = i.asn_id AND c.withdrawn_at IS NULL
           AND c.purpose = 'INVITATION_CONTACT' LIMIT 1) AS consent_id,
       (SELECT state FROM invitation_mail m WHERE m.invitation_id = i.id AND m.kind = $3
           AND m.version = $4) AS mail_state
  FROM invitation i JOIN event ev ON ev.id = i.event_id JOIN asn a ON a.id = i.asn_id
  LEFT JOIN contact_address d ON d.asn_id = i.asn_id
 WHERE i.id = $1 FOR UPDATE OF i
"""
_BEGIN = """
INSERT INTO invitation_mail (id, invitation_id, kind, version, state, begun_at, ended_at)
VALUES ($1, $2, $3, $4, $5::varchar, now(),
        CASE WHEN $5::varchar = 'SENDING' THEN NULL ELSE now() END)
ON CONFLICT (invitation_id, kind, version) DO NOTHING
"""
_END = """
UPDATE invitation_mail SET state = $4, ended_at = now()
 WHERE invitation_id = $1 AND kind = $2 AND version = $3
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """Which mail: about which invitation in which version."""

    invitation_id: UUID
    kind: MailKind
    version: int

    @property
    def name(self) -> str:
        """Return what names the mail for good: a repeat has the same message id."""
        return f"{self.invitation_id}.{self.kind.lower()}.{self.version}"


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that a mail says."""

    mail: Mail
    address: str = field(repr=False)
    name: str = field(repr=False)
    event_id: UUID
    title: str
    venue: str | None
    agency_name: str
    starts_at: datetime
    ends_at: datetime | None
    answer_by: datetime | None
    ticket_nonce: bytes | None = field(repr=False)


async def begin_mail(lease: Lease, mail: Mail, secrets: Secrets) -> Letter | None:
    """Write the row of a mail before it is sent; return what it says, or None if none is due.

    Without consent nobody is written to and the invitation is taken back. A row that is SENDING
    already is a mail of which nobody knows whether it left: it is sent again under its name.
    """
    async with lease.transaction() as db:
        listed = await lock_list(db, await db.fetchval(_LIST_OF, mail.invitation_id))
        place = (LONGEST_WINDOW, mail.kind.value, mail.version)
        row = await db.fetchrow(_MAIL, mail.invitation_id, *place)
        if row is None or row["mail_state"] not in {None, "SENDING"}:
            await lease.finish(db)
            return None
        state = _state(row, mail)
        await db.execute(_BEGIN, new_id(), mail.invitation_id, mail.kind.value, mail.version, state)
        if state == "SENDING":
            return _letter(row, mail, secrets)
        await _give_up(db, listed, row, state)
        await lease.finish(db)
        return None


def _state(row: Record, mail: Mail) -> str:
    is_off = row["event_status"] == "CANCELLED" and mail.kind is not MailKind.WITHDRAWAL
    if row["version"] != mail.version or is_off:
        return "OUTDATED"
    if row["consent_id"] is None:
        return "NO_CONSENT"
    return "NO_ADDRESS" if row["address"] is None else "SENDING"


async def _give_up(db: Connection, listed: Record, row: Record, state: str) -> None:
    if state == "NO_CONSENT" and row["status"] in {"INVITED", "ACCEPTED"}:
        reason = {"code": "CONSENT_MISSING", "message": "Has not agreed to be written to."}
        await take_back(db, listed, row, reason)


async def end_mail(lease: Lease, mail: Mail, *, is_refused: bool = False) -> None:
    """Note what became of a mail and finish its message."""
    async with lease.transaction() as db:
        state = "REFUSED" if is_refused else "SENT"
        await db.execute(_END, mail.invitation_id, mail.kind.value, mail.version, state)
        await lease.finish(db)


def _letter(row: Record, mail: Mail, secrets: Secrets) -> Letter:
    address = address_safe(secrets).open(f"asn:{row['asn_id']}", row["address"])
    return Letter(
        mail=mail,
        address=address.decode(),
        name=row["full_name"],
        event_id=row["event_id"],
        title=row["title"],
        venue=row["venue"],
        agency_name=row["agency_name"] or "",
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        answer_by=row["answer_by"],
        ticket_nonce=row["ticket_nonce"],
    )
