"""Every whole statement in the code is one that PostgreSQL can prepare on the migrated tables.

A parameter that is used as two types is refused only when the statement runs, so a rare path would
be the first to meet it.
"""

import ast
import re
from pathlib import Path

import asyncpg

from api.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
BEGINS = re.compile(r"\s*(INSERT|UPDATE|DELETE|SELECT|WITH)\b")
# Pieces that are put together elsewhere, and tables that exist only within a transaction.
NOT_WHOLE = (asyncpg.PostgresSyntaxError, asyncpg.UndefinedTableError)
NOT_TYPED_ALONE = asyncpg.IndeterminateDatatypeError


def statements() -> list[tuple[str, str]]:
    """Return place and text of every constant that begins like a statement."""
    return [
        (f"{file.relative_to(ROOT)}:{node.lineno}", node.value)
        for folder in ("actions", "reads", "queue.py")
        for file in _files(ROOT / "api" / folder)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and BEGINS.match(node.value)
        and "{" not in node.value
    ]


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


async def test_every_statement_can_be_prepared(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url, ssl=False)
    refused, prepared_count = [], 0
    try:
        for place, text in statements():
            try:
                await connection.prepare(text)
                prepared_count += 1
            except (*NOT_WHOLE, NOT_TYPED_ALONE):
                continue
            except asyncpg.PostgresError as error:
                refused.append((place, type(error).__name__))
    finally:
        await connection.close()

    assert refused == []
    assert prepared_count > 250
