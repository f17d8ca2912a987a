"""Imports a table chunk by chunk, and counts what became of each row."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from asyncpg import Connection
from asyncpg.exceptions import TransactionRollbackError

from api.actions.intake.chunk import Chunk, Table, chunks
from api.actions.intake.kind import Importing, Kind
from api.actions.intake.report import Outcome
from api.actions.trail import Change, record
from api.models import transaction

R = TypeVar("R")

IMPORT_LOCK = 7_236_504
PAUSES_SECONDS = (0.1, 0.5)

# Two imports of one kind take turns, so that neither meets half of the other's rows.
_TAKE_TURNS = """
SELECT set_config('lock_timeout', '60s', true), pg_advisory_xact_lock($1, hashtext($2))
"""


@dataclass(frozen=True, slots=True)
class Options:
    """How an import deals with what it finds."""

    is_dry_run: bool = False
    """Report what would happen and store nothing."""
    is_all_or_nothing: bool = False
    """Store nothing if any row is refused."""
    on_progress: Callable[[int], None] = lambda _: None
    """Is told how many rows have been dealt with since it was last told."""


async def import_table(
    kind: Kind[R], table: Table, importing: Importing, options: Options
) -> Outcome:
    """Store the good rows of a table and report the others; the same table again changes nothing.

    Each chunk is one transaction with its audit row. A dry run is one transaction altogether, and
    so is all or nothing.
    """
    outcome = Outcome()
    if options.is_dry_run or options.is_all_or_nothing:
        await _at_once(kind, table, importing, options, outcome)
    else:
        for chunk in chunks(kind, table, importing):
            outcome.add(await _with_retries(kind, chunk, importing))
            options.on_progress(chunk.outcome.read_count)
    outcome.errors.sort(key=lambda error: error.line)
    return outcome


async def _at_once(
    kind: Kind[R], table: Table, importing: Importing, options: Options, outcome: Outcome
) -> None:
    async with transaction() as db:
        trial = db.transaction()
        await trial.start()
        for chunk in chunks(kind, table, importing):
            outcome.add(await _store(db, kind, chunk, importing))
            options.on_progress(chunk.outcome.read_count)
        is_spoilt = options.is_all_or_nothing and bool(outcome.errors)
        if is_spoilt:
            outcome.undo()
        await (trial.rollback() if is_spoilt or options.is_dry_run else trial.commit())


async def _with_retries(kind: Kind[R], chunk: Chunk[R], importing: Importing) -> Outcome:
    """Store a chunk, again after a pause where others stood in its way."""
    for pause_seconds in PAUSES_SECONDS:
        try:
            return await _alone(kind, chunk, importing)
        except TransactionRollbackError:
            await asyncio.sleep(pause_seconds)
    return await _alone(kind, chunk, importing)


async def _alone(kind: Kind[R], chunk: Chunk[R], importing: Importing) -> Outcome:
    async with transaction() as db:
        return await _store(db, kind, chunk, importing)


async def _store(db: Connection, kind: Kind[R], chunk: Chunk[R], importing: Importing) -> Outcome:
    total = Outcome()
    total.add(chunk.outcome)
    if chunk.records:
        await db.execute(_TAKE_TURNS, IMPORT_LOCK, kind.name)
        total.add(await kind.store(db, chunk.records, importing))
    if total.new_count or total.changed_count:
        change = Change(f"import_{kind.name}", "Import", importing.id, after=total.to_json())
        await record(db, importing.viewer, change)
    return total
