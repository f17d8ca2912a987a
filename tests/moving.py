"""People who come and go while others page through a list; ten thousand stay where they are."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

_STAY = """
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
SELECT new_id(), name, lower(name), true, false, now()
  FROM (SELECT 'Contoh ' || md5($1 || n) AS name FROM generate_series(1, $2) n) named
RETURNING id
"""
_LEAVE = "DELETE FROM asn WHERE id = ANY($1)"


@dataclass
class Moving:
    """The keys of those who stay, and how many moved meanwhile."""

    staying: set[UUID]
    arrived_count: int = 0
    left_count: int = 0
    _leaving: list[UUID] = field(default_factory=list)

    async def step(self, lent: asyncpg.Connection, number: int) -> None:
        """Let some people in and as many others go, all over the order."""
        new = await lent.fetch(_STAY, f"datang {number} ", 7)
        self._leaving += [row["id"] for row in new]
        random.Random(number).shuffle(self._leaving)  # noqa: S311
        going, self._leaving = self._leaving[:7], self._leaving[7:]
        await lent.execute(_LEAVE, going)
        self.arrived_count += len(new)
        self.left_count += len(going)


@asynccontextmanager
async def moving_people(database_url: str, count: int) -> AsyncIterator[Moving]:
    """Insert so many who stay and some who will go; insert and delete until the block ends."""
    lent = await asyncpg.connect(database_url, ssl=False)
    try:
        staying = {row["id"] for row in await lent.fetch(_STAY, "tetap ", count)}
        leaving = [row["id"] for row in await lent.fetch(_STAY, "pergi ", count // 10)]
        moving = Moving(staying, _leaving=leaving)
        task = asyncio.create_task(_without_end(lent, moving))
        try:
            yield moving
        finally:
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), task.exception()
    finally:
        await lent.close()


async def _without_end(lent: asyncpg.Connection, moving: Moving) -> None:
    number = 0
    while True:
        number += 1
        await moving.step(lent, number)
        await asyncio.sleep(0.01)
