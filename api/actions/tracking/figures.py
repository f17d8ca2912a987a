"""Appends figures of shares as a network told them; unknown is no row, never zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.outbox import Lease
from api.actions.shares import join_ingest
from api.domain.lists import ListName
from api.domain.platform import Metric
from api.models import new_id
from api.reads.tracking import MeasuredShare, OwnTarget

_AGREED = """
SELECT 1 FROM consent WHERE account_id = $1 AND purpose = 'METRICS' AND withdrawn_at IS NULL
   FOR SHARE
"""
# The people whom a list names are the better figure of resharers; the counter stands in for one.
_APPEND = """
INSERT INTO metric_observation
       (id, asn_id, share_id, metric, value, source, observed_at, ingest_seq)
SELECT $1, s.asn_id, s.id, $4::text, $5::bigint, 'COUNTER', $6, nextval('ingest_seq')
  FROM share s
 WHERE s.asn_id = $2 AND s.id = $3
   AND ($4 <> 'RESHARERS' OR s.offered_metrics @> '["RESHARERS"]' AND s.platform = ANY($7))
   AND $5 IS DISTINCT FROM (
       SELECT value FROM metric_observation m
        WHERE m.asn_id = s.asn_id AND m.share_id = s.id AND m.metric = $4 AND m.source = 'COUNTER'
        ORDER BY m.observed_at DESC, m.ingest_seq DESC LIMIT 1)
ON CONFLICT (asn_id, share_id, metric, source, observed_at) DO NOTHING
RETURNING id
"""
_READ = """
INSERT INTO sync_cursor (id, platform, list_name, object_ref, sweep_started_at, sweep_completed_at,
                         sweep_count, seen, coverage, updated_at)
SELECT new_id, $2, $3, native_id, now(), now(), 1, '[]', 'UNKNOWN', now()
  FROM unnest($1::uuid[], $4::text[]) AS read(new_id, native_id)
ON CONFLICT (platform, list_name, object_ref) DO UPDATE
   SET sweep_completed_at = now(), sweep_count = sync_cursor.sweep_count + 1, not_before = NULL,
       error_code = NULL, updated_at = now()
"""
_COUNTED_ONLY = ["FACEBOOK", "INSTAGRAM"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one share at one moment."""

    share_id: UUID
    metric: Metric
    value: int
    observed_at: datetime


async def store_figures(
    lease: Lease, target: OwnTarget, asked: Sequence[MeasuredShare], figures: Sequence[Figure]
) -> None:
    """Append what has changed and note which shares were asked about; nothing without consent."""
    async with lease.transaction() as db:
        await join_ingest(db)
        if await db.fetchval(_AGREED, target.id) is None:
            await lease.finish(db)
            return
        has_changed = False
        for one in figures:
            figure = (one.share_id, one.metric.value, one.value, one.observed_at)
            appended = await db.fetchval(_APPEND, new_id(), target.asn_id, *figure, _COUNTED_ONLY)
            has_changed |= appended is not None
        names = [share.native_id for share in asked]
        ids = [new_id() for _ in asked]
        await db.execute(_READ, ids, target.platform.value, ListName.METRICS.value, names)
        await lease.extend(db)
        if has_changed:
            await remeasure(db, {(target.asn_id, one.share_id) for one in figures})
            await ask_for_ranking(db)
