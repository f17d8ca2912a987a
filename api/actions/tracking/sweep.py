"""A sweep reads one list of a network from start to end, over as many runs as it takes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from asyncpg import Connection

from api.actions.outbox import CursorRef, Lease
from api.domain.platform import Coverage
from api.models import new_id

T = TypeVar("T")

# Networks keep a continuation for about an hour; an older one starts the sweep again.
CURSOR_LIFE = timedelta(hours=1)

_BEGIN = """
INSERT INTO sync_cursor AS c (id, platform, list_name, object_ref, sweep_started_at, sweep_count,
                              seen, coverage, updated_at)
VALUES ($1, $2, $3, $4, now(), 0, '[]', 'UNKNOWN', now())
ON CONFLICT (platform, list_name, object_ref) DO UPDATE
   SET cursor = CASE WHEN c.cursor_expires_at > now() THEN c.cursor END,
       seen = CASE WHEN c.cursor_expires_at > now() AND c.cursor IS NOT NULL THEN c.seen
                   ELSE '[]' END,
       listed_count = CASE WHEN c.cursor_expires_at > now() AND c.cursor IS NOT NULL
                           THEN c.listed_count ELSE 0 END,
       sweep_started_at = CASE WHEN c.cursor_expires_at > now() AND c.cursor IS NOT NULL
                               THEN c.sweep_started_at ELSE now() END,
       updated_at = now()
RETURNING cursor, listed_count
"""
_RESTART = """
UPDATE sync_cursor
   SET cursor = NULL, cursor_expires_at = NULL, seen = '[]', listed_count = 0,
       sweep_started_at = now(), updated_at = now()
 WHERE platform = $1 AND list_name = $2 AND object_ref = $3
"""
_ADVANCE = """
UPDATE sync_cursor
   SET cursor = $4, cursor_expires_at = now() + $5, seen = seen || $6::jsonb,
       listed_count = $7, error_code = NULL, updated_at = now()
 WHERE platform = $1 AND list_name = $2 AND object_ref = $3
RETURNING seen
"""
_COMPLETE = """
UPDATE sync_cursor
   SET cursor = NULL, cursor_expires_at = NULL, sweep_completed_at = now(), not_before = NULL,
       watermark_at = greatest(watermark_at, sweep_started_at),
       sweep_count = sweep_count + 1, coverage = $4, error_code = $5, seen = '[]',
       listed_count = 0, updated_at = now()
 WHERE platform = $1 AND list_name = $2 AND object_ref = $3
"""


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One page of a list; the list ends where there is no continuation.

    `listed_count` says how many items the sweep has shown so far.
    """

    items: tuple[T, ...]
    next_cursor: str | None
    coverage: Coverage = Coverage.COMPLETE
    listed_count: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """Where a sweep goes on: the continuation, None at the start, and what was listed before it."""

    cursor: str | None = None
    listed_count: int = 0


async def begin_sweep(lease: Lease, ref: CursorRef) -> Start:
    """Return where the sweep of a list goes on."""
    async with lease.transaction() as db:
        return await begin(db, ref)


async def restart_sweep(lease: Lease, ref: CursorRef) -> None:
    """Drop a continuation that the network refuses, with all that it covered."""
    async with lease.transaction() as db:
        await db.execute(_RESTART, *identity(ref))


async def close_sweep(lease: Lease, ref: CursorRef, error_code: str) -> None:
    """End a sweep that the network refused for good; nothing is concluded from it."""
    async with lease.transaction() as db:
        await complete(db, ref, Coverage.UNKNOWN, error_code)
        await lease.finish(db)


async def begin(db: Connection, ref: CursorRef) -> Start:
    """Open the cursor of a list inside a transaction."""
    row = await db.fetchrow(_BEGIN, new_id(), *identity(ref))
    return Start(row["cursor"], row["listed_count"])


async def advance(
    db: Connection, ref: CursorRef, page: ListPage[T], keys: Collection[str]
) -> set[str]:
    """Save the continuation and what the page showed; return all that this sweep has seen."""
    told = (page.next_cursor, CURSOR_LIFE, sorted(keys), page.listed_count)
    seen = await db.fetchval(_ADVANCE, *identity(ref), *told)
    return set(seen)


async def complete(
    db: Connection, ref: CursorRef, coverage: Coverage, error_code: str | None = None
) -> None:
    """Write the mark of a finished sweep."""
    await db.execute(_COMPLETE, *identity(ref), coverage.value, error_code)


def identity(ref: CursorRef) -> tuple[str, str, str]:
    """Return the unique key of a cursor row."""
    return ref.platform.value, ref.list_name, ref.object_ref
