"""How every process opens PostgreSQL, and how reads and actions get a connection."""

import gc
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from dataclasses import dataclass
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from asyncpg import Connection, InterfaceError, connect
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.migrations.api.migrate import migrate
from tortoise.transactions import in_transaction

from api.models.applied import require_known
from api.settings import TORTOISE_ORM
from api.telemetry.pool import IN_USE, WAIT
from api.telemetry.traces import part


@dataclass(frozen=True, slots=True)
class Pool:
    """The size and the limits of one process's connections."""

    minimum: int
    maximum: int
    command_seconds: int
    statement_seconds: int
    name: str


API_POOL = Pool(minimum=2, maximum=10, command_seconds=15, statement_seconds=10, name="gema-api")
WORKER_POOL = Pool(
    minimum=2, maximum=12, command_seconds=55, statement_seconds=50, name="gema-worker"
)
COMMAND_POOL = Pool(
    minimum=1, maximum=4, command_seconds=600, statement_seconds=590, name="gema-command"
)

_MIGRATION_LOCK = 7_236_501


@asynccontextmanager
async def open_database(database_url: str, pool: Pool) -> AsyncIterator[None]:
    """Open the pool of this process for the time of the context; no connection is made yet."""
    await Tortoise.init(config=_configuration(database_url, pool), _enable_global_fallback=True)
    client = get_connection("default")
    try:
        yield
    finally:
        _keep_closed(client)
        await Tortoise.close_connections()


def _keep_closed(client: BaseDBAsyncClient) -> None:
    """Refuse a task that comes while the pool closes: Tortoise would open another for it.

    Nobody would ever close that one.
    """

    async def refuse(with_db: bool) -> None:
        raise InterfaceError("pool is closed")

    client.create_connection = refuse  # type: ignore[method-assign]


def connection() -> AbstractAsyncContextManager[Connection]:
    """Return a context that lends a connection outside any transaction.

    Never call a network inside it.
    """
    return _lent(_name_of(sys._getframe(1)))  # noqa: SLF001


def transaction() -> AbstractAsyncContextManager[Connection]:
    """Lend a connection inside one transaction: commit at the end, roll back on an exception."""
    return _transaction(_name_of(sys._getframe(1)))  # noqa: SLF001


def _name_of(caller: FrameType) -> str:
    """Return the read or action that asks, such as `reads.badge.badges_of`: its name in traces."""
    module = caller.f_globals.get("__name__", "").removeprefix("api.")
    return f"{module}.{caller.f_code.co_name}"


@asynccontextmanager
async def _lent(name: str) -> AsyncIterator[Connection]:
    with part("sql", statement=name):
        started = time.perf_counter()
        async with get_connection("default").acquire_connection() as lent:
            with _counted(started):
                yield lent


@asynccontextmanager
async def _transaction(name: str) -> AsyncIterator[Connection]:
    with part("sql", statement=name):
        started = time.perf_counter()
        async with AsyncExitStack() as stack:
            outer = await _begin(stack)
            with _counted(started):
                yield await stack.enter_async_context(outer.acquire_connection())


@contextmanager
def _counted(started: float) -> Iterator[None]:
    WAIT.observe(time.perf_counter() - started)
    with IN_USE.track_inprogress():
        yield


async def _begin(stack: AsyncExitStack) -> TransactionalDBClient:
    """Begin a transaction.

    When BEGIN fails, Tortoise 1.1.9 keeps the connection and leaves it as the current one of this
    asyncio task, so that a loop would never get another one. Leaving the context undoes both.
    """
    context = in_transaction("default")
    try:
        return await stack.enter_async_context(context)
    except BaseException as failed:
        with suppress(Exception):
            await context.__aexit__(type(failed), failed, None)
        raise


def _configuration(database_url: str, pool: Pool) -> dict[str, Any]:
    parts = urlsplit(database_url)
    credentials = {
        "host": parts.hostname,
        "port": parts.port or 5432,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/"),
        "minsize": pool.minimum,
        "maxsize": pool.maximum,
        "application_name": pool.name,
        "timeout": 5,
        "command_timeout": pool.command_seconds,
        "server_settings": {
            "statement_timeout": str(pool.statement_seconds * 1000),
            "lock_timeout": "3000",
            "idle_in_transaction_session_timeout": "30000",
            "TimeZone": "UTC",
        },
        "init": _prepare,
    }
    engine = {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
    return {**TORTOISE_ORM, "connections": {"default": engine}}


async def _prepare(lent: Connection) -> None:
    await lent.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


def _encode_jsonb(value: object) -> bytes:
    # Tortoise hands over text that is JSON already; our own statements hand over objects.
    return b"\x01" + (value.encode() if isinstance(value, str) else orjson.dumps(value))


def _decode_jsonb(data: bytes) -> Any:  # noqa: ANN401
    return orjson.loads(data[1:])


async def apply_migrations(database_url: str) -> None:
    """Bring the schema up to date; two processes that start together wait for one another.

    Tortoise takes no lock, so an advisory lock is held on a connection of its own.

    Raises:
        StartupFailure: the database was made by another version.
    """
    guard = await connect(database_url)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", _MIGRATION_LOCK)
        await require_known(guard)
        with _rare_collections():
            await migrate(config=_configuration(database_url, COMMAND_POOL))
    finally:
        await Tortoise.close_connections()
        await guard.close()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let the collector look less often: Tortoise copies all its models for every operation.

    Looking at each copy took more than half of the time of a first start.
    """
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
