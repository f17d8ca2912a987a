"""Importing texts as if they were files, and looking at what was stored."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest

from api.actions.intake import ImportKind
from api.cli.imports import import_file
from api.settings import Settings

T = TypeVar("T")

AGENCIES = "code,name,kind\nKEM-1,Kementerian Contoh,MINISTRY\nKEM-2,Kementerian Lain,MINISTRY\n"


@dataclass(frozen=True)
class Imported:
    """What the command answered."""

    exit_code: int
    output: str

    @property
    def summary(self) -> str:
        return self.output.strip().splitlines()[-1]


@dataclass(frozen=True)
class Importer:
    """The command, one database, and a folder for files."""

    settings: Settings
    folder: Path
    screen: pytest.CaptureFixture[str]

    def __call__(self, kind: str, content: str | bytes | Path, **flags: bool) -> Imported:
        file = content if isinstance(content, Path) else self.folder / "rows.csv"
        if not isinstance(content, Path):
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        options = {"is_dry_run": False, "is_all_or_nothing": False} | flags
        self.screen.readouterr()
        code = import_file(ImportKind(kind), file, settings=self.settings, **options)
        return Imported(code, self.screen.readouterr().out)

    def good(self, kind: str, content: str | bytes | Path, **flags: bool) -> Imported:
        """Import a file in which every row must be fine."""
        done = self(kind, content, **flags)
        assert done.exit_code == 0, done.output
        return done

    def rows(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        return run(self._ask(lambda db: db.fetch(statement, *arguments)))

    def value(self, statement: str, *arguments: object) -> Any:
        return self.rows(statement, *arguments)[0][0]

    def contents(self) -> dict[str, list[str]]:
        """Return every row of every table, to see that nothing at all has changed."""

        async def read(db: asyncpg.Connection) -> dict[str, list[str]]:
            tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            queries = {name: f'SELECT t::text FROM "{name}" t' for (name,) in tables}  # noqa: S608
            return {name: sorted(r[0] for r in await db.fetch(q)) for name, q in queries.items()}

        return run(self._ask(read))

    async def _ask(self, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        connection = await asyncpg.connect(self.settings.database_url, ssl=False)
        try:
            return await question(connection)
        finally:
            await connection.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine from a test that is none, as the command does."""
    return asyncio.run(work)


def number(serial: int) -> str:
    """Return an invented employee number."""
    return f"199001012020011{serial:03}"


def people(*serials: int) -> str:
    """Return a file of people, all of one ministry."""
    rows = [f"{number(n)},PNS,Contoh {n},KEM-1,2020-01-01" for n in serials]
    return "\n".join(["employee_number,employment_kind,full_name,agency_code,from_on", *rows])


def accounts(*serials: int, verified_at: str = "2024-01-01T00:00:00Z") -> str:
    """Return a file of accounts on X: person 1 has the account 1001."""
    rows = [f"{number(n)},X,{1000 + n},contoh_{n},{verified_at}," for n in serials]
    header = "employee_number,platform,platform_user_id,handle,verified_at,last_active_at"
    return "\n".join([header, *rows])


def consents(*serials: int, withdrawn_at: str = "") -> str:
    """Return a file of consents to be followed on X."""
    granted_at = "2024-02-01T00:00:00Z"
    rows = [
        f"{number(n)},ACCOUNT_TRACKING,X,{1000 + n},{granted_at},{withdrawn_at},v1" for n in serials
    ]
    header = (
        "employee_number,purpose,platform,platform_user_id,granted_at,withdrawn_at,text_version"
    )
    return "\n".join([header, *rows])
