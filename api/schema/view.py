"""The GraphQL endpoint over HTTP.

Order of checks: method, Accept, Content-Type, size, bearer token, UTF-8 and JSON, envelope, then
the gate's (parse, budget, operation, sign-in, points, validation), then execution with a deadline.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from api.domain.access import Viewer
from api.schema.answer import answer
from api.schema.coded import MOST_ERRORS, CodedError, RequestErrors
from api.schema.context import Context, Shared
from api.schema.envelope import (
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
from api.schema.gate import Gate, Question
from api.schema.masking import coded, of_exception
from api.schema.points import account_of

logger = logging.getLogger("gema.request")

Authenticate = Callable[[str | None], Awaitable[Viewer | None]]
Console = Callable[[Request], Response]


@dataclass(slots=True)
class _Exchange:
    """One request on its way through the checks."""

    request: Request
    media_type: str = JSON
    question: Question | None = None
    context: Context | None = None
    started: float = field(default_factory=time.perf_counter)


class GraphQLEndpoint:
    """Answers `/graphql`."""

    def __init__(
        self,
        schema: Schema,
        shared: Shared,
        authenticate: Authenticate,
        console: Console | None = None,
    ) -> None:
        self._schema = schema
        self._shared = shared
        self._access = shared.settings.access
        self._authenticate = authenticate
        self._gate = Gate(schema, shared.ledger, self._access.introspection)
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        response = self._page(request) or await self._respond(_Exchange(request))
        await response(scope, receive, send)

    def _page(self, request: Request) -> Response | None:
        if self._console is None or request.method != "GET" or "query" in request.query_params:
            return None
        wants_page = ranks_html_first(request.headers.get("accept"))
        return self._console(request) if wants_page else None

    async def _respond(self, exchange: _Exchange) -> Response:
        try:
            async with asyncio.timeout(self._shared.deadline_seconds):
                response, code = await self._answered(exchange)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001
            errors = error.errors if isinstance(error, RequestErrors) else [of_exception(error)]
            bill = exchange.context.bill if exchange.context else None
            has_bill = errors[0].code == "RATE_LIMITED"
            response = answer(None, errors, exchange.media_type, bill if has_bill else None)
            code = errors[0].code
        _log(exchange, response, code)
        return response

    async def _answered(self, exchange: _Exchange) -> tuple[Response, str]:
        await self._read(exchange)
        question, context = exchange.question, exchange.context
        if question is None or context is None:
            raise AssertionError("the exchange was not read")
        client = exchange.request.client
        account = account_of(context.viewer, client.host if client else None)
        context.admitted = await self._gate.admit(question, context, account)
        data, errors = await self._executed(question, context)
        response = answer(data, errors, exchange.media_type, context.bill)
        return response, errors[0].code if errors else "OK"

    async def _read(self, exchange: _Exchange) -> None:
        request, headers = exchange.request, exchange.request.headers
        check_method(request, is_get_allowed=self._access.allow_get)
        exchange.media_type = media_type_of(headers.get("accept"))
        body = await self._body(request)
        viewer = await self._authenticate(headers.get("authorization"))
        request_id = request.scope.get("state", {}).get("request_id", "")
        exchange.context = Context(viewer, request_id, self._shared)
        is_post = request.method == "POST"
        exchange.question = (
            question_of_body(body) if is_post else question_of_parameters(request.query_params)
        )

    async def _body(self, request: Request) -> bytes:
        if request.method == "GET":
            check_preflight(request.headers)
            return b""
        check_content_type(request.headers.get("content-type"))
        return await read_body(request)

    async def _executed(
        self, question: Question, context: Context
    ) -> tuple[dict[str, object] | None, list[CodedError]]:
        async with self._shared.admission.place():
            result = await self._schema.execute(
                question.query,
                variable_values=question.variables,
                context_value=context,
                operation_name=question.operation_name,
            )
        return result.data, [coded(error) for error in (result.errors or [])[:MOST_ERRORS]]


def _log(exchange: _Exchange, response: Response, code: str) -> None:
    context, question = exchange.context, exchange.question
    admitted = context.admitted if context else None
    logger.info(
        "graphql",
        extra={
            "request_id": context.request_id if context else None,
            "operation": admitted.operation.name if admitted else None,
            "document": _digest(question.query) if question else None,
            "role": context.viewer.role.value if context and context.viewer else None,
            "code": code,
            "status": response.status_code,
            "ms": round((time.perf_counter() - exchange.started) * 1000, 1),
        },
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
