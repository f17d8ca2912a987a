"""The GraphQL endpoint over HTTP.

Order of checks: method, Accept, Content-Type, size, bearer token, UTF-8 and JSON, envelope, then
the gate's (listed documents, parse, budget, operation, sign-in, points, validation), then
execution with a deadline.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.schema.answer import answer
from api.schema.context import Context
from api.schema.desk import Asked, Desk, errors_of, note
from api.schema.envelope import (
    EVENTS,
    JSON,
    check_content_type,
    check_method,
    check_preflight,
    media_type_of,
    question_of_body,
    question_of_parameters,
    ranks_html_first,
    read_body,
)
from api.schema.events import EventStream
from api.schema.question import STREAMED_KINDS, Question
from api.telemetry.traces import Fact

Console = Callable[[Request], Response]


@dataclass(slots=True)
class _Exchange:
    """One request on its way through the checks."""

    request: Request
    media_type: str = JSON
    question: Question | None = None
    context: Context | None = None
    started: float = field(default_factory=time.perf_counter)

    @property
    def host(self) -> str | None:
        return self.request.client.host if self.request.client else None


class GraphQLEndpoint:
    """Answers `/graphql`."""

    def __init__(self, desk: Desk, console: Console | None = None) -> None:
        self._desk = desk
        self._access = desk.shared.settings.access
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        response = self._page(request) or await self._traced(_Exchange(request))
        await response(scope, receive, send)

    def _page(self, request: Request) -> Response | None:
        if self._console is None or request.method != "GET" or "query" in request.query_params:
            return None
        wants_page = ranks_html_first(request.headers.get("accept"))
        return self._console(request) if wants_page else None

    async def _traced(self, exchange: _Exchange) -> Response:
        with self._desk.shared.traces.span("graphql") as span:
            response, told = await self._respond(exchange)
            span.tell(**told)
        return response

    async def _respond(self, exchange: _Exchange) -> tuple[Response, dict[str, Fact]]:
        try:
            async with asyncio.timeout(self._desk.shared.deadline_seconds):
                response, code = await self._answered(exchange)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001
            errors = errors_of(error)
            bill = exchange.context.bill if exchange.context else None
            has_bill = errors[0].code == "RATE_LIMITED"
            response = answer(None, errors, exchange.media_type, bill if has_bill else None)
            code = errors[0].code
        status = response.status_code
        told = note(exchange.context, exchange.question, code, exchange.started, status)
        return response, told

    async def _answered(self, exchange: _Exchange) -> tuple[Response, str]:
        asked = await self._read(exchange)
        if exchange.media_type == EVENTS:
            return await EventStream.opened(self._desk, asked, exchange.host), "STREAM"
        await self._desk.admit(asked, exchange.host)
        part = await self._desk.answer(asked)
        response = answer(part.data, part.errors, exchange.media_type, asked.context.bill)
        return response, part.code

    async def _read(self, exchange: _Exchange) -> Asked:
        request, headers = exchange.request, exchange.request.headers
        check_method(request, is_get_allowed=self._access.allow_get)
        exchange.media_type = media_type_of(headers.get("accept"))
        body = await self._body(request)
        viewer = await self._desk.authenticate(headers.get("authorization"))
        request_id = request.scope.get("state", {}).get("request_id", "")
        exchange.context = Context(viewer, request_id, self._desk.shared)
        exchange.question = self._question(exchange, body)
        return Asked(exchange.question, exchange.context, exchange.started)

    def _question(self, exchange: _Exchange, body: bytes) -> Question:
        if exchange.request.method == "POST":
            kinds = STREAMED_KINDS if exchange.media_type == EVENTS else None
            return question_of_body(body, kinds)
        return question_of_parameters(exchange.request.query_params)

    async def _body(self, request: Request) -> bytes:
        if request.method == "GET":
            check_preflight(request.headers)
            return b""
        check_content_type(request.headers.get("content-type"))
        return await read_body(request)
