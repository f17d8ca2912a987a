"""A share is removed after two complete sweeps without it, or on the network's own word."""

from collections.abc import Collection, Sequence
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.outbox import CursorRef, Lease
from api.actions.tracking.sweep import complete, identity
from api.actions.watermark import join_ingest
from api.domain.lists import ListName
from api.domain.platform import Coverage, Platform

SWEEPS_WITHOUT = 2
EVENT, OWN_POSTS = "EVENT", "OWN_POSTS"

_OF_POST = "program_post_id = $1"
_OF_ACCOUNT = "asn_id = (SELECT asn_id FROM social_account WHERE id = $1) AND account_id = $1"
_CONCLUSIVE = frozenset({Coverage.COMPLETE, Coverage.CONSENTED_ONLY})

_REVIVE_SHARES = """
UPDATE share SET presence = 'LIVE', removed_at = NULL, missed_sweep_count = 0
 WHERE {owner} AND key = ANY($2) AND (presence = 'REMOVED' OR missed_sweep_count > 0)
RETURNING asn_id, id
"""
# What came in while the sweep went on may be missing from it without being gone; and what another
# way has just shown may not have reached the list yet.
_MISS_SHARES = """
UPDATE share s
   SET missed_sweep_count = missed_sweep_count + 1,
       presence = CASE WHEN missed_sweep_count + 1 >= $3 THEN 'REMOVED' ELSE presence END,
       removed_at = CASE WHEN missed_sweep_count + 1 >= $3 THEN clock_timestamp()
                         ELSE removed_at END
 WHERE {owner} AND presence = 'LIVE' AND NOT key = ANY($2)
   AND first_observed_at < (SELECT sweep_started_at FROM sync_cursor
                             WHERE platform = $5 AND list_name = $6 AND object_ref = $7)
   AND EXISTS (SELECT 1 FROM share_evidence e WHERE e.asn_id = s.asn_id AND e.share_id = s.id
                  AND e.mechanism = ANY($4) AND e.withdrawn_at IS NULL
                  AND (e.mechanism = ($4)[1] OR e.observed_at < now() - interval '10 minutes'))
"""
# A list of everybody judges whatever belongs on it, by whichever way it became known.
_OF_REPOSTS = " AND s.kind = 'REPOST'"
_OF_QUOTES = " AND s.kind = 'QUOTE'"
# Where only consenting people are named, their own timelines know better than the list.
_BETTER_KNOWN = """
   AND NOT EXISTS (SELECT 1 FROM share_evidence e WHERE e.asn_id = s.asn_id AND e.share_id = s.id
                      AND e.mechanism = 'OWN_POSTS' AND e.withdrawn_at IS NULL)
"""
_NAMES = " RETURNING s.asn_id, s.id"
_REVIVE_RESHARES = """
UPDATE reshare SET is_withdrawn = false, withdrawn_at = NULL, missed_sweep_count = 0
 WHERE asn_id = $1 AND share_id = $2 AND encode(substr(resharer_key, 1, 8), 'hex') = ANY($3)
   AND (is_withdrawn OR missed_sweep_count > 0)
"""
_MISS_RESHARES = """
UPDATE reshare
   SET missed_sweep_count = missed_sweep_count + 1,
       is_withdrawn = missed_sweep_count + 1 >= $4,
       withdrawn_at = CASE WHEN missed_sweep_count + 1 >= $4 THEN clock_timestamp() END
 WHERE asn_id = $1 AND share_id = $2 AND NOT is_withdrawn
   AND NOT encode(substr(resharer_key, 1, 8), 'hex') = ANY($3)
"""
_GONE = """
UPDATE share SET presence = 'REMOVED', removed_at = clock_timestamp()
 WHERE asn_id = $1 AND id = $2 AND presence = 'LIVE'
"""
_GONE_BY_ID = """
UPDATE share SET presence = 'REMOVED', removed_at = clock_timestamp()
 WHERE platform = $1 AND native_id = ANY($2) AND presence = 'LIVE'
   AND ($3::text IS NULL OR account_id IN (
        SELECT account_id FROM account_key WHERE platform = $1 AND platform_user_id = $3))
RETURNING asn_id, id
"""


async def settle_shares(
    db: Connection, post_id: UUID, ref: CursorRef, coverage: Coverage, seen: Collection[str]
) -> bool:
    """Compare a finished sweep with the shares of a post; tell whether any row changed.

    Only a complete sweep concludes that a share is missing.
    """
    keys = list(seen)
    rows = await db.fetch(_REVIVE_SHARES.format(owner=_OF_POST), post_id, keys)
    if coverage not in _CONCLUSIVE:
        return await _measured_again(db, rows)
    miss = _MISS_SHARES.format(owner=_OF_POST)
    mechanisms = [list_mechanism(ref.list_name), EVENT]
    if coverage is Coverage.CONSENTED_ONLY:
        miss += _BETTER_KNOWN
    else:
        miss += _OF_QUOTES if ref.list_name == ListName.QUOTES else _OF_REPOSTS
        mechanisms.append(OWN_POSTS)
    miss += _NAMES
    rows += await db.fetch(miss, post_id, keys, SWEEPS_WITHOUT, mechanisms, *identity(ref))
    return await _measured_again(db, rows)


async def settle_timeline(
    db: Connection, account_id: UUID, ref: CursorRef, seen: Collection[str], *, is_judge: bool
) -> bool:
    """Compare a person's whole timeline with their shares; tell whether any row changed.

    Timelines judge where they are the best source; elsewhere the lists of the posts do.
    """
    keys = list(seen)
    rows = await db.fetch(_REVIVE_SHARES.format(owner=_OF_ACCOUNT), account_id, keys)
    if not is_judge:
        return await _measured_again(db, rows)
    miss = _MISS_SHARES.format(owner=_OF_ACCOUNT) + _NAMES
    limits = (SWEEPS_WITHOUT, [OWN_POSTS], *identity(ref))
    rows += await db.fetch(miss, account_id, keys, *limits)
    return await _measured_again(db, rows)


async def settle_reshares(db: Connection, asn_id: UUID, share_id: UUID, seen: set[str]) -> bool:
    """Compare a complete sweep of a share's resharers with the rows; tell whether any changed."""
    keys = list(seen)
    revived = await db.execute(_REVIVE_RESHARES, asn_id, share_id, keys)
    missed = await db.execute(_MISS_RESHARES, asn_id, share_id, keys, SWEEPS_WITHOUT)
    is_changed = has_changed(revived) or has_changed(missed)
    if is_changed:
        await remeasure(db, [(asn_id, share_id)])
    return is_changed


async def mark_share_gone(lease: Lease, ref: CursorRef, asn_id: UUID, share_id: UUID) -> None:
    """Store that the network itself says a share no longer exists."""
    async with lease.transaction() as db:
        await join_ingest(db)
        if has_changed(await db.execute(_GONE, asn_id, share_id)):
            await remeasure(db, [(asn_id, share_id)])
            await ask_for_ranking(db)
        await complete(db, ref, Coverage.UNKNOWN, "NOT_FOUND")
        await lease.finish(db)


async def remove_shares(
    db: Connection, platform: Platform, native_ids: Sequence[str], actor_id: str | None = None
) -> bool:
    """Store that the network itself says these posts are gone; tell whether any share was."""
    rows = await db.fetch(_GONE_BY_ID, platform.value, list(native_ids), actor_id)
    return await _measured_again(db, rows)


async def _measured_again(db: Connection, rows: Sequence[Record]) -> bool:
    await remeasure(db, [(row["asn_id"], row["id"]) for row in rows])
    return bool(rows)


def list_mechanism(list_name: str) -> str:
    """Return the name of the evidence that a list gives."""
    return f"LIST_{list_name.upper()}"


def has_changed(status: str) -> bool:
    """Read the row count of a command status such as `UPDATE 3`."""
    return status.rpartition(" ")[2] != "0"
