"""Stores a page of the accounts that passed a program post on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Connection

from api.actions.gains import ask_for_ranking
from api.actions.outbox import CursorRef, Lease
from api.actions.shares import Evidence, NewShare, StoredCount, store_shares
from api.actions.tracking.accounts import Holder, holders_of
from api.actions.tracking.removal import list_mechanism, settle_shares
from api.actions.tracking.sweep import ListPage, advance, complete
from api.domain.amplification import offered_metrics
from api.domain.platform import EvidenceLevel, Metric, ShareKind
from api.queue import Job, enqueue_many
from api.reads.tracking import PostTarget


@dataclass(frozen=True, slots=True)
class SeenShare:
    """A share as a network showed it; `shared_at` is None when the network gives no time."""

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
    async with lease.transaction() as db:
        stored = await record_shares(db, post, page.items, list_mechanism(ref.list_name))
        seen = await advance(db, ref, page, stored.keys)
        has_changed = bool(stored.new_count or stored.changed_count)
        if page.next_cursor is None:
            has_changed |= await settle_shares(db, post.id, ref, page.coverage, seen)
            await complete(db, ref, page.coverage)
            await lease.finish(db)
        if has_changed:
            await ask_for_ranking(db)


async def record_shares(
    db: Connection, post: PostTarget, items: Sequence[SeenShare], mechanism: str
) -> StoredCount:
    """Store those of these shares whose actor is a holder who agreed, by whatever way seen.

    A list and an event of the network come through here, so that they meet in one row.
    """
    holders = await holders_of(db, post.platform, [item.actor_id for item in items])
    rows = [
        _row(post, holders[item.actor_id], item, mechanism)
        for item in items
        if item.actor_id in holders
    ]
    stored = await store_shares(db, rows)
    await ask_for_resharers(db, rows, stored.keys)
    return stored


def _row(post: PostTarget, holder: Holder, item: SeenShare, mechanism: str) -> NewShare:
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
            mechanism=mechanism,
            level=EvidenceLevel.API_CONFIRMED,
            reference=item.native_id or item.key,
        ),
    )


_UNSCANNED = """
SELECT s.asn_id, s.id FROM share s
 WHERE s.asn_id = ANY($1::uuid[]) AND s.key = ANY($2) AND s.native_id IS NOT NULL
   AND s.offered_metrics @> '["RESHARERS"]'
   AND NOT EXISTS (SELECT 1 FROM sync_cursor c WHERE c.platform = s.platform
                      AND c.list_name = 'share_reposts' AND c.object_ref = s.native_id)
"""


async def ask_for_resharers(db: Connection, rows: Sequence[NewShare], keys: Iterable[str]) -> None:
    """Ask for the people who passed these shares on, where nobody has looked yet."""
    holders = {
        row.asn_id for row in rows if Metric.RESHARERS in offered_metrics(row.platform, row.kind)
    }
    if not holders:
        return
    found = await db.fetch(_UNSCANNED, list(holders), list(keys))
    wanted = {
        f"{Job.SCAN_SHARE_RESHARERS}:{row['id']}": {
            "asn_id": str(row["asn_id"]),
            "share_id": str(row["id"]),
        }
        for row in found
    }
    await enqueue_many(db, Job.SCAN_SHARE_RESHARERS, wanted)
