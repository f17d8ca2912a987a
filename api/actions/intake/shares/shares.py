"""Stores shares from a file through the same door as live tracking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - annotates a local variable.
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import ask_for_ranking
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.registry import (
    AccountKey,
    Owner,
    account_hash,
    account_owners,
    erased_hashes,
)
from api.actions.intake.report import Outcome
from api.actions.intake.shares.archive import PostKey, add_posts, posts_by_ref
from api.actions.intake.shares.record import ShareRow, read_share
from api.actions.intake.shares.strangers import ADDRESSES, Strangers, accounts_that_left
from api.actions.shares import Evidence, NewShare, lock_for_ingest, store_shares
from api.domain.matching import share_key
from api.domain.platform import EvidenceLevel

MECHANISM = "IMPORT"


@dataclass(frozen=True, slots=True)
class _Holders:
    """Who the authors of a file are, and whether their shares may be stored."""

    owners: dict[AccountKey, Owner]
    agreed: frozenset[tuple[UUID, UUID]]
    gone: frozenset[AccountKey]
    strangers: Strangers

    @classmethod
    async def load(
        cls, db: Connection, rows: Sequence[ShareRow], importing: Importing
    ) -> "_Holders":
        authors = {row.author for row in rows}
        owners = await account_owners(db, authors)
        agreed = await lock_for_ingest(db, (owner.account_id for owner in owners.values()))
        gone = await _gone(db, authors - owners.keys(), importing)
        return cls(owners, agreed, gone, Strangers(importing.now))

    def owner(self, row: ShareRow, outcome: Outcome) -> Owner | None:
        """Return whose share this is, or refuse the row; an id nobody knows gets a pseudonym."""
        owner = self.owners.get(row.author)
        if row.author in self.gone or (owner is not None and not self._has_agreed(row, owner)):
            reason = "The owner of this account has given no consent ACCOUNT_TRACKING that holds."
            outcome.refuse(row.line, "author_id", "CONSENT_MISSING", reason)
        elif owner is not None and not owner.is_verified:
            reason = "Nobody has verified whose account this is."
            outcome.refuse(row.line, "author_id", "INVALID_STATE", reason)
        elif owner is None and row.platform not in ADDRESSES:
            reason = f"An account on {row.platform} must be linked before its shares come in."
            outcome.refuse(row.line, "author_id", "NOT_FOUND", reason)
        else:
            return owner or self._meet(row)
        return None

    def _has_agreed(self, row: ShareRow, owner: Owner) -> bool:
        is_met_here = row.author in self.strangers.met
        return is_met_here or (owner.asn_id, owner.account_id) in self.agreed

    def _meet(self, row: ShareRow) -> Owner:
        owner = self.strangers.add(row.author)
        self.owners[row.author] = owner
        return owner


async def store(db: Connection, rows: Sequence[ShareRow], importing: Importing) -> Outcome:
    """Store the shares of people who agreed; people and posts met for the first time are added."""
    outcome = Outcome()
    holders = await _Holders.load(db, rows, importing)
    kept = [(row, owner) for row in rows if (owner := holders.owner(row, outcome)) is not None]
    await holders.strangers.write(db)
    posts = await _posts(db, [row for row, _ in kept], importing, outcome)
    new = [_share(row, owner, posts) for row, owner in kept]
    stored = await store_shares(db, new, lists_begin=True)
    outcome.new_count = stored.new_count
    outcome.changed_count = stored.changed_count
    outcome.unchanged_count = stored.unchanged_count
    outcome.notes["pseudonymous holders added"] += len(holders.strangers.met)
    if stored.new_count or stored.changed_count:
        await ask_for_ranking(db)
    return outcome


def _share(row: ShareRow, owner: Owner, posts: Mapping[PostKey, UUID]) -> NewShare:
    key = share_key(
        row.platform,
        row.kind,
        post_id=row.post_id,
        actor_id=row.author_id,
        native_id=row.share_id,
    )
    return NewShare(
        asn_id=owner.asn_id,
        program_post_id=posts[row.post],
        account_id=owner.account_id,
        platform=row.platform,
        kind=row.kind,
        key=key,
        native_id=row.share_id,
        url=row.url,
        shared_at=row.shared_at,
        is_time_observed=False,
        first_observed_at=row.shared_at,
        evidence=Evidence(MECHANISM, EvidenceLevel.API_CONFIRMED, row.share_id),
    )


async def _posts(
    db: Connection, rows: Sequence[ShareRow], importing: Importing, outcome: Outcome
) -> dict[PostKey, UUID]:
    posts = await posts_by_ref(db, (row.post for row in rows))
    first_shared_at: dict[PostKey, datetime] = {}
    for row in rows:
        if row.post not in posts:
            earlier = first_shared_at.get(row.post, row.shared_at)
            first_shared_at[row.post] = min(earlier, row.shared_at)
    added = await add_posts(db, first_shared_at, importing)
    outcome.notes["program posts added"] += len(added)
    return posts | added


async def _gone(
    db: Connection, keys: set[AccountKey], importing: Importing
) -> frozenset[AccountKey]:
    hashes = {account_hash(importing.sealer, key): key for key in keys}
    erased = await erased_hashes(db, hashes)
    return await accounts_that_left(db, keys) | {hashes[each] for each in erased}


KIND = Kind(
    name="shares",
    columns=Columns(
        required=("share_id", "author_id", "post_id", "shared_at"),
        optional=("platform", "kind", "url"),
    ),
    read=read_share,
    store=store,
)
