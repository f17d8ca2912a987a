"""Where questions of every transport are let in and run: HTTP, event streams and sockets.

The order of what is decided is the gate's; running has a deadline and a place of the admission. A
subscription holds no place: its rows are read once a second for all who watch.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

from graphql import OperationType
from strawberry import Schema
from strawberry.types import ExecutionResult

from api.domain.access import Viewer
from api.schema.coded import MOST_ERRORS, CodedError, RequestErrors
from api.schema.context import Context, Shared
from api.schema.gate import Gate
from api.schema.masking import coded, of_exception
from api.schema.points import account_of
from api.schema.question import Question
from api.telemetry.traces import Fact

logger = logging.getLogger("gema.request")

Authenticate = Callable[[str | None], Awaitable[Viewer | None]]


@dataclass(frozen=True, slots=True)
class Part:
    """One answer to a question; a subscription has many. Without data it is a request error."""

    data: dict[str, object] | None
    errors: list[CodedError]

    @property
    def code(self) -> str:
        """Return OK, or the code of the first error."""
        return self.errors[0].code if self.errors else "OK"


@dataclass(slots=True)
class Asked:
    """A question with its context, and the time since it came."""

    question: Question
    context: Context
    started: float = field(default_factory=time.perf_counter)
    told: dict[str, Fact] = field(default_factory=dict)
    """What the line of the log says, once there is one."""

    @property
    def is_subscription(self) -> bool:
        """Tell whether the admitted operation has more than one answer."""
        admitted = self.context.admitted
        return admitted is not None and admitted.operation.kind is OperationType.SUBSCRIPTION


class Desk:
    """Lets questions in and runs them."""

    def __init__(self, schema: Schema, shared: Shared, authenticate: Authenticate) -> None:
        self.shared = shared
        self.authenticate = authenticate
        self._schema = schema
        introspection = shared.settings.access.introspection
        self._gate = Gate(schema, shared.ledger, introspection, shared.persisted)

    async def admit(self, asked: Asked, host: str | None) -> None:
        """Let a question in, with its bill, and make its caller the one of this request.

        Raises:
            RequestErrors: it is refused and nothing has run.
        """
        context = asked.context
        account = account_of(context.viewer, host)
        admitted = await self._gate.admit(asked.question, context, account)
        context.admitted = admitted
        asked.question = admitted.question
        if context.viewer is not None:
            name, digest = admitted.operation.name, asked.question.digest
            context.viewer = context.viewer.asking(context.request_id, name, digest)

    async def answer(self, asked: Asked) -> Part:
        """Run an admitted query or mutation.

        Raises:
            Unavailable: no place became free in time.
        """
        async with self.shared.admission.place():
            result = await self._schema.execute(
                asked.question.query,
                variable_values=asked.question.variables,
                context_value=asked.context,
                operation_name=asked.question.operation_name,
            )
        return _part(result)

    async def answers(self, asked: Asked) -> AsyncGenerator[Part, None]:
        """Yield the one answer to an admitted question, or those of a subscription; never raise."""
        part = Part(None, [])
        try:
            if asked.is_subscription:
                async with aclosing(self._events(asked)) as events:
                    async for part in events:
                        yield part
            else:
                async with asyncio.timeout(self.shared.deadline_seconds):
                    part = await self.answer(asked)
                yield part
        except Exception as error:  # noqa: BLE001 (it fails alone, its transport lives on)
            part = Part(None, errors_of(error))
            yield part
        finally:
            asked.told = note(asked.context, asked.question, part.code, asked.started)

    @contextmanager
    def traced(self, name: str, asked: Asked) -> Iterator[None]:
        """Time the work on a question that may have many answers, as one span."""
        with self.shared.traces.span(name) as span:
            try:
                yield
            finally:
                span.tell(**asked.told)

    async def _events(self, asked: Asked) -> AsyncGenerator[Part, None]:
        source = await self._schema.stream(
            asked.question.query,
            variable_values=asked.question.variables,
            context_value=asked.context,
            operation_name=asked.question.operation_name,
        )
        async with aclosing(source) as results:
            async for result in results:
                if isinstance(result, ExecutionResult):
                    yield _part(result)


def errors_of(error: BaseException) -> list[CodedError]:
    """Return what a client may learn about the failure of a whole request."""
    return error.errors if isinstance(error, RequestErrors) else [of_exception(error)]


def _part(result: ExecutionResult) -> Part:
    return Part(result.data, [coded(error) for error in (result.errors or [])[:MOST_ERRORS]])


def note(
    context: Context | None, question: Question | None, code: str, started: float, status: int = 200
) -> dict[str, Fact]:
    """Write the one line of a request and return it: ids and codes, no document, no variable."""
    admitted = context.admitted if context else None
    name = admitted.operation.name if admitted else None
    seconds = time.perf_counter() - started
    if context is not None:
        cost = context.bill.cost if context.bill else None
        context.shared.observe(name, code, seconds, cost)
    told: dict[str, Fact] = {
        "request_id": context.request_id if context else None,
        "operation": name,
        "document": question.digest[:16] if question else None,
        "role": context.viewer.role.value if context and context.viewer else None,
        "code": code,
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    logger.info("graphql", extra=told)
    return told
