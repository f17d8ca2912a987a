"""The audit trail, and whether its chain is whole.

The chain is computed again by the database alone, from the columns: see `api.domain.audit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.audit import GENESIS
from api.models import connection
from api.reads import scope
from api.reads.conditions import Condition, all_of
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_TIME = Keyset(
    "auditEvents.AT",
    (Key("e.at", Kind.TIME, is_descending=True), Key("e.id", Kind.UUID, is_descending=True)),
)

UNSEALED_SECONDS = 60

_ROW_HASH = """
encode(sha256(convert_to(jsonb_build_array(
    e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.actor, e.role,
    e.agency_id::text, e.action, e.object_type, e.object_id::text, e.before_sha256, e.after_sha256,
    e.reason, e.request_id, e.operation, e.document_sha256)::text, 'UTF8')), 'hex')
"""
_CHAIN = f"""
WITH computed AS (
    SELECT e.sequence, e.previous_hash, e.row_hash, {_ROW_HASH} AS found_hash
      FROM audit_event e WHERE e.sequence IS NOT NULL
), linked AS (
    SELECT c.*, encode(sha256(convert_to(
               c.sequence || ':' || c.previous_hash || ':' || c.found_hash, 'UTF8')), 'hex') AS link
      FROM computed c
), chained AS (
    SELECT l.*, lag(l.sequence, 1, 0::bigint) OVER chain AS earlier,
           lag(l.link, 1, $1::text) OVER chain AS earlier_link
      FROM linked l WINDOW chain AS (ORDER BY l.sequence)
), whole AS (
    SELECT coalesce(bool_and(row_hash = found_hash AND sequence = earlier + 1
                             AND previous_hash = earlier_link), true) AS is_linked,
           coalesce(max(sequence), 0) AS sequence
      FROM chained
)
SELECT w.is_linked AND w.sequence = coalesce(h.sequence, 0)
       AND coalesce((SELECT link FROM linked WHERE linked.sequence = h.sequence), $1)
         = coalesce(h.hash, $1)
       AND NOT EXISTS (
           SELECT 1 FROM audit_event e
            WHERE e.sequence IS NULL
              AND (e.row_hash <> {_ROW_HASH}
                   OR e.at < now() - make_interval(secs => {UNSEALED_SECONDS})))
  FROM whole w LEFT JOIN audit_head h ON h.id = 1
"""
_COLUMNS = """
e.id, e.at, e.actor, e.role, e.action, e.object_type, e.object_id, e.reason, e.request_id,
e.operation, e.document_sha256, e.row_hash, e.sequence, e.previous_hash
"""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the trail."""

    id: UUID
    at: datetime
    actor: str
    role: str
    action: str
    object_type: str
    object_id: UUID | None
    reason: str | None
    request_id: str | None
    operation: str | None
    document_sha256: str | None
    row_hash: str
    sequence: int | None
    previous_hash: str | None

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a record."""
        return cls(*(record[name] for name in cls.__slots__))


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted; nothing given means all."""

    actor: str | None = None
    action: str | None = None
    object_id: UUID | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows of audit_event e."""
        return all_of(
            start_index,
            (
                ("e.actor = {}::text", self.actor),
                ("e.action = {}::text", self.action),
                ("e.object_id = {}::uuid", self.object_id),
            ),
        )


def _reached(viewer: Viewer, narrowed: AuditFilter, start_index: int) -> Condition:
    visible = scope.agencies(viewer, "e.agency_id", start_index)
    return visible.and_(narrowed.condition(start_index + len(visible.parameters)))


async def audit_events(viewer: Viewer, narrowed: AuditFilter, page: PageRequest) -> Page[AuditRow]:
    """Return one page of what people of the viewer's scope did, newest first."""
    window = page.open(BY_TIME, narrowed_by=narrowed)
    where = _reached(viewer, narrowed, 1)
    statement = f"""
        SELECT {_COLUMNS}, {window.key_columns} FROM audit_event e
         WHERE {where.sql} AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, AuditRow.of)


async def count_audit_events(viewer: Viewer, narrowed: AuditFilter) -> int:
    """Return how many rows the same request reaches."""
    where = _reached(viewer, narrowed, 1)
    async with connection() as db:
        found: int = await db.fetchval(
            f"SELECT count(*) FROM audit_event e WHERE {where.sql}", *where.parameters
        )
    return found


async def audit_events_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, AuditRow]:
    """Return those of these rows that the viewer may see."""
    visible = scope.agencies(viewer, "e.agency_id", 2)
    statement = f"""
        SELECT {_COLUMNS} FROM audit_event e WHERE e.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: AuditRow.of(record) for record in records}


async def chain_is_intact() -> bool:
    """Compute the whole chain again: nothing changed, nothing missing, no tail left unsealed."""
    async with connection() as db:
        found: bool = await db.fetchval(_CHAIN, GENESIS)
    return found
