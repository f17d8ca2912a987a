"""Brings a database up to date: the tables, then the reference rows that the product ships."""

import asyncio
from collections.abc import Mapping

from api.actions.reference import ensure_reference_rows
from api.models import COMMAND_POOL, apply_migrations, open_database


def migrate(environment: Mapping[str, str]) -> None:
    """Apply what is missing to the database that `DATABASE_URL` of the environment names."""
    asyncio.run(_migrate(environment["DATABASE_URL"]))


async def _migrate(database_url: str) -> None:
    await apply_migrations(database_url)
    async with open_database(database_url, COMMAND_POOL):
        await ensure_reference_rows()
