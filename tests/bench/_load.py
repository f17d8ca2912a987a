"""Many connections that ask one address again and again and count the answers."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Load:
    """So many answers in so many seconds, all with the wanted status."""

    answer_count: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Return the rate."""
        return self.answer_count / self.seconds


class _Asker(asyncio.Protocol):
    """One connection: the next request leaves when the answer to the last one is complete."""

    def __init__(self, requests: Iterator[bytes], status: bytes) -> None:
        self._requests = requests
        self._wanted = b"HTTP/1.1 " + status
        self._seen = b""
        self.count = 0
        self.is_stopping = False
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if not self._seen.endswith(_END):
            return
        if not self._seen.startswith(self._wanted):
            raise AssertionError(self._seen[:200])
        self._seen = b""
        self.count += 1
        if self.is_stopping:
            self._transport.close()
        else:
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(error)

    def _ask(self) -> None:
        self._transport.write(next(self._requests))  # type: ignore[attr-defined]


async def ask_for(
    port: int, requests: Iterator[bytes], *, seconds: float, connections: int, status: bytes
) -> Load:
    """Keep some connections busy for a time; every request that was sent is answered and counted.

    Answers have no body and carry `content-length: 0`.
    """
    loop = asyncio.get_running_loop()
    askers = [_Asker(requests, status) for _ in range(connections)]
    start = time.perf_counter()
    for asker in askers:
        await loop.create_connection(lambda one=asker: one, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.sleep(seconds)
    for asker in askers:
        asker.is_stopping = True
    failures = [error for asker in askers if (error := await asker.closed)]
    if failures:
        raise failures[0]
    return Load(sum(asker.count for asker in askers), time.perf_counter() - start)
