"""The role and the database that the application uses; it never connects as `postgres`."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import asyncpg

from api.errors import StartupFailure
from api.local.files import disk_full
from api.local.ports import HOST
from api.local.state import State

_Result = TypeVar("_Result")
_CONNECT_SECONDS = 10


def create_role(state: State, *, may_create_databases: bool) -> None:
    """Make role and database `gema` where they are missing, as the superuser."""
    ability = "CREATEDB" if may_create_databases else "NOCREATEDB"

    async def create(connection: asyncpg.Connection) -> None:
        exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = 'gema'")
        verb = "ALTER" if exists else "CREATE"
        # Hexadecimal by construction, so quoting it is safe; a role takes no parameters.
        password = state.passwords["gema"]
        await connection.execute(
            f"{verb} ROLE gema LOGIN NOSUPERUSER {ability} PASSWORD '{password}'"
        )
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'gema'"):
            await connection.execute("CREATE DATABASE gema OWNER gema")

    _run(state, "postgres", create)


def require_answer(state: State) -> None:
    """Ask the database something as the application would."""

    async def ask(connection: asyncpg.Connection) -> None:
        await connection.fetchval("SELECT 1")

    _run(state, "gema", ask)


def _run(
    state: State, role: str, ask: Callable[[asyncpg.Connection], Awaitable[_Result]]
) -> _Result:
    async def connected() -> _Result:
        connection = await asyncpg.connect(
            host=HOST,
            port=state.ports["postgres"],
            user=role,
            password=state.passwords[role],
            database=role,
            ssl=False,
            timeout=_CONNECT_SECONDS,
        )
        try:
            return await ask(connection)
        finally:
            await connection.close()

    try:
        # In a thread of its own: the caller's thread may be running a loop.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(connected())).result()
    except asyncpg.DiskFullError as error:
        raise disk_full(Path("postgres")) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        text = f"PostgreSQL did not serve its role {role!r}: {type(error).__name__}."
        raise StartupFailure("DATABASE_REFUSED", text) from error
