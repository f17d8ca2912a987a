"""The application behind a real server, for sockets and streams."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PROTOCOL = "graphql-transport-ws"


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve with the production settings; give host and port."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    config = uvicorn.Config(
        app, log_config=None, ws_max_size=65_536, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listening.close()


@dataclass
class Line:
    """One socket, as the tests speak."""

    connection: ClientConnection

    async def say(self, *messages: object) -> None:
        for message in messages:
            text = message if isinstance(message, str | bytes) else json.dumps(message)
            await self.connection.send(text)

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            heard: dict[str, Any] = json.loads(await self.connection.recv())
        return heard

    async def end(self) -> tuple[int | None, str]:
        """Return code and reason of the close that must come."""
        async with asyncio.timeout(10):
            try:
                while True:
                    await self.connection.recv()
            except ConnectionClosed as closed:
                return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")

    async def is_alive(self) -> bool:
        await self.say({"type": "ping"})
        while (heard := await self.hear())["type"] != "pong":
            assert heard["type"] in {"next", "complete", "error"}
        return True


@asynccontextmanager
async def line(host: str, token: str | None = None, **options: Any) -> AsyncIterator[Line]:
    """Open a socket; with a token, sign in and wait for the answer."""
    options.setdefault("subprotocols", [PROTOCOL])
    async with connect(f"ws://{host}/graphql", **options) as connection:
        opened = Line(connection)
        if token is not None:
            await opened.say(init(token))
            assert await opened.hear() == {"type": "connection_ack"}
        yield opened


def init(token: str) -> dict[str, object]:
    return {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}


def subscribe(name: str, query: str, **payload: object) -> dict[str, object]:
    return {"type": "subscribe", "id": name, "payload": {"query": query, **payload}}
