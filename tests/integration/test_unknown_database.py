"""A database that another version of Gema has made."""

import asyncpg
import pytest

from api.errors import StartupFailure
from api.models import apply_migrations
from api.settings import Settings

TABLES = "SELECT count(*) FROM pg_class WHERE relkind = 'r'"


async def test_a_database_of_another_version_is_refused_and_left_as_it_is(
    settings: Settings,
) -> None:
    connection = await asyncpg.connect(settings.database_url, ssl=False)
    try:
        await connection.execute(
            "UPDATE tortoise_migrations SET name = '0002_of_before' WHERE name LIKE '0002%'"
        )
        before = await connection.fetchval(TABLES)

        with pytest.raises(StartupFailure, match="0002_of_before") as refused:
            await apply_migrations(settings.database_url)

        assert refused.value.code == "DATABASE_UNKNOWN"
        assert "gema run --fresh" in refused.value.message
        assert await connection.fetchval(TABLES) == before
    finally:
        await connection.close()
