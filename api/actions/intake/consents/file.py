"""Stores consents; a withdrawal ends the work for the account in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import ask_for_ranking, remeasure_holders
from api.actions.intake.consents.history import Agreement, Histories, Subject
from api.actions.intake.consents.record import ConsentRow, read_row
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.registry import (
    AccountKey,
    Owner,
    account_owners,
    ask_for_assessments,
    lock_people,
    people_by_number,
)
from api.actions.intake.report import Outcome
from api.models import new_id
from api.models.privacy import Purpose

BASIS = "CONSENT"
CHANNEL = "IMPORT"

_CANCEL = """
UPDATE outbox_message SET state = 'CANCELLED', finished_at = now(), error_code = 'CONSENT_WITHDRAWN'
 WHERE state IN ('PENDING', 'SENT', 'RUNNING') AND args ->> 'account_id' = ANY($1::text[])
"""


@dataclass(frozen=True, slots=True)
class _Work:
    """What is stored about those whom a file names, and what the file changes."""

    people: Mapping[bytes, UUID]
    owners: Mapping[AccountKey, Owner]
    histories: Histories
    touched: set[UUID] = field(default_factory=set)

    def subject(self, row: ConsentRow, outcome: Outcome) -> Subject | None:
        """Return what the row is about, or refuse it."""
        asn_id = self.people.get(row.blind_index)
        owner = self.owners.get(row.account) if row.account else None
        if asn_id is None:
            reason = "Nobody has or had this number."
            outcome.refuse(row.line, "employee_number", "NOT_FOUND", reason)
        elif row.account is not None and (owner is None or owner.asn_id != asn_id):
            reason = "The person has not linked this account."
            outcome.refuse(row.line, "platform_user_id", "NOT_FOUND", reason)
        else:
            return Subject(asn_id, row.purpose, owner.account_id if owner else None)
        return None

    def apply(self, subject: Subject, row: ConsentRow, outcome: Outcome) -> None:
        """Continue the history of a subject by one row."""
        agreement = Agreement(new_id(), row.granted_at, None, BASIS, row.text_version)
        if row.withdrawn_at is None:
            has_effect = self.histories.grant(subject, agreement)
        else:
            has_effect = self.histories.withdraw(subject, agreement, row.withdrawn_at)
        if not has_effect:
            outcome.unchanged_count += 1
            return
        outcome.new_count += agreement.is_new
        outcome.changed_count += not agreement.is_new
        self.touched.add(subject.asn_id)

    def stopped_accounts(self) -> list[str]:
        """Return the accounts that may no longer be followed."""
        return [
            str(subject.account_id)
            for subject in self.histories.of_subject
            if subject.purpose == Purpose.ACCOUNT_TRACKING and not self.histories.is_open(subject)
        ]


async def store(db: Connection, rows: Sequence[ConsentRow], importing: Importing) -> Outcome:
    """Grant and withdraw row by row; nothing runs on for an account whose consent has ended."""
    del importing
    outcome = Outcome()
    people = await people_by_number(db, (row.blind_index for row in rows))
    owners = await account_owners(db, (row.account for row in rows if row.account))
    histories = Histories(CHANNEL)
    await histories.load(db, people.values())
    await lock_people(db, people.values())
    work = _Work(people, owners, histories)
    for row in rows:
        if subject := work.subject(row, outcome):
            work.apply(subject, row, outcome)
    await histories.write(db)
    await db.execute(_CANCEL, work.stopped_accounts())
    await remeasure_holders(db, work.touched)
    await ask_for_assessments(db, work.touched)
    if work.touched:
        await ask_for_ranking(db)
    return outcome


KIND = Kind(
    name="consents",
    columns=Columns(
        required=("employee_number", "purpose", "granted_at", "text_version"),
        optional=("platform", "platform_user_id", "withdrawn_at"),
    ),
    read=read_row,
    store=store,
)
