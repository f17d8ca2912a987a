"""Documents that were sent: parsed, budgeted and validated once, then remembered.

Nothing here depends on who asks or on variables, so that all callers can share what is remembered.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)

from api.schema.coded import (
    MOST_ERRORS,
    CodedError,
    RequestErrors,
    refused,
    too_complex,
)
from api.schema.cost import Term, cost_of, defaults_of
from api.schema.limits import MOST_TOKENS, Walk, check_budget, fragments_of, operations_of
from api.schema.masking import coded

_MOST_REMEMBERED = 512
_LONGEST_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with all that can be known before its variables."""

    document: DocumentNode
    definition: OperationDefinitionNode
    root_fields: tuple[FieldNode, ...]
    term: Term
    defaults: dict[str, object]

    @property
    def name(self) -> str | None:
        """Return the name that the client gave."""
        return self.definition.name.value if self.definition.name else None

    @property
    def kind(self) -> OperationType:
        """Return query, mutation or subscription."""
        return self.definition.operation

    def alone(self, fields: list[FieldNode]) -> DocumentNode:
        """Return a document whose only operation keeps just these root fields."""
        node = self.definition
        kept = OperationDefinitionNode(
            operation=node.operation,
            name=node.name,
            variable_definitions=node.variable_definitions,
            selection_set=SelectionSetNode(selections=tuple(fields)),
        )
        return DocumentNode(definitions=(kept, *fragments_of(self.document).values()))


class KnownDocument:
    """A parsed document within its budget."""

    def __init__(self, text: str, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.document = _parsed(text)
        check_budget(self.document)
        written = operations_of(self.document)
        self._operations = {_name(node): node for node in written}
        self._is_single = len(written) == 1
        self._prepared: dict[str | None, Operation] = {}

    def operation(self, name: str | None) -> Operation:
        """Return the operation to run.

        Raises:
            RequestErrors: OPERATION_RESOLUTION_FAILURE; there is none, or not exactly one.
        """
        if name is None and self._is_single:
            name = next(iter(self._operations))
        elif name is None or name not in self._operations:
            raise refused("OPERATION_RESOLUTION_FAILURE", _unresolved(name))
        if name not in self._prepared:
            self._prepared[name] = self._prepare(self._operations[name])
        return self._prepared[name]

    def _prepare(self, node: OperationDefinitionNode) -> Operation:
        fragments = fragments_of(self.document)
        root = Walk(fragments).merge([(node.selection_set, frozenset())])
        fields = tuple(field for same in root.values() for field in same.nodes)
        term = cost_of(node, fragments)
        return Operation(self.document, node, fields, term, defaults_of(node))

    @cached_property
    def problems(self) -> list[CodedError]:
        """Return what validation has against the document."""
        errors = validate(
            self._schema, self.document, max_errors=MOST_ERRORS, hide_suggestions=True
        )
        return [
            coded(error)
            if error.original_error
            else CodedError("GRAPHQL_VALIDATION_FAILED", error.message, origin=error)
            for error in errors
        ]


class Documents:
    """The documents seen last, with their refusals."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: OrderedDict[str, KnownDocument | RequestErrors] = OrderedDict()

    def get(self, text: str) -> KnownDocument:
        """Return a document, known or new.

        Raises:
            RequestErrors: it does not parse, or is over its budget.
        """
        known = self._known.get(text)
        if known is None:
            known = self._read(text)
        else:
            self._known.move_to_end(text)
        if isinstance(known, RequestErrors):
            raise RequestErrors(known.errors)
        return known

    def _read(self, text: str) -> KnownDocument | RequestErrors:
        known: KnownDocument | RequestErrors
        try:
            known = KnownDocument(text, self._schema)
        except RequestErrors as error:
            known = error.with_traceback(None)
        if len(text) <= _LONGEST_REMEMBERED:
            self._known[text] = known
            if len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return known


def _name(node: OperationDefinitionNode) -> str | None:
    return node.name.value if node.name else None


def _unresolved(name: str | None) -> str:
    if name is None:
        return "Send exactly one operation, or name the one to run in operationName."
    return "The document has no operation of that name."


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        if "nested too deeply" in error.message:
            raise too_complex("levels of nesting", 100) from None
        if "Parsing aborted" in error.message:
            raise too_complex("tokens", MOST_TOKENS) from None
        problem = CodedError("GRAPHQL_PARSE_FAILED", error.message, origin=error)
        raise RequestErrors([problem]) from None
