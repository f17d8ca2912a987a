"""`gema import`: a file of rows into the database, with a report of what became of each."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from asyncpg import InterfaceError, PostgresError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from tortoise.exceptions import BaseORMException

from api.actions.intake import (
    KINDS,
    FileRefused,
    Importing,
    ImportKind,
    Options,
    Outcome,
    Table,
    import_table,
)
from api.cli.import_report import (
    print_errors,
    print_failure,
    print_refusal,
    print_summary,
    report_console,
)
from api.cli.tables import CsvFile, open_csv
from api.domain.access import SYSTEM
from api.models import COMMAND_POOL, new_id, open_database
from api.models.sealed import Sealer
from api.settings import Settings

EXIT_GOOD = 0
EXIT_REFUSED = 1


@dataclass(frozen=True, slots=True)
class _Order:
    kind: ImportKind
    is_dry_run: bool
    is_all_or_nothing: bool


def import_file(
    kind: ImportKind,
    file: Path,
    *,
    is_dry_run: bool,
    is_all_or_nothing: bool,
    settings: Settings,
) -> int:
    """Import one file and print a report; return 0 if every row was fine, else 1."""
    screen = report_console()
    order = _Order(kind, is_dry_run, is_all_or_nothing)
    try:
        with open_csv(file) as source:
            KINDS[kind].columns.check(source.header)
            outcome = asyncio.run(_import(order, source, settings, screen))
    except FileRefused as refused:
        print_refusal(screen, refused)
        return EXIT_REFUSED
    except (OSError, PostgresError, InterfaceError, BaseORMException) as error:
        print_failure(screen, error)
        return EXIT_REFUSED
    print_errors(screen, outcome)
    print_summary(screen, outcome, is_dry_run=is_dry_run)
    return EXIT_REFUSED if outcome.errors else EXIT_GOOD


async def _import(order: _Order, source: CsvFile, settings: Settings, screen: Console) -> Outcome:
    with _progress(screen, order.kind, source.row_count) as (progress, bar):
        options = Options(
            is_dry_run=order.is_dry_run,
            is_all_or_nothing=order.is_all_or_nothing,
            on_progress=lambda row_count: progress.advance(bar, row_count),
        )
        async with open_database(settings.database_url, COMMAND_POOL):
            table = Table(source.header, source.rows())
            return await import_table(KINDS[order.kind], table, _importing(settings), options)


def _importing(settings: Settings) -> Importing:
    now = datetime.now(UTC)
    return Importing(
        id=new_id(),
        viewer=SYSTEM,
        sealer=Sealer(settings.secrets),
        now=now,
        today=now.astimezone(ZoneInfo(settings.time_zone)).date(),
    )


@contextmanager
def _progress(
    screen: Console, kind: ImportKind, row_count: int
) -> Iterator[tuple[Progress, TaskID]]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        yield progress, progress.add_task(f"Importing {kind}", total=row_count)
