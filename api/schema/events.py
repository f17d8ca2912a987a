"""Answers as server-sent events: the distinct connections mode of the graphql-sse protocol.

One POST is one operation. Each answer is an event `next`, the end is an event `complete`. What is
refused before it runs gets the HTTP status of any other request, unless the document itself is at
fault: those errors come as an event, which a browser's event source can show. A comment now and
then keeps proxies from closing a quiet stream.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.errors import Unauthenticated
from api.schema.answer import body_of, is_about_document
from api.schema.coded import RequestErrors
from api.schema.desk import Asked, Desk, Part, errors_of
from api.schema.envelope import EVENTS
from api.schema.points import account_of

_HEADERS = {"content-type": f"{EVENTS}; charset=utf-8", "x-accel-buffering": "no"}
_QUIET_SECONDS = 12.0
_COMPLETE = b"event: complete\ndata:\n\n"
_COMMENT = b":\n\n"


class EventStream(Response):
    """Streams the answers to one admitted question until it ends or the client goes."""

    def __init__(self, desk: Desk, asked: Asked, stack: ExitStack, refusal: Part | None) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._desk = desk
        self._asked = asked
        self._stack = stack
        self._refusal = refusal

    @classmethod
    async def opened(cls, desk: Desk, asked: Asked, host: str | None) -> "EventStream":
        """Let the question in and take a place of the caller.

        Raises:
            RequestErrors: it is refused, and not for its document.
            RateLimited: the caller has too many streams open.
        """
        with ExitStack() as stack:
            caller = account_of(asked.context.viewer, host).key
            stack.enter_context(desk.shared.streams.place(caller))
            try:
                await desk.admit(asked, host)
            except RequestErrors as error:
                if not is_about_document(error.errors[0]):
                    raise
                return cls(desk, asked, stack.pop_all(), Part(None, error.errors))
            return cls(desk, asked, stack.pop_all(), None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until there are no more or nobody listens."""
        with self._stack:
            start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
            await send(start)
            pump = asyncio.create_task(self._pump(send))
            gone = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                pump.cancel()
                gone.cancel()
                await asyncio.gather(pump, gone, return_exceptions=True)

    async def _pump(self, send: Send) -> None:
        with self._desk.traced("event stream", self._asked):
            async with aclosing(self._texts()) as texts:
                async for text in texts:
                    await send({"type": "http.response.body", "body": text, "more_body": True})
        await send({"type": "http.response.body", "body": _COMPLETE})

    async def _texts(self) -> AsyncGenerator[bytes, None]:
        parts = self._parts()
        coming: asyncio.Future[Part | None] | None = None
        try:
            while self._seconds_left() > 0:
                coming = coming or asyncio.ensure_future(anext(parts, None))
                await asyncio.wait({coming}, timeout=min(_QUIET_SECONDS, self._seconds_left()))
                if not coming.done():
                    yield _COMMENT
                    continue
                part, coming = coming.result(), None
                if part is None:
                    return
                yield self._event(part)
            yield self._event(Part(None, errors_of(Unauthenticated("expired"))))
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.gather(coming, return_exceptions=True)
            await parts.aclose()

    def _parts(self) -> AsyncGenerator[Part, None]:
        return self._desk.answers(self._asked) if self._refusal is None else _once(self._refusal)

    def _event(self, part: Part) -> bytes:
        body = body_of(part.data, part.errors, self._asked.context.bill)
        return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"

    def _seconds_left(self) -> float:
        viewer = self._asked.context.viewer
        until = viewer.expires_at if viewer else None
        return float("inf") if until is None else until - time.time()


async def _once(part: Part) -> AsyncGenerator[Part, None]:
    yield part


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
