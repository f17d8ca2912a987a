"""A WebSocket as the protocol sees it: JSON objects in, JSON objects out, one close."""

from collections.abc import AsyncGenerator, Mapping

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.http.async_base_view import AsyncWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived

MOST_FRAME_BYTES = 65_536
_TOO_LARGE = 1009


class Wire(AsyncWebSocketAdapter):
    """Reads and writes messages; after the close nothing is written."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._is_closed = False

    async def iter_json(
        self, *, ignore_parsing_errors: bool = False
    ) -> AsyncGenerator[object, None]:
        """Yield what the client sends until one side closes.

        Raises:
            NonTextMessageReceived: a binary frame.
            NonJsonMessageReceived: text that is not JSON.
        """
        while not self._is_closed:
            try:
                text = await self._socket.receive_text()
            except KeyError:
                raise NonTextMessageReceived from None
            except WebSocketDisconnect:
                self._is_closed = True
                return
            if len(text) > MOST_FRAME_BYTES or len(text.encode()) > MOST_FRAME_BYTES:
                await self.close(_TOO_LARGE, "Message too large")
                return
            yield _read(text)

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message; a client that is gone misses it."""
        if self._is_closed or self._socket.application_state is WebSocketState.DISCONNECTED:
            return
        try:
            await self._socket.send_text(orjson.dumps(message).decode())
        except (WebSocketDisconnect, RuntimeError):
            self._is_closed = True

    async def close(self, code: int, reason: str) -> None:
        """Close once; the first reason stands."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._socket.close(code, reason)
        except (WebSocketDisconnect, RuntimeError):
            return


def _read(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise NonJsonMessageReceived from None
