"""The log of visits: in memory or Valkey for a moment, stored in batches, safe on a stop.

| mode | a visit is safe | a crash loses |
|---|---|---|
| `buffer` | after the next flush | what came since the last flush, 250 ms at most |
| `valkey` | once the append-only log has it | nothing that was answered |
| `row` | before the redirect is answered | nothing that was answered |
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import orjson

from api.actions.link import NewClick
from api.domain.clicks import ClickClass, ClickReason

logger = logging.getLogger("gema.clicks")

FLUSH_SECONDS = 0.25
BATCH_SIZE = 5_000
MOST_WAITING = 100_000
SHELF_KEY = "gema:clicks"

Store = Callable[[Sequence[NewClick]], Awaitable[None]]


class ClickLog(Protocol):
    """Somewhere that a visit can be put before the redirect is answered."""

    async def add(self, click: NewClick) -> None: ...

    async def close(self) -> None: ...


class RowLog:
    """Stores each visit by itself, before the redirect."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, click: NewClick) -> None:
        await self._store([click])

    async def close(self) -> None:
        """Nothing waits here."""


class Shelf(Protocol):
    """An append-only list outside this process."""

    async def rpush(self, name: str, *values: bytes) -> object: ...

    async def lrange(self, name: str, start: int, end: int) -> list[bytes]: ...

    async def ltrim(self, name: str, start: int, end: int) -> object: ...


class ShelfLog:
    """Puts each visit on a shelf in Valkey first; any process stores what lies there.

    A batch that is stored twice is stored once, as visits carry their ids.
    """

    def __init__(self, shelf: Shelf, store: Store, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._shelf = shelf
        self._store = store
        self._flush_seconds = flush_seconds
        self._flushing: asyncio.Task[None] | None = None

    async def add(self, click: NewClick) -> None:
        await self._shelf.rpush(SHELF_KEY, to_bytes(click))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_later())

    async def close(self) -> None:
        """Store what lies on the shelf."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        while await self._flush_once():
            pass

    async def _flush_later(self) -> None:
        has_more = True
        while has_more:
            await asyncio.sleep(self._flush_seconds)
            try:
                has_more = await self._flush_once()
            except Exception as error:  # noqa: BLE001 (the visits wait for the next round)
                logger.warning("clicks wait: %s", type(error).__name__)

    async def _flush_once(self) -> bool:
        lying = await self._shelf.lrange(SHELF_KEY, 0, BATCH_SIZE - 1)
        if not lying:
            return False
        await self._store([from_bytes(one) for one in lying])
        await self._shelf.ltrim(SHELF_KEY, len(lying), -1)
        return True


def to_bytes(click: NewClick) -> bytes:
    """Write a visit as JSON."""
    plain = {**click._asdict(), "visitor": click.visitor.hex()}
    # The keys come from the driver, whose UUID is a class of its own.
    return orjson.dumps(plain, default=str)


def from_bytes(data: bytes) -> NewClick:
    """Read the form of `to_bytes`."""
    plain = orjson.loads(data)
    reason = plain["reason"]
    return NewClick(
        asn_id=UUID(plain["asn_id"]),
        link_id=UUID(plain["link_id"]),
        visitor=bytes.fromhex(plain["visitor"]),
        day_on=date.fromisoformat(plain["day_on"]),
        clicked_at=datetime.fromisoformat(plain["clicked_at"]),
        click_class=ClickClass(plain["click_class"]),
        reason=None if reason is None else ClickReason(reason),
        id=UUID(plain["id"]),
    )


class BufferLog:
    """Gathers visits in memory and stores them every quarter of a second."""

    def __init__(self, store: Store, flush_seconds: float = FLUSH_SECONDS) -> None:
        self._store = store
        self._flush_seconds = flush_seconds
        self._waiting: list[NewClick] = []
        self._flushing: asyncio.Task[None] | None = None
        self.dropped_count = 0

    async def add(self, click: NewClick) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.dropped_count += 1
            return
        self._waiting.append(click)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_later())

    async def close(self) -> None:
        """Store what waits; a normal stop loses nothing."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        while self._waiting:
            await self._flush_once()

    async def _flush_later(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._flush_seconds)
            try:
                await self._flush_once()
            except Exception as error:  # noqa: BLE001 (the visits wait for the next round)
                logger.warning("clicks wait: %s", type(error).__name__)

    async def _flush_once(self) -> None:
        batch = self._waiting[:BATCH_SIZE]
        await asyncio.shield(self._store(batch))
        del self._waiting[: len(batch)]
