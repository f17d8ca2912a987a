"""Stores a page of the people who passed a holder's share on; citizens are a keyed hash only."""

from dataclasses import dataclass
from datetime import datetime

from asyncpg import Connection

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.outbox import CursorRef, Lease
from api.actions.shares import NewReshare, store_reshares
from api.actions.shares.locks import lock_for_ingest
from api.actions.tracking.accounts import holders_of
from api.actions.tracking.removal import settle_reshares
from api.actions.tracking.sweep import ListPage, advance, complete
from api.domain.platform import Coverage
from api.models import new_id
from api.models.sealed import Sealer
from api.reads.tracking import ShareTarget

# What a list says of itself; the names that consent alone reveals say nothing about the sum.
_SOURCES = {Coverage.COMPLETE: "LIST", Coverage.CAPPED: "LIST_CAPPED"}
_MEASURE = """
INSERT INTO metric_observation
       (id, asn_id, share_id, metric, value, source, observed_at, ingest_seq)
SELECT $1, $2, $3, 'RESHARERS', now_is.value, $4::text, now(), nextval('ingest_seq')
  FROM (SELECT count(*) AS value FROM reshare
         WHERE asn_id = $2 AND share_id = $3 AND NOT is_withdrawn) now_is
 WHERE now_is.value IS DISTINCT FROM (
       SELECT value FROM metric_observation
        WHERE asn_id = $2 AND share_id = $3 AND metric = 'RESHARERS' AND source = $4::text
        ORDER BY observed_at DESC, ingest_seq DESC LIMIT 1)
RETURNING id
"""

_KNOWN = """
SELECT resharer_key FROM reshare
 WHERE asn_id = $1 AND share_id = $2 AND resharer_key = ANY($3::bytea[])
"""


@dataclass(frozen=True, slots=True)
class SeenReshare:
    """Somebody passed a share on, as a list showed it."""

    actor_id: str
    reshared_at: datetime | None
    observed_at: datetime


async def store_reshare_page(
    lease: Lease,
    share: ShareTarget,
    ref: CursorRef,
    page: ListPage[SeenReshare],
    sealer: Sealer,
) -> None:
    """Store the reshares of a page and the cursor; the last page ends the sweep.

    The holder's own accounts are left out. Without consent nothing is stored and the work ends.
    """
    async with lease.transaction() as db:
        if not await lock_for_ingest(db, [share.account_id]):
            await lease.finish(db)
            return
        rows = await _rows(db, share, page, sealer)
        stored = await store_reshares(db, rows)
        seen = await advance(db, ref, page, [_mark(row) for row in rows])
        has_changed = bool(stored.new_count or stored.changed_count)
        if page.next_cursor is None:
            if page.coverage is Coverage.COMPLETE:
                has_changed |= await settle_reshares(db, share.asn_id, share.id, seen)
            if await _measure(db, share, page.coverage):
                await remeasure(db, [(share.asn_id, share.id)])
                has_changed = True
            await complete(db, ref, page.coverage)
            await lease.finish(db)
        if has_changed:
            await ask_for_ranking(db)


async def _rows(
    db: Connection, share: ShareTarget, page: ListPage[SeenReshare], sealer: Sealer
) -> list[NewReshare]:
    actors = [item.actor_id for item in page.items]
    linked = await holders_of(db, share.platform, actors)
    by_account = {a: sealer.resharer_key(f"{share.platform}:{a}") for a in actors}
    # Whoever was recorded before linking the account stays known by the account.
    known = await db.fetch(_KNOWN, share.asn_id, share.id, list(by_account.values()))
    stays = {row["resharer_key"] for row in known}
    rows = []
    for item in page.items:
        holder, key = linked.get(item.actor_id), by_account[item.actor_id]
        if holder is not None and holder.asn_id == share.asn_id:
            continue
        if holder is not None and key not in stays:
            key = sealer.resharer_key(f"asn:{holder.asn_id}")
        rows.append(NewReshare(share.asn_id, share.id, key, item.reshared_at, item.observed_at))
    return rows


async def _measure(db: Connection, share: ShareTarget, coverage: Coverage) -> bool:
    source = _SOURCES.get(coverage)
    if source is None:
        return False
    return await db.fetchval(_MEASURE, new_id(), share.asn_id, share.id, source) is not None


def _mark(row: NewReshare) -> str:
    return row.resharer_key[:8].hex()
