"""Stores shares: each once, with its slot, its place in the ingest order and its evidence."""

from collections.abc import Iterator, Sequence
from functools import cache

from asyncpg import Connection

from api.actions.gains import remeasure
from api.actions.shares.locks import lock_for_ingest
from api.actions.shares.rows import NewShare, StoredCount, StoredRow
from api.actions.shares.visitors import append_visitors
from api.actions.stage import Stage
from api.domain.amplification import offered_metrics
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.models import new_id

LEVELS = [level.value for level in EvidenceLevel]

_STAGE = Stage(
    "share_stage",
    {
        "position": "int",
        "id": "uuid",
        "evidence_id": "uuid",
        "asn_id": "uuid",
        "program_post_id": "uuid",
        "account_id": "uuid",
        "platform": "text",
        "kind": "text",
        "key": "text",
        "native_id": "text",
        "url": "text",
        "shared_at": "timestamptz",
        "time_source": "text",
        "first_observed_at": "timestamptz",
        "offered_metrics": "jsonb",
        "mechanism": "text",
        "level": "text",
        "reference": "text",
    },
)
# One post of a holder is one share, by whatever kind another way of seeing it calls it.
_ADOPT = """
UPDATE share_stage g SET key = s.key, kind = s.kind, offered_metrics = s.offered_metrics
  FROM share s
 WHERE s.asn_id = g.asn_id AND s.platform = g.platform AND s.native_id = g.native_id
   AND s.key <> g.key
"""
_KEYS = "SELECT DISTINCT key FROM share_stage"
_INSERT = """
WITH unknown AS (
     SELECT DISTINCT ON (g.asn_id, g.key) g.*
       FROM share_stage g LEFT JOIN share s ON s.asn_id = g.asn_id AND s.key = g.key
      WHERE s.id IS NULL ORDER BY g.asn_id, g.key, g.position),
taken AS (
     SELECT asn_id, program_post_id, platform, max(post_slot) AS post_slot
       FROM share WHERE asn_id IN (SELECT asn_id FROM unknown) GROUP BY 1, 2, 3),
numbered AS (
     SELECT u.*, coalesce(t.post_slot, 0) + row_number() OVER (
              PARTITION BY asn_id, program_post_id, platform ORDER BY position) AS post_slot
       FROM unknown u LEFT JOIN taken t USING (asn_id, program_post_id, platform)
      ORDER BY position)
INSERT INTO share
       (id, asn_id, program_post_id, account_id, platform, kind, key, native_id, url, shared_at,
        time_source, post_slot, ingest_seq, offered_metrics, evidence_level, review, presence,
        missed_sweep_count, first_observed_at)
SELECT id, asn_id, program_post_id, account_id, platform, kind, key, native_id, url, shared_at,
       time_source, post_slot, nextval('ingest_seq'), offered_metrics, level, 'CLEAR', 'LIVE', 0,
       first_observed_at
  FROM numbered
ON CONFLICT (asn_id, key) DO NOTHING
RETURNING asn_id, id
"""
_FILL = """
WITH seen AS (
     SELECT DISTINCT ON (asn_id, key) * FROM share_stage
      ORDER BY asn_id, key, time_source DESC, position DESC)
UPDATE share s
   SET native_id = coalesce(seen.native_id, s.native_id), url = coalesce(s.url, seen.url),
       shared_at = CASE WHEN s.time_source < seen.time_source THEN seen.shared_at
                        ELSE s.shared_at END,
       time_source = greatest(s.time_source, seen.time_source)
  FROM seen
 WHERE s.asn_id = seen.asn_id AND s.key = seen.key
   AND (s.native_id IS DISTINCT FROM coalesce(seen.native_id, s.native_id)
        OR (s.url IS NULL AND seen.url IS NOT NULL) OR s.time_source < seen.time_source)
RETURNING s.asn_id, s.id
"""
_PROVE = """
WITH offered AS (
     SELECT DISTINCT ON (s.asn_id, s.id, g.mechanism) g.evidence_id, s.asn_id, s.id AS share_id,
            g.mechanism, g.level, g.reference, g.first_observed_at
       FROM share_stage g JOIN share s ON s.asn_id = g.asn_id AND s.key = g.key
      ORDER BY s.asn_id, s.id, g.mechanism, array_position($1::text[], g.level) DESC, g.position),
proof AS (
     INSERT INTO share_evidence AS e
            (id, asn_id, share_id, mechanism, level, reference, observed_at)
     SELECT * FROM offered
     ON CONFLICT (asn_id, share_id, mechanism) DO UPDATE
        SET level = excluded.level, reference = excluded.reference,
            observed_at = excluded.observed_at
      WHERE e.withdrawn_at IS NULL
        AND array_position($1, excluded.level::text) > array_position($1, e.level::text)
     RETURNING asn_id, share_id, level),
best AS (
     SELECT asn_id, share_id, max(array_position($1, level::text)) AS place
       FROM proof GROUP BY 1, 2),
raised AS (
     UPDATE share s SET evidence_level = ($1)[best.place] FROM best
      WHERE s.asn_id = best.asn_id AND s.id = best.share_id
        AND best.place > array_position($1, s.evidence_level::text))
SELECT asn_id, share_id AS id FROM best
"""

# From here on the list of resharers is known: a file of reshares adds to it.
_BEGIN_LISTS = """
INSERT INTO metric_observation
       (id, asn_id, share_id, metric, value, source, observed_at, ingest_seq)
SELECT new_id(), asn_id, id, 'RESHARERS', 0, 'IMPORT', shared_at, nextval('ingest_seq')
  FROM (SELECT s.asn_id, s.id, s.shared_at
          FROM unnest($1::uuid[], $2::uuid[]) AS n(asn_id, id)
          JOIN share s ON s.asn_id = n.asn_id AND s.id = n.id
         WHERE s.offered_metrics @> '["RESHARERS"]' ORDER BY s.ingest_seq) new
ON CONFLICT (asn_id, share_id, metric, source, observed_at) DO NOTHING
"""


async def store_shares(
    transaction: Connection, rows: Sequence[NewShare], *, lists_begin: bool = False
) -> StoredCount:
    """Store shares in the order given, which is their ingest order; repeats change nothing.

    A share that is stored already has its gaps filled and its evidence raised. Rows of accounts
    whose owner does not agree to be followed are dropped: consent is locked until the commit.
    With `lists_begin` the whole list of resharers will be handed in, and is empty until then.
    """
    agreed = await lock_for_ingest(transaction, (row.account_id for row in rows))
    kept = [row for row in rows if (row.asn_id, row.account_id) in agreed]
    if not kept:
        return StoredCount(dropped_count=len(rows))
    await _STAGE.fill(transaction, _staged(kept))
    await transaction.execute(_ADOPT)
    new = await _stored_rows(transaction, _INSERT)
    changed = {*await _stored_rows(transaction, _FILL)}
    changed.update(await _stored_rows(transaction, _PROVE, LEVELS))
    changed.difference_update(new)
    if lists_begin:
        await transaction.execute(_BEGIN_LISTS, [row.asn_id for row in new], [r.id for r in new])
    # A link may have been visited before its share was seen.
    await append_visitors(transaction, ((row.asn_id, row.id) for row in new))
    await remeasure(transaction, ((row.asn_id, row.id) for row in (*new, *changed)))
    return StoredCount(
        new_count=len(new),
        changed_count=len(changed),
        unchanged_count=len(kept) - len(new) - len(changed),
        dropped_count=len(rows) - len(kept),
        new_rows=tuple(new),
        keys=frozenset(row["key"] for row in await transaction.fetch(_KEYS)),
    )


async def _stored_rows(
    transaction: Connection, statement: str, *arguments: object
) -> list[StoredRow]:
    return [StoredRow(*row) for row in await transaction.fetch(statement, *arguments)]


def _staged(rows: Sequence[NewShare]) -> Iterator[tuple[object, ...]]:
    for position, row in enumerate(rows):
        yield (
            position,
            new_id(),
            new_id(),
            row.asn_id,
            row.program_post_id,
            row.account_id,
            row.platform.value,
            row.kind.value,
            row.key,
            row.native_id,
            row.url,
            row.shared_at,
            "OBSERVED" if row.is_time_observed else "PLATFORM",
            row.first_observed_at,
            _offered(row.platform, row.kind),
            row.evidence.mechanism,
            row.evidence.level.value,
            row.evidence.reference,
        )


@cache
def _offered(platform: Platform, kind: ShareKind) -> list[str]:
    return sorted(metric.value for metric in offered_metrics(platform, kind))
