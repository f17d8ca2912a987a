"""Stores accepted events before they are read, and what a worker then reads in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from api.actions.consent import withdraw_for_network
from api.actions.gains import ask_for_ranking
from api.actions.outbox import Lease
from api.actions.tracking import (
    Places,
    SeenPost,
    SeenShare,
    record_found,
    record_shares,
    remove_shares,
)
from api.domain.platform import Platform
from api.models import new_id, transaction
from api.queue import Job
from api.reads.tracking import PostTarget

MECHANISM = "EVENT"

# Also an event that was read to its end is not read again: both keys of the table are in the way.
_STORE = """
INSERT INTO outbox_message (id, job, args, body, key, state, due_at, attempts, failures, created_at)
VALUES ($1, $2, $3, $4, $5, 'PENDING', now(), 0, 0, now())
ON CONFLICT DO NOTHING
"""
_POST = """
SELECT p.id, p.platform, p.official_post_ref FROM program_post p
  JOIN campaign c ON c.id = p.campaign_id
 WHERE p.platform = $1 AND p.official_post_ref = $2 AND p.state IN ('PUBLISHED', 'CORRECTED')
   AND c.status IN ('ACTIVE', 'PAUSED')
"""


async def store_event(platform: Platform, body: bytes, event_id: str) -> None:
    """Keep the body of a signed event for a worker; a repeat of it adds nothing."""
    key = f"{Job.WEBHOOK}:{platform}:{event_id}"
    async with transaction() as db:
        args = {"platform": platform.value}
        await db.execute(_STORE, new_id(), Job.WEBHOOK.value, args, body, key)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """What one event said: shares by the post that they pass on, posts, removals, revocations."""

    shares: Sequence[tuple[str, SeenShare]] = ()
    posts: Sequence[SeenPost] = ()
    removals: Sequence[tuple[str, str | None]] = ()
    revoked_account_ids: Sequence[str] = ()


async def store_read_event(
    lease: Lease, platform: Platform, read: ReadEvent, places: Places
) -> None:
    """Store what an event said on the rows that polling writes; its body goes with the message."""
    async with lease.transaction() as db:
        # First, as a withdrawal waits for everybody who ingests, and this transaction may be next.
        for account_id in read.revoked_account_ids:
            await withdraw_for_network(db, platform, account_id)
        has_changed = False
        for post_ref, share in read.shares:
            post = await _post(db, platform, post_ref)
            if post is not None:
                stored = await record_shares(db, post, [share], MECHANISM)
                has_changed |= bool(stored.new_count or stored.changed_count)
        if read.posts:
            stored = await record_found(db, platform, read.posts, MECHANISM, places)
            has_changed |= bool(stored.new_count or stored.changed_count)
        for native_id, actor_id in read.removals:
            has_changed |= await remove_shares(db, platform, [native_id], actor_id)
        if has_changed:
            await ask_for_ranking(db)
        await lease.finish(db)


async def _post(db: Connection, platform: Platform, post_ref: str) -> PostTarget | None:
    row = await db.fetchrow(_POST, platform.value, post_ref)
    return None if row is None else PostTarget(row[0], Platform(row[1]), row[2])


async def body_of(message_id: UUID) -> bytes | None:
    """Return the body of a message that is still to be read."""
    async with transaction() as db:
        body: bytes | None = await db.fetchval(
            "SELECT body FROM outbox_message WHERE id = $1", message_id
        )
        return body


_EMPTY = """
UPDATE outbox_message SET body = NULL
 WHERE body IS NOT NULL AND state IN ('DONE', 'DEAD', 'CANCELLED')
   AND finished_at < now() - interval '20 hours'
"""


async def empty_bodies() -> None:
    """Empty what was kept of events that are finished, whatever their end, within a day."""
    async with transaction() as db:
        await db.execute(_EMPTY)
