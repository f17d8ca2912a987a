"""Watching rows that change: one statement a second for everybody who watches.

States are handed out, not differences, and nothing is replayed: who is slow or comes back gets the
present state.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

K = TypeVar("K")
V = TypeVar("V")

logger = logging.getLogger("gema.watching")

SECONDS_BETWEEN_STATES = 1.0


@dataclass(slots=True)
class _Watched(Generic[V]):
    """One row under watch."""

    state: V | None = None
    read_at: float | None = None
    watcher_count: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, state: V | None) -> None:
        """Take a reading, and wake who waits if it differs."""
        is_new = state != self.state
        self.state, self.read_at = state, time.monotonic()
        if is_new:
            self.changed.set()
            self.changed = asyncio.Event()


class Watch(Generic[V]):
    """Everybody who watches rows of one kind; `read` gives the present state of some of them."""

    def __init__(
        self,
        read: Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, V]]],
        seconds: float = SECONDS_BETWEEN_STATES,
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._watched: dict[UUID, _Watched[V]] = {}
        self._polling: asyncio.Task[None] | None = None

    async def states(self, key: UUID) -> AsyncGenerator[V | None, None]:
        """Yield the present state at once, then each that differs, never two within a second."""
        watched = self._watched.setdefault(key, _Watched())
        watched.watcher_count += 1
        try:
            await self._read_first(key, watched)
            self._poll()
            while True:
                changed, shown = watched.changed, watched.state
                yield shown
                await asyncio.sleep(self._seconds)
                while watched.state == shown:
                    await changed.wait()
                    changed = watched.changed
        finally:
            self._leave(key, watched)

    async def _read_first(self, key: UUID, watched: _Watched[V]) -> None:
        is_known = watched.read_at is not None
        if not is_known or time.monotonic() - (watched.read_at or 0) >= self._seconds:
            watched.show((await self._read([key])).get(key))

    def _leave(self, key: UUID, watched: _Watched[V]) -> None:
        watched.watcher_count -= 1
        if not watched.watcher_count:
            self._watched.pop(key, None)
        if not self._watched and self._polling is not None:
            self._polling.cancel()
            self._polling = None

    def _poll(self) -> None:
        if self._polling is None or self._polling.done():
            # For all who watch: it belongs to the request and the trace of none of them.
            self._polling = asyncio.create_task(self._rounds(), context=Context())

    async def _rounds(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self._round()
            except Exception as error:  # noqa: BLE001 (an outage ends; the watchers stay)
                logger.warning("a round of watching failed: %s", type(error).__name__)

    async def _round(self) -> None:
        found = await self._read(list(self._watched))
        for key, watched in self._watched.items():
            if watched.read_at is not None:
                watched.show(found.get(key, watched.state))

    async def close(self) -> None:
        """Stop reading."""
        polling, self._polling = self._polling, None
        if polling is not None:
            polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await polling


class Recent(Generic[K, V]):
    """Values that are read again only when they are older than some seconds."""

    def __init__(self, read: Callable[[K], Awaitable[V]], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._known: dict[K, tuple[float, V]] = {}

    async def get(self, key: K) -> V:
        """Return the value; those who ask together wait for one reading."""
        async with self._lock:
            known = self._known.get(key)
            if known is None or time.monotonic() - known[0] >= self._seconds:
                known = self._known[key] = (time.monotonic(), await self._read(key))
            return known[1]
