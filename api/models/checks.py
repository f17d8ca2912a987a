"""The check constraint that most state columns need."""

from collections.abc import Iterable

from tortoise.migrations.constraints import CheckConstraint


def one_of(table: str, column: str, values: Iterable[str]) -> CheckConstraint:
    """Return a constraint that allows only the given values in a text column."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(check=f"{column} IN ({allowed})", name=f"{table}_{column}_known")
