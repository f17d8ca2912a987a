"""Stores reshares: each person once for a share, with the ordinal that it keeps for good."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import remeasure
from api.actions.shares.locks import lock_for_ingest
from api.actions.shares.rows import NewReshare, StoredCount, StoredRow
from api.actions.stage import Stage
from api.domain.amplification import Parameters
from api.models import new_id

_STAGE = Stage(
    "reshare_stage",
    {
        "position": "int",
        "id": "uuid",
        "asn_id": "uuid",
        "share_id": "uuid",
        "resharer_key": "bytea",
        "reshared_at": "timestamptz",
        "observed_at": "timestamptz",
    },
)
_ACCOUNTS = """
SELECT s.asn_id, s.id, s.account_id FROM share s
  JOIN (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS a(asn_id, id)) a
    ON s.asn_id = a.asn_id AND s.id = a.id
"""
_FILL = """
WITH seen AS (
     SELECT DISTINCT ON (asn_id, share_id, resharer_key) * FROM reshare_stage
      WHERE reshared_at IS NOT NULL ORDER BY asn_id, share_id, resharer_key, position)
UPDATE reshare r SET reshared_at = seen.reshared_at
  FROM seen
 WHERE (r.asn_id, r.share_id, r.resharer_key) = (seen.asn_id, seen.share_id, seen.resharer_key)
   AND r.reshared_at IS NULL
RETURNING r.asn_id, r.id, r.share_id
"""
_FORGET_KNOWN = """
DELETE FROM reshare_stage g USING reshare r
 WHERE (r.asn_id, r.share_id, r.resharer_key) = (g.asn_id, g.share_id, g.resharer_key)
"""
# Ordinals are counted among all of a holder's shares, so a resharer's rows of this batch see one
# another too, each only those in front of it.
_INSERT = """
WITH fresh AS (
     SELECT DISTINCT ON (asn_id, share_id, resharer_key) *, coalesce(reshared_at, observed_at) AS at
       FROM reshare_stage
      ORDER BY asn_id, share_id, resharer_key, reshared_at IS NULL, position),
beside AS (
     SELECT f.id, count(*) AS earlier_count
       FROM fresh f JOIN fresh e USING (asn_id, resharer_key)
      WHERE e.position < f.position AND e.at <= f.at AND e.at > f.at - $1::interval
      GROUP BY f.id),
stored AS (
     SELECT f.id, count(*) AS earlier_count
       FROM fresh f JOIN reshare r USING (asn_id, resharer_key)
      WHERE coalesce(r.reshared_at, r.observed_at) <= f.at
        AND coalesce(r.reshared_at, r.observed_at) > f.at - $1::interval
      GROUP BY f.id),
numbered AS (
     SELECT f.*, 1 + coalesce(b.earlier_count, 0) + coalesce(s.earlier_count, 0) AS ordinal
       FROM fresh f LEFT JOIN beside b USING (id) LEFT JOIN stored s USING (id)
      ORDER BY f.position)
INSERT INTO reshare
       (id, asn_id, share_id, resharer_key, ordinal, reshared_at, observed_at, ingest_seq,
        is_withdrawn)
SELECT id, asn_id, share_id, resharer_key, ordinal, reshared_at, observed_at,
       nextval('ingest_seq'), false
  FROM numbered
ON CONFLICT (asn_id, share_id, resharer_key) DO NOTHING
RETURNING asn_id, id, share_id
"""


async def store_reshares(transaction: Connection, rows: Sequence[NewReshare]) -> StoredCount:
    """Store reshares in the order given, which is their ingest order; repeats change nothing.

    A reshare that is stored already only gains the network's time; its ordinal never changes. Rows
    are dropped whose share is not stored or whose holder does not agree to be followed.
    """
    kept = await _of_agreeing_holders(transaction, rows)
    if not kept:
        return StoredCount(dropped_count=len(rows))
    await _STAGE.fill(
        transaction,
        (
            (n, new_id(), r.asn_id, r.share_id, r.resharer_key, r.reshared_at, r.observed_at)
            for n, r in enumerate(kept)
        ),
    )
    changed = await transaction.fetch(_FILL)
    await transaction.execute(_FORGET_KNOWN)
    window = timedelta(days=Parameters().repeat_window_days)
    stored = await transaction.fetch(_INSERT, window)
    new = [StoredRow(row["asn_id"], row["id"]) for row in stored]
    await remeasure(transaction, ((row["asn_id"], row["share_id"]) for row in (*stored, *changed)))
    return StoredCount(
        new_count=len(new),
        changed_count=len(changed),
        unchanged_count=len(kept) - len(new) - len(changed),
        dropped_count=len(rows) - len(kept),
        new_rows=tuple(new),
    )


async def _of_agreeing_holders(
    transaction: Connection, rows: Sequence[NewReshare]
) -> list[NewReshare]:
    accounts = await _accounts(transaction, rows)
    agreed = await lock_for_ingest(transaction, accounts.values())
    return [row for row in rows if (row.asn_id, accounts.get((row.asn_id, row.share_id))) in agreed]


async def _accounts(
    transaction: Connection, rows: Sequence[NewReshare]
) -> dict[tuple[UUID, UUID], UUID]:
    found = await transaction.fetch(
        _ACCOUNTS, [row.asn_id for row in rows], [row.share_id for row in rows]
    )
    return {(row["asn_id"], row["id"]): row["account_id"] for row in found}
