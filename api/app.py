"""The ASGI application: routes, middleware, lifespan, and the few objects that requests share."""

import asyncio
import gc
import logging
import logging.config
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from arq.connections import ArqRedis, RedisSettings, create_pool
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import Lifespan
from strawberry import Schema

import api.schema
from api.actions.link import store_clicks
from api.actions.outbox import Bell, decode, encode, relay
from api.errors import Unavailable
from api.http import routes
from api.http.answers import http_error
from api.http.auth import authenticator_of
from api.http.clicks import BufferLog, ClickLog, RowLog, ShelfLog
from api.http.console import console
from api.http.cors import Cors
from api.http.health import Readiness
from api.http.links import LinkRedirect
from api.http.metrics import Meters
from api.http.requests import RequestEdge
from api.models import API_POOL, open_database
from api.reads.access import agency_id_of_code
from api.reads.cursors import CursorSeal
from api.reads.health import health
from api.reads.metrics import numbers
from api.schema.allowance import Allowance
from api.schema.context import Shared
from api.schema.desk import Desk
from api.schema.persisted import PersistedDocuments
from api.schema.socket import SocketEndpoint
from api.schema.valkey_points import ValkeyLedger
from api.schema.view import GraphQLEndpoint
from api.settings import Settings
from api.telemetry.lines import LOGGING
from api.telemetry.traces import traces_to

logger = logging.getLogger("gema.doorbell")

_RING_SECONDS = 0.25
_COUNT_SECONDS = 2.0


class Doorbell:
    """Wakes the workers right after a commit. Only speed depends on it, so no error leaves it."""

    def __init__(self, redis_url: str) -> None:
        self._settings = RedisSettings.from_dsn(redis_url)
        self._settings.conn_retries = 0
        self._settings.conn_timeout = 1
        self._pool: ArqRedis | None = None
        self._connecting = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None
        self._is_wanted_again = False
        self.counts = {"heard": 0, "missed": 0}

    def ring(self) -> None:
        """Ask for a round of the relay; calls during a round ask for one more."""
        if self._running is not None and not self._running.done():
            self._is_wanted_again = True
            return
        self._running = asyncio.create_task(self._rounds())

    async def _rounds(self) -> None:
        while True:
            self._is_wanted_again = False
            await self._round()
            if not self._is_wanted_again:
                return

    async def _round(self) -> None:
        try:
            async with asyncio.timeout(_RING_SECONDS):
                await relay(self._ring_for)
            self.counts["heard"] += 1
        except Exception as error:  # noqa: BLE001 (the relay of the workers sends it anyway)
            self.counts["missed"] += 1
            logger.warning("doorbell not heard: %s", type(error).__name__)

    async def _ring_for(self, bell: Bell) -> None:
        pool = await self._connected()
        await pool.enqueue_job(
            bell.function,
            str(bell.message_id),
            _job_id=bell.job_id,
            _defer_until=bell.defer_until,
            _expires=bell.expires,
        )

    async def _connected(self) -> ArqRedis:
        async with self._connecting:
            if self._pool is None:
                self._pool = await create_pool(
                    self._settings, job_serializer=encode, job_deserializer=decode
                )
        return self._pool

    async def rpush(self, name: str, *values: bytes) -> object:
        """Append to a list in Valkey."""
        pool = await self._connected()
        return await pool.rpush(name, *values)  # type: ignore[misc]

    async def lrange(self, name: str, start: int, end: int) -> list[bytes]:
        """Read a part of a list in Valkey."""
        pool = await self._connected()
        lying: list[bytes] = await pool.lrange(name, start, end)  # type: ignore[misc]
        return lying

    async def ltrim(self, name: str, start: int, end: int) -> object:
        """Keep only a part of a list in Valkey."""
        pool = await self._connected()
        return await pool.ltrim(name, start, end)  # type: ignore[misc]

    async def count(self, name: str, seconds: int) -> int:
        """Add one to a sum in Valkey that is forgotten after some seconds; return the sum.

        Raises:
            Unavailable: Valkey does not answer.
        """
        try:
            async with asyncio.timeout(_COUNT_SECONDS):
                pool = await self._connected()
                asked = pool.pipeline()
                asked.incr(name)
                asked.expire(name, seconds, nx=True)
                total: int = (await asked.execute())[0]
        except (RedisError, OSError, TimeoutError) as error:
            raise Unavailable from error
        return total

    async def ping(self) -> object:
        """Ask Valkey whether it answers."""
        pool = await self._connected()
        return await pool.ping()

    async def require(self) -> None:
        """Refuse work that must not run uncounted while Valkey is down.

        Raises:
            Unavailable: Valkey does not answer.
        """
        try:
            async with asyncio.timeout(1):
                await self.ping()
        except (OSError, RedisError) as error:
            raise Unavailable from error

    async def close(self) -> None:
        """Let the running round end and hang up."""
        if self._running is not None:
            await self._running
        if self._pool is not None:
            await self._pool.aclose()


def create_app(settings: Settings | None = None, served: Schema | None = None) -> Starlette:
    """Return the application; a missing setting or a refused mode stops the start.

    Without settings it is the program of a process of its own, whose log is written here.
    """
    if settings is None:
        settings = Settings.from_env()
        logging.config.dictConfig(LOGGING)
    doorbell = Doorbell(settings.redis_url)
    readiness = Readiness(health, doorbell.ping, settings.access.mode)
    clicks = _click_log(settings, doorbell)
    authenticator = authenticator_of(settings, agency_id_of_code)
    has_console = settings.access.has_console
    ledger = ValkeyLedger(settings.redis_url)
    meters = Meters(
        settings.metrics_networks,
        settings.metrics_operations,
        partial(numbers, settings.poll_seconds),
        doorbell.counts,
    )
    shared = Shared(
        settings,
        CursorSeal(settings.secrets.cursor_keys),
        doorbell.ring,
        ledger=ledger,
        observe=meters.observe,
        require_counters=doorbell.require,
        traces=traces_to(settings.trace_url, "gema-api"),
        allowance=Allowance(doorbell.count),
        persisted=PersistedDocuments.load(
            settings.document_manifests, is_closed=settings.documents == "listed"
        ),
    )
    desk = Desk(served or api.schema.schema, shared, authenticator.viewer)
    app = Starlette(
        routes=[
            Route("/graphql", GraphQLEndpoint(desk, console if has_console else None)),
            WebSocketRoute("/graphql", SocketEndpoint(desk)),
            *routes(settings, readiness, authenticator.viewer, meters, has_console=has_console),
        ],
        middleware=[
            Middleware(LinkRedirect, clicks, settings.time_zone),
            Middleware(RequestEdge),
            Middleware(Cors, settings.access.cors_origins),
        ],
        exception_handlers={HTTPException: http_error},
        lifespan=_lifespan(shared, ledger, doorbell, readiness, clicks),
    )
    app.router.redirect_slashes = False
    return app


def _click_log(settings: Settings, doorbell: Doorbell) -> ClickLog:
    if settings.click_log == "row":
        return RowLog(store_clicks)
    if settings.click_log == "valkey":
        return ShelfLog(doorbell, store_clicks)
    return BufferLog(store_clicks)


def _lifespan(
    shared: Shared,
    ledger: ValkeyLedger,
    doorbell: Doorbell,
    readiness: Readiness,
    clicks: ClickLog,
) -> Lifespan[Starlette]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with open_database(shared.settings.database_url, API_POOL):
            _settle_memory()
            try:
                yield
            finally:
                readiness.is_stopping = True
                await shared.close()
                await asyncio.to_thread(shared.traces.close)
                await clicks.close()
                await ledger.close()
                await doorbell.close()

    return lifespan


def _settle_memory() -> None:
    """Keep the garbage collector away from what lives as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
