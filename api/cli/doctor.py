"""`gema doctor`: what is wrong with this installation, and what to do about it."""

import asyncio
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asyncpg import PostgresError
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich import box
from rich.console import Console
from rich.table import Table

from api.cli.session import environment_of
from api.cli.welcome import screen
from api.local import LocalHome
from api.models import COMMAND_POOL, open_database
from api.reads.installation import InstallationState, installation_state
from api.settings import Settings

_SILENT = timedelta(seconds=60)
_LATE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One check, its result, and what to do when it is not good."""

    name: str
    is_good: bool
    text: str


def examine(home: LocalHome) -> int:
    """Print one line a check; return 0 if all are good. Nothing is started or changed."""
    settings = Settings.from_env(environment_of(home))
    findings = [_python(), _home(home), *asyncio.run(_servers(settings))]
    _print(screen(), findings)
    return 0 if all(finding.is_good for finding in findings) else 1


def _python() -> Finding:
    version = platform.python_version()
    return Finding("Python", sys.version_info >= (3, 11), version)


def _home(home: LocalHome) -> Finding:
    exists = home.path.exists()
    return Finding("state directory", is_good=True, text=f"{home.path}{'' if exists else ' (new)'}")


async def _servers(settings: Settings) -> list[Finding]:
    return [*await _postgres(settings), await _valkey(settings)]


async def _postgres(settings: Settings) -> list[Finding]:
    try:
        async with asyncio.timeout(5), open_database(settings.database_url, COMMAND_POOL):
            state = await installation_state()
    except (OSError, TimeoutError, PostgresError) as error:
        advice = "start it with `gema run`, or set DATABASE_URL"
        return [Finding("PostgreSQL", is_good=False, text=f"{type(error).__name__}: {advice}")]
    return [Finding("PostgreSQL", is_good=True, text="answers"), *_work(state)]


def _work(state: InstallationState) -> Iterator[Finding]:
    counts = f"{state.person_count} people, {state.holder_count} badges, {state.share_count} shares"
    yield Finding("data", is_good=True, text=counts)
    seen_at = state.worker_seen_at
    is_alive = seen_at is not None and datetime.now(UTC) - seen_at < _SILENT
    yield Finding("worker", is_alive, "alive" if is_alive else "silent: start it with `gema run`")
    late = state.oldest_due_seconds or 0
    yield Finding("work due", late < _LATE_SECONDS, f"{state.open_count} open, oldest {late} s")
    dead = f"{state.dead_count}: see the table dead_letter" if state.dead_count else "none"
    yield Finding("dead letters", not state.dead_count, dead)
    ranked = "never" if state.ranked_at is None else state.ranked_at.isoformat(timespec="seconds")
    yield Finding("ranking", state.ranked_at is not None, ranked)


async def _valkey(settings: Settings) -> Finding:
    client = Redis.from_url(settings.redis_url)
    try:
        async with asyncio.timeout(5):
            policy = (await client.config_get("maxmemory-policy")).get("maxmemory-policy")
    except (RedisError, OSError, TimeoutError) as error:
        advice = "no work is lost, only speed; start it with `gema run`, or set REDIS_URL"
        return Finding("Valkey", is_good=False, text=f"{type(error).__name__}: {advice}")
    finally:
        await client.aclose()
    is_good = policy == "noeviction"
    return Finding("Valkey", is_good, "answers" if is_good else f"policy {policy}: set noeviction")


def _print(console: Console, findings: list[Finding]) -> None:
    table = Table(box=box.SIMPLE, show_header=False)
    for finding in findings:
        table.add_row("ok" if finding.is_good else "!!", finding.name, finding.text)
    console.print(table)
