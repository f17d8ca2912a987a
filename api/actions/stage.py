"""Temporary tables through which many rows reach the database: COPY, then one statement a step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asyncpg import Connection


@dataclass(frozen=True, slots=True)
class Stage:
    """A temporary table of this connection; a commit empties it."""

    name: str
    columns: Mapping[str, str]

    async def fill(self, transaction: Connection, rows: Iterable[tuple[object, ...]]) -> None:
        """Replace the content by these rows, each in the order of the columns."""
        columns = ", ".join(f"{column} {kind}" for column, kind in self.columns.items())
        await transaction.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.name} ({columns}) ON COMMIT DELETE ROWS;"
            f"TRUNCATE {self.name}"
        )
        await transaction.copy_records_to_table(
            self.name, records=rows, columns=tuple(self.columns)
        )

    async def add_to(
        self, transaction: Connection, table: str, rows: Iterable[tuple[object, ...]]
    ) -> int:
        """Insert rows into a table whose columns have the same names; return how many are new."""
        await self.fill(transaction, rows)
        columns = ", ".join(self.columns)
        status: str = await transaction.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {self.name}"
            " ON CONFLICT DO NOTHING"
        )
        return int(status.rsplit(" ", 1)[-1])
