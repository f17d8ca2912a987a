"""`/livez` and `/readyz`: may traffic come here?"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from api.http.answers import json_answer
from api.reads.health import Health

logger = logging.getLogger("gema.health")

_LIMIT_SECONDS = 1.0
_FRESH_SECONDS = 1.0

T = TypeVar("T")
AskDatabase = Callable[[], Awaitable[Health]]
AskValkey = Callable[[], Awaitable[object]]


async def livez(_: Request) -> Response:
    """Say that the event loop turns; nothing else is asked."""
    return json_answer({"status": "alive"})


@dataclass(slots=True)
class Readiness:
    """Asks PostgreSQL and Valkey, and remembers the answer for a second.

    Without PostgreSQL or with old tables there is no service; the rest only degrades it.
    """

    ask_database: AskDatabase
    ask_valkey: AskValkey
    sign_in: str
    is_stopping: bool = False
    _answer: tuple[int, dict[str, object]] | None = None
    _asked_at: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def answer(self, _: Request) -> Response:
        """Answer 200 when ready or degraded, else 503."""
        if self.is_stopping:
            return json_answer({"status": "stopping"}, 503)
        async with self._lock:
            if self._answer is None or time.monotonic() - self._asked_at > _FRESH_SECONDS:
                self._answer = await self._asked()
                self._asked_at = time.monotonic()
        status, body = self._answer
        return json_answer(body, status)

    async def _asked(self) -> tuple[int, dict[str, object]]:
        health, has_valkey = await asyncio.gather(
            _within_limit(self.ask_database), _within_limit(self.ask_valkey)
        )
        checks: dict[str, bool] = {
            "database": health is not None,
            "migrations": health is not None and health.is_migrated,
            "valkey": has_valkey is not None,
            "worker": health is not None and health.has_worker,
            "outbox": health is not None and health.is_on_time,
        }
        is_ready = checks["database"] and checks["migrations"]
        status = "unready" if not is_ready else "ready" if all(checks.values()) else "degraded"
        body: dict[str, object] = {"status": status, "checks": checks, "signIn": self.sign_in}
        return (200 if is_ready else 503), body


async def _within_limit(ask: Callable[[], Awaitable[T]]) -> T | None:
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            return await ask()
    except Exception as error:  # noqa: BLE001 (whatever it is, the part does not answer)
        logger.warning("not ready: %s", type(error).__name__)
        return None
