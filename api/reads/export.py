"""Exports, and what stands in the file of an invite list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope
from api.reads.card import AGENCY_NAME
from api.reads.sureness import SURENESS, drawn

_EXPORT = """
SELECT id, format,
       CASE WHEN status = 'READY' AND expires_at <= now() THEN 'EXPIRED'
            WHEN status IN ('REQUESTED', 'RUNNING')
                 AND EXISTS (SELECT 1 FROM dead_letter d WHERE d.key = 'build_export:' || export.id
                                AND d.replayed_at IS NULL) THEN 'FAILED'
            ELSE status END AS status, row_count, sha256, expires_at
  FROM export WHERE id = ANY($1::uuid[])
"""
_HEAD = """
SELECT l.id AS list_id, l.status, l.sha256, l.seed, l.solver, l.score_run_id, r.model, r.as_of,
       r.rows_sha256, ev.id AS event_id, ev.title, ev.venue, ev.starts_at, ev.ends_at,
       ev.status AS event_status, ev.version AS event_version,
       (SELECT p.code || ' v' || p.version FROM eligibility_policy p WHERE p.state = 'ACTIVE'
           AND p.code = $2 ORDER BY p.version DESC LIMIT 1) AS policy,
       (SELECT coalesce(jsonb_agg(o.action || ' ' || a.full_name || ': ' || o.reason
                                  || CASE WHEN o.breaks = '[]' THEN ''
                                     ELSE ' (breaks a quota, confirmed by a second person)' END
                                  ORDER BY o.asked_at), '[]')
          FROM invite_list_override o JOIN asn a ON a.id = o.asn_id
         WHERE o.invite_list_id = l.id AND o.after_sha256 IS NOT NULL) AS overrides
  FROM invite_list l JOIN event ev ON ev.id = l.event_id JOIN score_run r ON r.id = l.score_run_id
"""
_ROWS = f"""
SELECT e.seat, e.waiting_position, e.decision, e.rank, e.score, {SURENESS}, a.full_name AS name,
       ag.code AS agency_code, {AGENCY_NAME} AS agency, pr.name AS province,
       i.status AS invitation, i.answer_by, i.answered_at, i.checked_in_at,
       (SELECT string_agg(item->>'message', ' ') FROM jsonb_array_elements(e.reasons) item)
       AS reasons
  FROM invite_list_entry e
  JOIN invite_list l ON l.id = e.invite_list_id
  JOIN asn a ON a.id = e.asn_id
  LEFT JOIN agency ag ON ag.id = (e.facts->>'agency')::uuid
  LEFT JOIN province pr ON pr.id = (e.facts->>'province')::uuid
  LEFT JOIN invitation i ON i.invite_list_id = e.invite_list_id AND i.asn_id = e.asn_id
  {drawn("e", "l.score_run_id", "l.id")}
"""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as its requester sees it."""

    id: UUID
    format: str
    status: str
    row_count: int | None
    sha256: str | None
    expires_at: datetime | None


async def exports_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ExportRow]:
    """Return those of these exports that the viewer asked for."""
    statement = f"{_EXPORT} AND requested_by = $2"
    async with connection() as db:
        records = await db.fetch(statement, list(ids), viewer.subject)
    return {record["id"]: ExportRow(*record) for record in records}


async def export_states(ids: Sequence[UUID]) -> dict[UUID, ExportRow]:
    """Return how these exports stand, for those who were let in to watch them."""
    async with connection() as db:
        records = await db.fetch(_EXPORT, list(ids))
    return {record["id"]: ExportRow(*record) for record in records}


async def list_head(viewer: Viewer, list_id: UUID, policy_code: str) -> Record | None:
    """Return what names a list in a file: run, versions, seed, hash, event and overrides."""
    visible = scope.invite_lists(viewer, "ev", 3)
    statement = f"{_HEAD} WHERE l.id = $1 AND {visible.sql}"
    async with connection() as db:
        return await db.fetchrow(statement, list_id, policy_code, *visible.parameters)


async def list_rows(viewer: Viewer, list_id: UUID) -> list[dict[str, Any]]:
    """Return every row of a list that the caller already sees; strangers' rows are left out."""
    known = scope.asns(viewer, "e.asn_id", 2)
    statement = f"{_ROWS} WHERE e.invite_list_id = $1 AND {known.sql} ORDER BY e.position"
    async with connection() as db:
        return [dict(row) for row in await db.fetch(statement, list_id, *known.parameters)]
