"""Sockets that speak graphql-transport-ws, and nothing else.

The handler of strawberry keeps the protocol; what it leaves open is closed here: who may connect,
the shape of messages, coded errors, one gate for all operations, and the end of the sign-in.
"""

import asyncio
import logging
import time
from contextlib import ExitStack, aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.unset import UNSET, UnsetType

from api.domain.access import Viewer
from api.errors import Denied, RateLimited
from api.schema.answer import body_of
from api.schema.coded import CodedError, RequestErrors
from api.schema.context import Context
from api.schema.desk import Asked, Desk, errors_of, note
from api.schema.envelope import question_of_payload
from api.schema.points import account_of
from api.schema.question import Question
from api.schema.wire import Wire

if TYPE_CHECKING:
    from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message

logger = logging.getLogger("gema.socket")

INIT_SECONDS = 5.0
MOST_OPERATIONS = 20
KEY_CHECK_SECONDS = 5.0
_RETRY_SECONDS = 10
_LONGEST_ID = 128
_DAY_SECONDS = 86_400.0

_POLICY, _TRY_LATER = 1008, 1013
_NOT_STARTED, _FORBIDDEN, _ID_IN_USE, _TOO_MANY = 4401, 4403, 4409, 4429
_TYPES = frozenset({"connection_init", "ping", "pong", "subscribe", "complete"})


class SocketEndpoint:
    """Accepts sockets at `/graphql` from programs, our own pages and listed origins."""

    def __init__(self, desk: Desk, init_seconds: float = INIT_SECONDS) -> None:
        self._desk = desk
        self._origins = frozenset(desk.shared.settings.access.cors_origins)
        self._init_seconds = init_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes."""
        socket = WebSocket(scope, receive, send)
        has_protocol = GRAPHQL_TRANSPORT_WS_PROTOCOL in scope["subprotocols"]
        if not has_protocol or not self._is_known(socket):
            await socket.close(_POLICY)  # before it is accepted, this is an HTTP 403
            return
        await socket.accept(GRAPHQL_TRANSPORT_WS_PROTOCOL)
        door = Door(self._desk, socket.client.host if socket.client else None)
        await SocketHandler(door, Wire(socket), self._init_seconds).handle()

    def _is_known(self, socket: WebSocket) -> bool:
        origin = socket.headers.get("origin")
        own = {f"{scheme}://{socket.headers.get('host')}" for scheme in ("http", "https")}
        return origin is None or origin in self._origins or origin in own


class Door:
    """Learns whose socket it is from the first message; plays strawberry's view and context."""

    def __init__(self, desk: Desk, host: str | None) -> None:
        self.desk = desk
        self.host = host
        self.connection_params: dict[str, object] = {}
        self.places = ExitStack()
        self._viewer: Viewer | None = None

    @property
    def viewer(self) -> Viewer:
        """Return whose socket it is, once it is open."""
        if self._viewer is None:
            raise AssertionError("nobody has signed in on this socket")
        return self._viewer

    async def on_ws_connect(self, _: object) -> UnsetType:
        """Believe the token of the first message.

        Raises:
            ConnectionRejectionError: there is none, or it is refused.
            RateLimited: its owner holds enough sockets.
        """
        viewer = await self._signed_in()
        key = account_of(viewer, self.host).key
        self.places.enter_context(self.desk.shared.sockets.place(key))
        self._viewer = viewer
        nothing_more_to_say: UnsetType = UNSET
        return nothing_more_to_say

    async def _signed_in(self) -> Viewer:
        header = self.connection_params.get("authorization")
        try:
            viewer = await self.desk.authenticate(header if isinstance(header, str) else None)
        except Denied:
            viewer = None
        if viewer is None:
            raise ConnectionRejectionError
        return viewer

    async def is_still_let_in(self) -> bool:
        """Wait until the sign-in may have ended, and tell whether it still holds."""
        is_machine = self.viewer.key_scopes is not None
        until = self.viewer.expires_at
        left = _DAY_SECONDS if until is None else until - time.time()
        await asyncio.sleep(max(0.0, min(left, KEY_CHECK_SECONDS) if is_machine else left))
        if until is not None and until <= time.time():
            return False
        try:
            await self._signed_in()
        except ConnectionRejectionError:
            return False
        except Exception as error:  # noqa: BLE001 (an outage ends nobody's sign-in)
            logger.warning("a sign-in was not checked again: %s", type(error).__name__)
        return True


class SocketHandler(BaseGraphQLTransportWSHandler[Any, None]):
    """One socket and the operations that run on it."""

    def __init__(self, door: Door, wire: Wire, init_seconds: float) -> None:
        super().__init__(
            view=door,  # type: ignore[arg-type]  # it calls no other method of a view
            websocket=wire,
            context=door,
            root_value=None,
            schema=None,  # type: ignore[arg-type]  # the desk runs the operations
            connection_init_wait_timeout=timedelta(seconds=init_seconds),
        )
        self._door = door
        self._watch: asyncio.Task[None] | None = None

    async def handle_message(self, message: object) -> None:
        """Take one message; one that is malformed closes the socket."""
        if not isinstance(message, dict) or message.get("type") not in _TYPES:
            await self.handle_invalid_message("Malformed message")
            return
        needs_id = message["type"] in {"subscribe", "complete"}
        if needs_id and not _is_id(message.get("id")):
            await self.handle_invalid_message("Malformed id")
            return
        await super().handle_message(cast("Message", message))

    async def handle_connection_init(self, message: Any) -> None:  # noqa: ANN401
        """Sign in, and watch the end of the sign-in from then on."""
        try:
            await super().handle_connection_init(message)
        except RateLimited as refusal:
            await self.websocket.close(_TOO_MANY, refusal.message)
        except Exception:  # noqa: BLE001 (who signs in cannot be found out now)
            await self.websocket.close(_TRY_LATER, "Try again later")
        if self.connection_acknowledged and self._watch is None:
            self._watch = asyncio.create_task(self._watch_sign_in())

    async def _watch_sign_in(self) -> None:
        while await self._door.is_still_let_in():
            pass
        await self.websocket.close(_FORBIDDEN, "Token expired")

    async def handle_subscribe(self, message: Any) -> None:  # noqa: ANN401
        """Start an operation beside those that run."""
        if not self.connection_acknowledged:
            await self.websocket.close(_NOT_STARTED, "Unauthorized")
            return
        question = _question(message.get("payload"))
        if question is None:
            await self.handle_invalid_message("Malformed payload")
            return
        if message["id"] in self.operations:
            await self.websocket.close(_ID_IN_USE, "This id is in use")
            return
        operation = Operation(self, message["id"], question.query, None, None)
        if len(self.operations) >= MOST_OPERATIONS:
            await self._show(message["id"], "error", [_too_many().formatted])
            return
        asked = Asked(question, Context(self._door.viewer, uuid4().hex, self._door.desk.shared))
        operation.task = asyncio.create_task(self._run(operation, asked))
        operation.task.add_done_callback(self._task_done)
        self.operations[operation.id] = operation

    async def _run(self, operation: Operation[Any, None], asked: Asked) -> None:
        door = self._door
        with door.desk.traced("socket operation", asked):
            try:
                await door.desk.admit(asked, door.host)
            except Exception as error:  # noqa: BLE001 (it fails alone, the socket lives on)
                errors = errors_of(error)
                asked.told = note(asked.context, asked.question, errors[0].code, asked.started)
                await operation.send_initial_errors(list(errors))
                return
            await self._answer(operation, asked)

    async def _answer(self, operation: Operation[Any, None], asked: Asked) -> None:
        door = self._door
        async with aclosing(door.desk.answers(asked)) as parts:
            async for part in parts:
                if part.data is None:
                    await operation.send_initial_errors(list(part.errors))
                    return
                body = body_of(part.data, part.errors, asked.context.bill)
                next_ = {"id": operation.id, "type": "next", "payload": body}
                await operation.send_operation_message(next_)  # type: ignore[arg-type]
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def _show(self, operation_id: str, kind: str, payload: object) -> None:
        message = {"id": operation_id, "type": kind, "payload": payload}
        await self.websocket.send_json(message)

    async def shutdown(self) -> None:
        """Stop all that runs for this socket and give its place back."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await super().shutdown()
        self._door.places.close()


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID


def _question(payload: object) -> Question | None:
    try:
        return question_of_payload(payload) if isinstance(payload, dict) else None
    except RequestErrors:
        return None


def _too_many() -> CodedError:
    message = f"At most {MOST_OPERATIONS} operations run on one socket."
    return CodedError("RATE_LIMITED", message, details={"retryAfter": _RETRY_SECONDS})
