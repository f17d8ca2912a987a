"""The one function that arq knows: it runs a message and sorts what goes wrong."""

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from arq import ArqRedis, Retry

from api.actions.outbox import (
    Bell,
    Claim,
    Failure,
    Fenced,
    Lease,
    Return,
    Ring,
    bury,
    bury_unknown,
    claim,
    give_back,
    park_platform,
    postpone,
    settle,
)
from api.queue import Job
from api.telemetry.traces import Span, Traces
from workers.platforms.base import ContractError, QuotaExhausted, RateLimited
from workers.tasks.failures import Judgement, Outcome, delay_seconds, judge, limit_of
from workers.tasks.health import HealthNotes
from workers.tasks.kit import Kit, Task, Work
from workers.tasks.meters import JobMeters

logger = logging.getLogger(__name__)

RING_SECONDS = 5
_TROUBLES = frozenset({"retry", "dead", "parked"})
_CRASHED = Failure("WorkerDied", "CRASHED", __name__)
_JITTER = random.SystemRandom().random


async def run_message(ctx: dict[str, Any], message_id: str) -> None:
    """Run one message. Only when its fate cannot be written does arq keep it, for a short time."""
    runner: Runner = ctx["runner"]
    asked = UUID(message_id)
    try:
        await runner.run(asked)
    except Exception as lost:  # noqa: BLE001  The edge of the process: the lease ends by itself.
        logger.warning("A message could not be judged: %s", type(lost).__name__)
        raise Retry(defer=min(30, 2 ** ctx["job_try"])) from None


def bell_of(redis: ArqRedis) -> Ring:
    """Return the callable that rings arq for a message."""

    async def ring(bell: Bell) -> None:
        async with asyncio.timeout(RING_SECONDS):
            await redis.enqueue_job(
                bell.function,
                str(bell.message_id),
                _job_id=bell.job_id,
                _defer_until=bell.defer_until,
                _expires=bell.expires,
            )

    return ring


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs messages with the tasks of a registry and the tools of the worker."""

    kit: Kit
    tasks: Mapping[Job, Task]
    health: HealthNotes = field(default_factory=HealthNotes)
    traces: Traces = field(default_factory=Traces)
    meters: JobMeters = field(default_factory=JobMeters)

    async def run(self, message_id: UUID) -> None:
        """Claim a message and run its task once; returns when its fate is written."""
        jobs = [job.value for job in self.tasks]
        claimed = await claim(message_id, jobs, self.kit.settings.lease_seconds)
        if claimed is None:
            if job := await bury_unknown(message_id, jobs):
                logger.error("%s is known to nobody", job, extra={"message_id": message_id})
            return
        started = time.monotonic()
        work = Work(claimed.lease, Job(claimed.job), claimed.args, claimed.request_id)
        with self._span(work, claimed) as span:
            said = await self._run(work, claimed)
            span.tell(outcome=said.outcome, code=said.code)
        if work.cursor is not None and (said.outcome == "done" or said.outcome in _TROUBLES):
            await self.health.note(work.cursor.platform, said.code)
        seconds = time.monotonic() - started
        self.meters.observe(work.job, said.outcome, said.code, seconds)
        _report(work, said, round(seconds * 1000))

    def _span(self, work: Work, claimed: Claim) -> AbstractContextManager[Span]:
        return self.traces.span(
            "job",
            parent=claimed.traceparent,
            job=work.job.value,
            message_id=str(work.lease.message_id),
            attempt=work.lease.attempt,
            request_id=work.request_id,
        )

    async def _run(self, work: Work, claimed: Claim) -> "_Said":
        if claimed.failures >= limit_of(work.job):
            await bury(work.lease, _CRASHED)
            return _Said("dead", logging.ERROR, _CRASHED.code)
        try:
            async with asyncio.timeout(work.lease.seconds * 5 / 6):
                await self.tasks[work.job](self.kit, work)
            await settle(work.lease)
        except asyncio.CancelledError:
            await _give_back_in_time(work.lease)
            raise
        except Exception as error:  # noqa: BLE001  The one place that sorts the errors of tasks.
            return await _sort_while_ours(work, claimed.failures, error)
        return _Said("done")


@dataclass(frozen=True, slots=True)
class _Said:
    """What the log says about a run."""

    outcome: str
    level: int = logging.INFO
    code: str | None = None
    place: str | None = None


async def _sort_while_ours(work: Work, failures: int, error: Exception) -> _Said:
    try:
        return await _sort(work, failures, error)
    except Fenced:
        return _Said("fenced")


async def _sort(work: Work, failures: int, error: Exception) -> _Said:
    found = judge(error)
    if found.outcome is Outcome.IGNORE:
        return _Said("fenced")
    if found.outcome is Outcome.BURY:
        return await _bury(work, found, error.raw if isinstance(error, ContractError) else None)
    if found.outcome in {Outcome.RETRY, Outcome.RETRY_SOON}:
        return await _retry(work, failures + 1, found)
    until = error.until if isinstance(error, RateLimited | QuotaExhausted) else None
    if work.cursor is None:
        await _wait(work.lease, until, found.code)
    elif found.outcome is Outcome.PARK and until is not None:
        if await park_platform(work.lease, work.cursor, until, found.code):
            return _Said("parked", logging.ERROR, found.code, found.place)
    else:
        await postpone(work.lease, work.cursor, until, found.code)
    return _Said(found.outcome.name.lower(), code=found.code, place=found.place)


async def _wait(lease: Lease, until: datetime | None, code: str) -> None:
    if until is None:
        await settle(lease, code)
    else:
        await give_back(lease, Return(code, until, timedelta(seconds=5 * _JITTER())))


async def _retry(work: Work, failures: int, found: Judgement) -> _Said:
    if failures >= limit_of(work.job, found.outcome):
        return await _bury(work, found)
    delay = timedelta(seconds=delay_seconds(found.outcome, failures, _JITTER()))
    await give_back(work.lease, Return(found.code, delay=delay, is_counted=True))
    return _Said("retry", logging.WARNING, found.code, found.place)


async def _bury(work: Work, found: Judgement, redacted_body: str | None = None) -> _Said:
    failure = Failure(found.error_class, found.code, found.place, redacted_body)
    if await bury(work.lease, failure):
        return _Said("dead", logging.ERROR, found.code, found.place)
    return _Said("fenced")


async def _give_back_in_time(lease: Lease) -> None:
    with suppress(Exception):
        async with asyncio.timeout(1):
            await give_back(lease)


def _report(work: Work, said: _Said, milliseconds: int) -> None:
    told = {
        "job": work.job.value,
        "message_id": str(work.lease.message_id),
        "attempt": work.lease.attempt,
        "request_id": work.request_id,
        "outcome": said.outcome,
        "code": said.code,
        "place": said.place,
        "ms": milliseconds,
    }
    logger.log(said.level, "%s %s", work.job.value, said.outcome, extra=told)
