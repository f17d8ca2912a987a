"""Keeps a burst from making all slow: few operations run at once, the rest wait, then leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.errors import Unavailable


class Admission:
    """At most `limit` operations at once; who waits longer than `wait_seconds` is sent away."""

    def __init__(self, limit: int = 20, wait_seconds: float = 3.0) -> None:
        self._places = asyncio.Semaphore(limit)
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold one place for as long as the context lasts.

        Raises:
            Unavailable: no place became free in time.
        """
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable("Too many requests are running; try again shortly.") from None
        try:
            yield
        finally:
            self._places.release()
