"""All that is decided about an operation before it runs, in this order.

Listed documents, parse, document budget, operation, sign-in for root fields, points, validation.
The HTTP endpoint asks the gate, and a socket must ask it too; `Prepared` keeps strawberry from
doing the same again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import BooleanValueNode, DocumentNode, FieldNode, OperationType, VariableNode
from strawberry import Schema
from strawberry.extensions import SchemaExtension

from api.schema.coded import CodedError, RequestErrors, refused
from api.schema.context import Bill, Context
from api.schema.cost import MOST_POINTS
from api.schema.documents import Documents, Operation
from api.schema.limits import check_variables
from api.schema.permissions import public_fields
from api.schema.persisted import PersistedDocuments
from api.schema.points import Account, PointsLedger, PointsWindow
from api.schema.question import Question

_INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Admitted:
    """An operation that may run."""

    question: Question
    operation: Operation
    document: DocumentNode


class Gate:
    """Decides for one schema whether an operation runs, and what it costs."""

    def __init__(
        self,
        schema: Schema,
        ledger: PointsLedger,
        introspection: str,
        persisted: PersistedDocuments,
    ) -> None:
        self._documents = Documents(schema._schema)  # noqa: SLF001
        self._public = public_fields(schema)
        self._ledger = ledger
        self._introspection = introspection
        self._persisted = persisted

    async def admit(self, question: Question, context: Context, account: Account) -> Admitted:
        """Let an operation in and write its bill into the context.

        Raises:
            RequestErrors: it is refused; nothing has run, at least one point is spent.
        """
        try:
            question = self._persisted.resolved(question)
            operation, cost = self._examine(question, context)
        except RequestErrors:
            await self._ledger.charge(account, 1)
            raise
        lonely = _dry_run_fields(operation, question.variables)
        window = await self._ledger.charge(account, 1 if lonely else cost)
        context.bill = Bill(cost, window)
        if window.is_exceeded:
            raise _rate_limited(window)
        if problems := self._documents.get(question.query).problems:
            raise RequestErrors(problems)
        document = operation.alone(lonely) if lonely else operation.document
        return Admitted(question, operation, document)

    def _examine(self, question: Question, context: Context) -> tuple[Operation, int]:
        known = self._documents.get(question.query)
        check_variables(question.variables)
        operation = known.operation(question.operation_name)
        if operation.kind not in question.kinds:
            raise _sent_wrongly(operation.kind)
        self._check_sign_in(operation, context)
        return operation, _cost(operation, question.variables)

    def _check_sign_in(self, operation: Operation, context: Context) -> None:
        names = {node.name.value for node in operation.root_fields}
        if names & _INTROSPECTION and not self._may_introspect(context):
            raise refused("INTROSPECTION_DISABLED", "Introspection is not open to you.")
        if context.viewer is None:
            fields = self._public[operation.kind]
            if any(fields.get(name) is False for name in names):
                raise refused("UNAUTHENTICATED", "Sign in to ask this.", reason="missing")

    def _may_introspect(self, context: Context) -> bool:
        is_signed_in = self._introspection == "auth" and context.viewer is not None
        return self._introspection == "open" or is_signed_in


class Prepared(SchemaExtension):
    """Hands the admitted document to the executor: parsed, within its budget and valid."""

    def on_parse(self) -> Iterator[None]:
        """Give the parsed document."""
        if admitted := self._admitted:
            self.execution_context.graphql_document = admitted.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Say that validation found nothing."""
        if self._admitted:
            self.execution_context.pre_execution_errors = []
        yield

    @property
    def _admitted(self) -> Admitted | None:
        context = self.execution_context.context
        return context.admitted if isinstance(context, Context) else None


def _sent_wrongly(kind: OperationType) -> RequestErrors:
    if kind is OperationType.MUTATION:
        return refused("METHOD_NOT_ALLOWED", "Send a mutation with POST.")
    return refused("OPERATION_RESOLUTION_FAILURE", f"A {kind.value} cannot be sent this way.")


def _cost(operation: Operation, variables: Mapping[str, object]) -> int:
    cost = max(1, operation.term.points({**operation.defaults, **variables}))
    if cost > MOST_POINTS:
        message = f"The operation costs {cost} points; the limit is {MOST_POINTS}."
        raise refused("QUERY_TOO_COMPLEX", message, limitName="cost", limit=MOST_POINTS, cost=cost)
    return cost


def _dry_run_fields(operation: Operation, variables: Mapping[str, object]) -> list[FieldNode]:
    if operation.kind is not OperationType.QUERY:
        return []
    known = {**operation.defaults, **variables}
    found = [node for node in operation.root_fields if node.name.value == "rateLimit"]
    return found if any(_is_dry_run(node, known) for node in found) else []


def _is_dry_run(node: FieldNode, variables: Mapping[str, object]) -> bool:
    for argument in node.arguments or ():
        if argument.name.value == "dryRun":
            value = argument.value
            if isinstance(value, VariableNode):
                return variables.get(value.name.value) is True
            return isinstance(value, BooleanValueNode) and value.value
    return False


def _rate_limited(window: PointsWindow) -> RequestErrors:
    details = {"retryAfter": window.retry_after_seconds}
    return RequestErrors(
        [CodedError("RATE_LIMITED", "Too many points in this minute.", details=details)]
    )
