"""Proofs of shares: handed in by holders, checked by a worker, else decided by a reviewer."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.link import require_live
from api.actions.outbox import Lease
from api.actions.shares import Evidence, NewShare, store_shares
from api.actions.tracking import Places, SeenPost, record_found
from api.actions.trail import Change, record
from api.domain.access import SYSTEM, Viewer
from api.domain.matching import NeedsRedirect, PostRef, post_from_url, share_key
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.errors import ConsentMissing, Invalid, NotFound, Refusal
from api.models import new_id, transaction
from api.queue import Job, enqueue
from api.reads import scope
from api.reads.proof import ProofClaim

MECHANISM = "PROOF"
_LATE = timedelta(minutes=5)
_AGREED = """
SELECT id FROM consent WHERE account_id = $1 AND purpose = 'ACCOUNT_TRACKING'
   AND withdrawn_at IS NULL FOR SHARE
"""
_KNOWN = """
SELECT id, asn_id, program_post_id, kind, key FROM share WHERE platform = $1 AND native_id = $2
"""
_OPEN = """
INSERT INTO share_proof (id, asn_id, share_id, given_url, declared_at, state, submitted_by,
                         submitted_at)
VALUES ($1, $2, $3, $4, $5, 'CHECKING', $6, now())
ON CONFLICT (asn_id, share_id) WHERE state IN ('CHECKING', 'WAITING') DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class NewProof:
    """The address of a post by which a holder passed a program post on."""

    post_id: UUID
    account_id: UUID
    url: str
    shared_at: datetime | None


async def submit_proof(viewer: Viewer, new: NewProof, mastodon_hosts: Collection[str]) -> UUID:
    """Note a declared share and ask for its check; return its id. A repeat changes nothing.

    Raises:
        NotFound: the account or the post is missing or out of scope.
        InvalidState: the post is not shared now.
        Refusal: INVALID_URL; INVALID for the post of somebody else, who is not named.
        ConsentMissing: the owner does not agree to be followed.
    """
    if new.shared_at is not None and new.shared_at > datetime.now(UTC) + _LATE:
        raise Invalid("A share lies in the past.", field=["sharedAt"])
    async with transaction() as db:
        account = await _account(db, viewer, new.account_id)
        await require_live(db, new.post_id)
        platform = Platform(account["platform"])
        post = post_from_url(
            new.url, platform=platform, field=["url"], mastodon_hosts=mastodon_hosts
        )
        if isinstance(post, PostRef) and not _may_be_theirs(post, account):
            raise _not_theirs()
        if await db.fetchval(_AGREED, new.account_id) is None:
            raise ConsentMissing("ACCOUNT_TRACKING is needed to follow a share.")
        row = await _declared(db, account, new, post)
        await store_shares(db, [row])
        share_id: UUID = await db.fetchval(
            "SELECT id FROM share WHERE asn_id = $1 AND key = $2", row.asn_id, row.key
        )
        await _ask(db, viewer, new, (row.asn_id, share_id))
        return share_id


async def _account(db: Connection, viewer: Viewer, account_id: UUID) -> Record:
    visible = scope.asns(viewer, "a.asn_id", 2)
    found = await db.fetchrow(
        "SELECT a.id, a.asn_id, a.platform, a.platform_user_id, a.handle FROM social_account a"
        f" WHERE a.id = $1 AND a.verification = 'VERIFIED' AND {visible.sql}",
        account_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["accountId"])
    return found


def _may_be_theirs(post: PostRef, account: Record) -> bool:
    """Tell whether an address does not already name another author than the account."""
    if post.author_id is not None:
        return bool(post.author_id == account["platform_user_id"])
    if post.author is None or post.author.isdigit():
        return True
    handle: str = account["handle"]
    return post.author.split("@")[0].lower() == handle.split("@", maxsplit=1)[0].lower()


def _not_theirs() -> Refusal:
    return Invalid("This is not a post of this account.", field=["url"])


async def _declared(
    db: Connection, account: Record, new: NewProof, post: PostRef | NeedsRedirect
) -> NewShare:
    platform, now = Platform(account["platform"]), datetime.now(UTC)
    kind, native_id = ShareKind.LINK_POST, None
    if isinstance(post, PostRef):
        official = "SELECT official_post_ref FROM program_post WHERE id = $1"
        if post.id == await db.fetchval(official, new.post_id):
            raise Invalid("This is the official post itself.", field=["url"])
        native_id = post.id
        kind = await _kind_of_known(db, account, new, (platform, native_id))
        key = share_key(platform, kind, post_id="", actor_id="", native_id=native_id)
    else:
        key = f"{platform}:{kind}:url:{hashlib.sha256(post.url.encode()).hexdigest()[:40]}"
    return NewShare(
        asn_id=account["asn_id"],
        program_post_id=new.post_id,
        account_id=account["id"],
        platform=platform,
        kind=kind,
        key=key,
        native_id=native_id,
        url=post.url,
        shared_at=new.shared_at or now,
        is_time_observed=True,
        first_observed_at=now,
        evidence=Evidence(MECHANISM, EvidenceLevel.DECLARED, post.url[:300]),
    )


async def _kind_of_known(
    db: Connection, account: Record, new: NewProof, named: tuple[Platform, str]
) -> ShareKind:
    """Return the kind under which this post is known as a share of the same person and post."""
    for row in await db.fetch(_KNOWN, named[0].value, named[1]):
        if row["asn_id"] != account["asn_id"] or row["program_post_id"] != new.post_id:
            raise _not_theirs()
        if row["kind"] != ShareKind.REPOST:
            return ShareKind(row["kind"])
    return ShareKind.LINK_POST


async def _ask(db: Connection, viewer: Viewer, new: NewProof, share: tuple[UUID, UUID]) -> None:
    proof_id = new_id()
    values = (proof_id, *share, new.url, new.shared_at, viewer.subject)
    if await db.fetchval(_OPEN, *values) is None:
        return
    args = {
        "asn_id": str(share[0]),
        "proof_id": str(proof_id),
        "account_id": str(new.account_id),
    }
    key = f"{Job.CHECK_PROOF}:{proof_id}"
    await enqueue(db, Job.CHECK_PROOF, args, key=key, request_id=viewer.request_id)
    await record(db, viewer, Change("submit_proof", "Share", share[1]))


_SETTLE = """
UPDATE share_proof SET state = $3, outcome_code = $4, checked_at = now()
 WHERE asn_id = $1 AND id = $2
"""
_UNPROVE = """
UPDATE share_evidence SET withdrawn_at = now()
 WHERE asn_id = $1 AND share_id = $2 AND mechanism = 'PROOF' AND withdrawn_at IS NULL
"""
_REJECT = """
UPDATE share s SET review = 'REJECTED' WHERE s.asn_id = $1 AND s.id = $2 AND NOT EXISTS (
       SELECT 1 FROM share_evidence e WHERE e.asn_id = s.asn_id AND e.share_id = s.id
          AND e.withdrawn_at IS NULL)
"""
_RENAME = """
UPDATE share s SET key = $3, kind = $4, native_id = $5, url = $6
 WHERE s.asn_id = $1 AND s.id = $2
   AND NOT EXISTS (SELECT 1 FROM share o WHERE o.asn_id = $1 AND o.key = $3 AND o.id <> $2)
RETURNING id
"""
_MOVE = "UPDATE share_proof SET share_id = $3 WHERE asn_id = $1 AND share_id = $2"
_DROP = "DELETE FROM share WHERE asn_id = $1 AND id = $2"


async def settle_proof(lease: Lease, claim: ProofClaim, state: str, code: str) -> None:
    """Store that a proof waits for a reviewer, or is refused; refused alone, it proves nothing."""
    async with lease.transaction() as db:
        await db.execute(_SETTLE, claim.asn_id, claim.proof_id, state, code)
        if state == "REFUSED":
            await _refuse(db, claim.asn_id, claim.share_id)
        change = Change("check_proof", "Share", claim.share_id, after=code)
        await record(db, SYSTEM, change)
        await lease.finish(db)


async def _refuse(db: Connection, asn_id: UUID, share_id: UUID) -> None:
    await db.execute(_UNPROVE, asn_id, share_id)
    await db.execute(_REJECT, asn_id, share_id)
    await remeasure(db, [(asn_id, share_id)])
    await ask_for_ranking(db)


@dataclass(frozen=True, slots=True)
class Shown:
    """A post of the holder as its network shows it: how it passes the program post on, by what."""

    post: SeenPost
    kind: ShareKind
    outcome_code: str


async def confirm_proof(lease: Lease, claim: ProofClaim, shown: Shown, places: Places) -> None:
    """Store that the network itself shows the share; it meets what lists and scans have seen."""
    seen, kind = shown.post, shown.kind
    key = share_key(claim.platform, kind, post_id="", actor_id="", native_id=seen.native_id)
    async with lease.transaction() as db:
        mine = (claim.asn_id, claim.share_id)
        if await db.fetchval(_RENAME, *mine, key, kind.value, seen.native_id, seen.url) is None:
            standing = await db.fetchval(
                "SELECT id FROM share WHERE asn_id = $1 AND key = $2", claim.asn_id, key
            )
            await db.execute(_MOVE, *mine, standing)
            await db.execute(_DROP, *mine)
        stored = await record_found(db, claim.platform, [seen], MECHANISM, places)
        is_stored = bool(stored.keys)
        outcome = ("ACCEPTED", shown.outcome_code) if is_stored else ("WAITING", "NOT_CARRIED")
        await db.execute(_SETTLE, claim.asn_id, claim.proof_id, *outcome)
        await remeasure(db, [mine])
        await ask_for_ranking(db)
        change = Change("check_proof", "Share", claim.share_id, after=outcome[1])
        await record(db, SYSTEM, change)
        await lease.finish(db)
