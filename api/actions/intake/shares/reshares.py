"""Stores reshares from a file: who passed a holder's share on, known by a keyed hash only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import ask_for_ranking
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.registry import AccountKey, Owner, account_hash, account_owners
from api.actions.intake.report import Outcome
from api.actions.intake.shares.record import ReshareRow, read_reshare
from api.actions.shares import NewReshare, lock_for_ingest, store_reshares

_SHARES = """
SELECT s.account_id, s.native_id, s.id
  FROM share s
  JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[], $3::text[])
            AS g(asn_id, account_id, native_id)) g
    ON s.asn_id = g.asn_id AND s.account_id = g.account_id AND s.native_id = g.native_id
"""

ShareRef = tuple[UUID, str]
"""An account and the id that its share has on the network."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about the accounts and the shares that a file names."""

    owners: Mapping[AccountKey, Owner]
    agreed: frozenset[tuple[UUID, UUID]]
    shares: Mapping[ShareRef, UUID]

    @classmethod
    async def load(cls, db: Connection, rows: Sequence[ReshareRow]) -> "_Known":
        authors = {row.author for row in rows}
        owners = await account_owners(db, authors | {row.resharer for row in rows})
        holders = [owners[author] for author in authors if author in owners]
        agreed = await lock_for_ingest(db, (holder.account_id for holder in holders))
        return cls(owners, agreed, await _shares(db, rows, owners))

    def share(self, row: ReshareRow, outcome: Outcome) -> tuple[Owner, UUID] | None:
        """Return the holder and the share that was passed on, or refuse the row."""
        owner = self.owners.get(row.author)
        if owner is None:
            reason = "Nobody has linked this account."
            outcome.refuse(row.line, "author_id", "NOT_FOUND", reason)
        elif (owner.asn_id, owner.account_id) not in self.agreed:
            reason = "The owner of this account has given no consent ACCOUNT_TRACKING that holds."
            outcome.refuse(row.line, "author_id", "CONSENT_MISSING", reason)
        elif share_id := self.shares.get((owner.account_id, row.share_id)):
            return owner, share_id
        else:
            reason = "No share of this account is stored under this id."
            outcome.refuse(row.line, "share_id", "NOT_FOUND", reason)
        return None

    def is_own(self, row: ReshareRow, holder: Owner) -> bool:
        """Tell whether holders passed their own share on, perhaps by another account."""
        resharer = self.owners.get(row.resharer)
        return resharer is not None and resharer.asn_id == holder.asn_id

    def key(self, row: ReshareRow, importing: Importing) -> bytes:
        """Return the pseudonym of the resharer: the person where the account is linked."""
        resharer = self.owners.get(row.resharer)
        if resharer is not None:
            return importing.sealer.resharer_key(f"asn:{resharer.asn_id}")
        return account_hash(importing.sealer, row.resharer)


async def store(db: Connection, rows: Sequence[ReshareRow], importing: Importing) -> Outcome:
    """Store reshares in the order of the file; holders' own reshares are left out and counted."""
    outcome = Outcome()
    known = await _Known.load(db, rows)
    new: list[NewReshare] = []
    for row in rows:
        found = known.share(row, outcome)
        if found is None:
            continue
        holder, share_id = found
        if known.is_own(row, holder):
            outcome.notes["own reshares left out"] += 1
            outcome.unchanged_count += 1
            continue
        key, at = known.key(row, importing), row.reshared_at
        new.append(NewReshare(holder.asn_id, share_id, key, at, at))
    stored = await store_reshares(db, new)
    outcome.new_count = stored.new_count
    outcome.changed_count = stored.changed_count
    outcome.unchanged_count += stored.unchanged_count
    if stored.new_count or stored.changed_count:
        await ask_for_ranking(db)
    return outcome


async def _shares(
    db: Connection, rows: Sequence[ReshareRow], owners: Mapping[AccountKey, Owner]
) -> dict[ShareRef, UUID]:
    asked = [(owners[row.author], row.share_id) for row in rows if row.author in owners]
    found = await db.fetch(
        _SHARES,
        [owner.asn_id for owner, _ in asked],
        [owner.account_id for owner, _ in asked],
        [share_id for _, share_id in asked],
    )
    return {(row["account_id"], row["native_id"]): row["id"] for row in found}


KIND = Kind(
    name="reshares",
    columns=Columns(
        required=("reshare_id", "share_id", "author_id", "resharer_id", "reshared_at"),
        optional=("platform",),
    ),
    read=read_reshare,
    store=store,
)
