"""The dated consents of people, and how a row of a file continues them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.stage import Stage

# UU PDP 27/2022: processing stops within 3 x 24 hours of the withdrawal.
STOP_AFTER = timedelta(hours=72)

# Rows that a running ingest relies on are locked there, so a withdrawal waits for its commit.
_STORED = """
SELECT id, asn_id, purpose, account_id, granted_at, withdrawn_at FROM consent
 WHERE asn_id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
"""
_NEW = Stage(
    "consent_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "purpose": "text",
        "account_id": "uuid",
        "basis": "text",
        "text_version": "text",
        "channel": "text",
        "granted_at": "timestamptz",
        "withdrawn_at": "timestamptz",
        "stop_due_at": "timestamptz",
    },
)
_ENDS = Stage(
    "consent_end_stage",
    {"id": "uuid", "withdrawn_at": "timestamptz", "stop_due_at": "timestamptz"},
)
_WITHDRAW = """
UPDATE consent c SET withdrawn_at = g.withdrawn_at, stop_due_at = g.stop_due_at
  FROM consent_end_stage g WHERE c.id = g.id
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a consent is about: the person, the purpose and, for some purposes, the account."""

    asn_id: UUID
    purpose: str
    account_id: UUID | None


@dataclass(slots=True)
class Agreement:
    """One consent, open until it is withdrawn."""

    id: UUID
    granted_at: datetime
    withdrawn_at: datetime | None
    basis: str = ""
    text_version: str = ""
    is_new: bool = False
    is_ended: bool = False

    def end(self, withdrawn_at: datetime) -> None:
        """Withdraw the consent."""
        self.withdrawn_at, self.is_ended = withdrawn_at, not self.is_new

    def is_same_or_wider(self, granted_at: datetime, withdrawn_at: datetime) -> bool:
        """Tell whether this consent has ended and already says what a period would say."""
        if self.withdrawn_at is None:
            return False
        is_same = self.granted_at == granted_at or self.withdrawn_at == withdrawn_at
        return is_same or (self.granted_at < granted_at and withdrawn_at < self.withdrawn_at)

    @property
    def stop_due_at(self) -> datetime | None:
        """Return when processing must have stopped."""
        return None if self.withdrawn_at is None else self.withdrawn_at + STOP_AFTER


@dataclass(frozen=True, slots=True)
class Histories:
    """All consents of some people, continued in memory and then written at once."""

    channel: str
    of_subject: defaultdict[Subject, list[Agreement]] = field(
        default_factory=lambda: defaultdict(list)
    )

    async def load(self, db: Connection, asn_ids: Collection[UUID]) -> None:
        """Read and lock the consents of these people."""
        for row in await db.fetch(_STORED, list(set(asn_ids))):
            subject = Subject(row["asn_id"], row["purpose"], row["account_id"])
            agreement = Agreement(row["id"], row["granted_at"], row["withdrawn_at"])
            self.of_subject[subject].append(agreement)

    def is_open(self, subject: Subject) -> bool:
        """Tell whether a consent is in force."""
        return any(each.withdrawn_at is None for each in self.of_subject[subject])

    def grant(self, subject: Subject, agreement: Agreement) -> bool:
        """Add a consent; tell whether it says anything new.

        A consent that is in force stays as it is, and an old one never undoes a withdrawal that
        came after it.
        """
        known = self.of_subject[subject]
        is_old = any(
            each.withdrawn_at is None or agreement.granted_at <= each.withdrawn_at for each in known
        )
        if not is_old:
            agreement.is_new = True
            known.append(agreement)
        return not is_old

    def withdraw(self, subject: Subject, agreement: Agreement, withdrawn_at: datetime) -> bool:
        """End the consent in force, or add one that has ended; tell whether that is new."""
        known = self.of_subject[subject]
        if any(each.is_same_or_wider(agreement.granted_at, withdrawn_at) for each in known):
            return False
        current = next((each for each in known if each.withdrawn_at is None), None)
        if current is not None and current.granted_at <= withdrawn_at:
            current.end(withdrawn_at)
            return True
        agreement.is_new, agreement.withdrawn_at = True, withdrawn_at
        known.append(agreement)
        return True

    async def write(self, db: Connection) -> None:
        """Store what was added and ended."""
        ended = [each for _, each in self._all() if each.is_ended]
        await _ENDS.fill(db, [(each.id, each.withdrawn_at, each.stop_due_at) for each in ended])
        await db.execute(_WITHDRAW)
        new = [self._row(subject, each) for subject, each in self._all() if each.is_new]
        await _NEW.add_to(db, "consent", new)

    def _row(self, subject: Subject, each: Agreement) -> tuple[object, ...]:
        about = (each.id, subject.asn_id, subject.purpose, subject.account_id)
        proof = (each.basis, each.text_version, self.channel)
        return (*about, *proof, each.granted_at, each.withdrawn_at, each.stop_due_at)

    def _all(self) -> Iterator[tuple[Subject, Agreement]]:
        for subject, agreements in self.of_subject.items():
            for agreement in agreements:
                yield subject, agreement
