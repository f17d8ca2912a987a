"""The worker process, as arq reads it: `arq workers.settings.WorkerSettings`.

arq looks at the attributes of the class itself, never at inherited ones.
"""

import asyncio
import logging.config
import os
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from arq import ArqRedis, cron
from arq.connections import RedisSettings

from api.actions.heartbeat import WorkerIdentity
from api.actions.outbox import decode, encode
from api.domain.platform import Platform
from api.models import WORKER_POOL, new_id, open_database
from api.models.sealed import Sealer
from api.settings import Settings
from api.telemetry.traces import Traces, traces_to
from workers.platforms import (
    ClientTools,
    Connector,
    connector_for,
    enabled_platforms,
    login_servers,
)
from workers.platforms.limiter import SharedLimiter
from workers.platforms.meters import CallMeters
from workers.tasks import TASKS
from workers.tasks.charges import BudgetLedger
from workers.tasks.evaluation import ask_every_month
from workers.tasks.kit import Kit
from workers.tasks.logs import LOGGING
from workers.tasks.loops import (
    heartbeat,
    relay_step,
    repeated,
    sealing_step,
    statistics_step,
)
from workers.tasks.meters import JobMeters
from workers.tasks.outbox import Runner, bell_of, run_message
from workers.tasks.reconcile import reconcile
from workers.tasks.retention import forget, retention
from workers.tasks.totals import check_totals

SETTINGS = Settings.from_env()


async def start(ctx: dict[str, Any]) -> None:
    """Open what the tasks need and start the loops; PostgreSQL may still be down."""
    logging.config.dictConfig(LOGGING)
    redis: ArqRedis = ctx["redis"]
    stack = ctx["stack"] = AsyncExitStack()
    await stack.enter_async_context(open_database(SETTINGS.database_url, WORKER_POOL))
    traces = traces_to(SETTINGS.trace_url, "gema-worker")
    stack.push_async_callback(asyncio.to_thread, traces.close)
    meters = JobMeters()
    tools = _tools(redis, traces, CallMeters(meters.registry))
    connectors, logins = _connectors(tools), login_servers(SETTINGS, tools)
    for connector in connectors.values():
        stack.push_async_callback(connector.close)
    for login in logins.values():
        stack.push_async_callback(login.close)
    kit = ctx["kit"] = Kit(SETTINGS, Sealer(SETTINGS.secrets), connectors, logins)
    stack.enter_context(meters.served(SETTINGS.worker_metrics_port))
    ctx["runner"] = Runner(kit, ctx["tasks"], traces=traces, meters=meters)
    worker = WorkerIdentity(new_id(), socket.gethostname()[:120], os.getpid(), version("gema"))
    await stack.enter_async_context(heartbeat(worker))
    step = relay_step(bell_of(redis), SETTINGS.lease_seconds, meters.note_relay)
    await stack.enter_async_context(repeated("relay", step))
    await stack.enter_async_context(repeated("sealing", sealing_step))
    await stack.enter_async_context(repeated("statistics", statistics_step))


async def stop(ctx: dict[str, Any]) -> None:
    """End the loops, say goodbye and close, in the opposite order of the start."""
    stack: AsyncExitStack = ctx["stack"]
    await stack.aclose()


def _tools(redis: ArqRedis, traces: Traces, meters: CallMeters) -> ClientTools:
    limiter = SharedLimiter(redis, _utc_now)
    ledger = BudgetLedger({Platform.X: SETTINGS.x.monthly_cap_micro_usd})
    return ClientTools(limiter, ledger, traces=traces, meters=meters)


def _connectors(tools: ClientTools) -> Mapping[Platform, Connector]:
    return {each: connector_for(each, SETTINGS, tools) for each in enabled_platforms(SETTINGS)}


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _valkey() -> RedisSettings:
    settings = RedisSettings.from_dsn(SETTINGS.redis_url)
    settings.conn_retries, settings.conn_retry_delay = 60, 1
    # arq waits one second and ends the process after it; a busy machine needs longer to say hello,
    # and a Valkey that is not there refuses at once.
    settings.conn_timeout = 10
    return settings


def _reconcile_times() -> dict[str, set[int]]:
    """Every five minutes, or twice in an own polling interval that is shorter."""
    if SETTINGS.poll_seconds is None:
        return {"minute": set(range(0, 60, 5)), "second": {0}}
    return {"second": set(range(0, 60, max(1, min(60, SETTINGS.poll_seconds) // 2)))}


class WorkerSettings:
    """What arq is told. The reasons for the numbers are in the reference of the settings."""

    functions: ClassVar = [run_message]
    cron_jobs: ClassVar = [
        cron(reconcile, run_at_startup=True, **_reconcile_times()),  # type: ignore[arg-type]
        cron(retention, hour=3, minute=30),
        cron(check_totals, hour=2, minute=45),
        cron(ask_every_month, day=1, hour=4, minute=15),
        cron(forget, hour={0, 6, 12, 18}, minute=5, run_at_startup=True),
    ]
    ctx: ClassVar = {"tasks": TASKS}
    on_startup = start
    on_shutdown = stop
    redis_settings = _valkey()
    job_serializer = encode
    job_deserializer = decode
    job_timeout = SETTINGS.lease_seconds
    keep_result = 0
    max_tries = 100
    max_jobs = 20
    poll_delay = 0.05
    queue_read_limit = 1000
    job_completion_wait = 20
    health_check_interval = 10
    log_results = False
    allow_abort_jobs = False
    timezone = ZoneInfo(SETTINGS.time_zone)
