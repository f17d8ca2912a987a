"""Stores accounts; an account of somebody else is refused, and that person is never named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.accounts.changes import PENDING, VERIFIED, AccountState, Changes
from api.actions.intake.accounts.record import AccountRow, read_row
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.registry import (
    AccountKey,
    Owner,
    account_hash,
    account_owners,
    ask_for_assessments,
    erased_hashes,
    lock_people,
    people_by_number,
)
from api.actions.intake.report import Outcome

_STORED = """
SELECT id, asn_id, platform, platform_user_id, handle, url, verification, ownership_verified_at,
       last_active_at
  FROM social_account WHERE asn_id = ANY($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class _Stored:
    id: UUID
    state: AccountState


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about the people and the accounts that a file names."""

    people: Mapping[bytes, UUID]
    owners: Mapping[AccountKey, Owner]
    erased: frozenset[AccountKey]
    accounts: Mapping[tuple[UUID, AccountKey], _Stored]
    touched: set[UUID] = field(default_factory=set)

    @classmethod
    async def load(
        cls, db: Connection, rows: Sequence[AccountRow], importing: Importing
    ) -> "_Known":
        people = await people_by_number(db, (row.blind_index for row in rows))
        await lock_people(db, people.values())
        hashes = {account_hash(importing.sealer, row.key): row.key for row in rows}
        erased = await erased_hashes(db, hashes)
        return cls(
            people=people,
            owners=await account_owners(db, (row.key for row in rows)),
            erased=frozenset(hashes[each] for each in erased),
            accounts=await _accounts(db, people),
        )

    def is_refused(self, row: AccountRow, outcome: Outcome) -> bool:
        """Refuse a row that cannot be stored."""
        asn_id, owner = self.people.get(row.blind_index), self.owners.get(row.key)
        if asn_id is None:
            reason = "Nobody has or had this number."
            outcome.refuse(row.line, "employee_number", "NOT_FOUND", reason)
        elif owner is not None and owner.asn_id != asn_id:
            reason = "Somebody else has linked this account."
            outcome.refuse(row.line, "platform_user_id", "TAKEN", reason)
        elif row.key in self.erased:
            reason = "This account was erased and comes back only by joining again."
            outcome.refuse(row.line, "platform_user_id", "INVALID_STATE", reason)
        elif end := _final(self.accounts.get((asn_id, row.key)), row):
            outcome.refuse(row.line, "platform_user_id", "INVALID_STATE", end)
        else:
            return False
        return True

    def apply(
        self, row: AccountRow, changes: Changes, importing: Importing, outcome: Outcome
    ) -> None:
        """Note what a good row changes."""
        asn_id = self.people[row.blind_index]
        stored = self.accounts.get((asn_id, row.key))
        state = _follow(stored.state if stored else None, row)
        if stored is None:
            changes.add(asn_id, row.key, state, importing.now)
            outcome.new_count += 1
        elif stored.state != state:
            changes.change(stored.id, state)
            outcome.changed_count += 1
        else:
            outcome.unchanged_count += 1
            return
        self.touched.add(asn_id)


async def store(db: Connection, rows: Sequence[AccountRow], importing: Importing) -> Outcome:
    """Add new accounts; follow handles, proofs of ownership and activity of known ones."""
    outcome, changes = Outcome(), Changes()
    known = await _Known.load(db, rows, importing)
    for row in rows:
        if not known.is_refused(row, outcome):
            known.apply(row, changes, importing, outcome)
    await changes.write(db)
    await ask_for_assessments(db, known.touched)
    return outcome


async def _accounts(
    db: Connection, people: Mapping[bytes, UUID]
) -> dict[tuple[UUID, AccountKey], _Stored]:
    rows = await db.fetch(_STORED, list(set(people.values())))
    return {
        (row["asn_id"], (row["platform"], row["platform_user_id"])): _Stored(
            row["id"], AccountState(*tuple(row)[4:])
        )
        for row in rows
    }


def _final(stored: _Stored | None, row: AccountRow) -> str | None:
    """Say why the state of an account cannot be left by an import."""
    if stored is None:
        return None
    if stored.state.verification == "REMOVED":
        return "The owner has removed this account for good."
    if stored.state.verification == "REJECTED" and row.verified_at is not None:
        return "The ownership of this account was checked and rejected."
    return None


def _follow(now: AccountState | None, row: AccountRow) -> AccountState:
    """Return the state after the row: activity only grows, and proofs are not taken away."""
    verification = now.verification if now else PENDING
    verified_at = now.verified_at if now else None
    if row.verified_at is not None and _is_newer_proof(verification, verified_at, row.verified_at):
        verification, verified_at = VERIFIED, row.verified_at
    seen_at = [at for at in (now and now.last_active_at, row.last_active_at) if at]
    last_active_at = max(seen_at, default=None)
    return AccountState(row.handle, row.url, verification, verified_at, last_active_at)


def _is_newer_proof(verification: str, known_at: datetime | None, verified_at: datetime) -> bool:
    if verification == "EXPIRED" and known_at is not None:
        return verified_at > known_at
    return verification != VERIFIED or known_at is None


KIND = Kind(
    name="accounts",
    columns=Columns(
        required=("employee_number", "platform", "platform_user_id", "handle"),
        optional=("verified_at", "last_active_at"),
    ),
    read=read_row,
    store=store,
    identity=lambda row: row.key,
)
