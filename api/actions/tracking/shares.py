"""Stores a page of the accounts that passed a program post on."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.outbox import CursorRef, Lease
from api.actions.shares import Evidence, NewShare, store_shares
from api.actions.tracking.accounts import Holder, holders_of
from api.actions.tracking.removal import settle_shares
from api.actions.tracking.sweep import ListPage, advance, ask_for_ranking, complete
from api.domain.amplification import offered_metrics
from api.domain.platform import EvidenceLevel, Metric, Platform, ShareKind
from api.queue import Job, enqueue
from api.reads.tracking import PostTarget


@dataclass(frozen=True, slots=True)
class SeenShare:
    """A share as a list showed it; `shared_at` is None when the network gives no time."""

    actor_id: str
    kind: ShareKind
    key: str
    native_id: str | None
    url: str | None
    shared_at: datetime | None
    observed_at: datetime


async def store_share_page(
    lease: Lease, post: PostTarget, ref: CursorRef, page: ListPage[SeenShare]
) -> None:
    """Store the shares of holders who agreed, and the cursor; the last page ends the sweep.

    Nobody else on the page is recorded in any way.
    """
    kind = ShareKind.REPOST if ref.list_name == "retweets" else ShareKind.QUOTE
    async with lease.transaction() as db:
        actors = [item.actor_id for item in page.items]
        holders = await holders_of(db, post.platform, actors)
        rows = [
            _row(post, holders[item.actor_id], item, ref)
            for item in page.items
            if item.actor_id in holders
        ]
        stored = await store_shares(db, rows)
        await _ask_for_resharers(db, post.platform, kind, [row.key for row in rows])
        seen = await advance(db, ref, page.next_cursor, [row.key for row in rows])
        has_changed = bool(stored.new_count or stored.changed_count)
        if page.next_cursor is None:
            mechanism = mechanism_of(ref)
            has_changed |= await settle_shares(db, post.id, kind, mechanism, seen)
            await complete(db, ref, page.coverage)
            await lease.finish(db)
        if has_changed:
            await ask_for_ranking(db)


def mechanism_of(ref: CursorRef) -> str:
    """Return the name of the evidence that a list gives."""
    return f"LIST_{ref.list_name.upper()}"


def _row(post: PostTarget, holder: Holder, item: SeenShare, ref: CursorRef) -> NewShare:
    return NewShare(
        asn_id=holder.asn_id,
        program_post_id=post.id,
        account_id=holder.account_id,
        platform=post.platform,
        kind=item.kind,
        key=item.key,
        native_id=item.native_id,
        url=item.url,
        shared_at=item.shared_at or item.observed_at,
        is_time_observed=item.shared_at is None,
        first_observed_at=item.observed_at,
        evidence=Evidence(
            mechanism=mechanism_of(ref),
            level=EvidenceLevel.API_CONFIRMED,
            reference=item.native_id or item.key,
        ),
    )


_UNSCANNED = """
SELECT s.asn_id, s.id FROM share s
 WHERE s.key = ANY($1) AND s.platform = $2
   AND NOT EXISTS (SELECT 1 FROM sync_cursor c WHERE c.platform = s.platform
                      AND c.list_name = 'share_retweets' AND c.object_ref = s.native_id)
"""


async def _ask_for_resharers(
    db: Connection, platform: Platform, kind: ShareKind, keys: list[str]
) -> None:
    if Metric.RESHARERS not in offered_metrics(platform, kind):
        return
    for row in await db.fetch(_UNSCANNED, keys, platform.value):
        asn_id, share_id = row["asn_id"], row["id"]
        await scan_resharers_of(db, asn_id, share_id)


async def scan_resharers_of(db: Connection, asn_id: UUID, share_id: UUID) -> None:
    """Ask for the people who passed a holder's share on."""
    args = {"asn_id": str(asn_id), "share_id": str(share_id)}
    await enqueue(db, Job.SCAN_SHARE_RESHARERS, args, key=f"{Job.SCAN_SHARE_RESHARERS}:{share_id}")
