"""Turns a frontend's operations into a manifest that `GEMA_DOCUMENT_MANIFESTS` can name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from graphql import (
    DocumentNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    print_ast,
)

import api.schema
from api.errors import Invalid
from api.schema.coded import CodedError, RequestErrors
from api.schema.cost import MOST_POINTS
from api.schema.documents import KnownDocument
from api.schema.limits import every_node, fragments_of, operations_of
from api.schema.persisted import manifest_of


def manifest(files: Sequence[Path]) -> str:
    """Return the manifest of every operation in the files, which may share their fragments.

    Raises:
        Invalid: an operation has no name, or would be refused whatever its variables are.
    """
    documents = list(_alone(_read(files)))
    for node, text in documents:
        _check(node, text)
    listed = [(_name(node), node.operation.value, text) for node, text in documents]
    return orjson.dumps(manifest_of(listed), option=orjson.OPT_INDENT_2).decode() + "\n"


def _read(files: Sequence[Path]) -> DocumentNode:
    parsed = []
    for file in files:
        try:
            parsed.append(parse(file.read_text()))
        except OSError:
            raise Invalid(f"{file.name} cannot be read.") from None
        except GraphQLSyntaxError as error:
            raise Invalid(f"{file.name}: {error.message}") from None
    return DocumentNode(definitions=tuple(node for one in parsed for node in one.definitions))


def _alone(document: DocumentNode) -> Iterator[tuple[OperationDefinitionNode, str]]:
    fragments = fragments_of(document)
    for operation in operations_of(document):
        needed: dict[str, None] = {}
        waiting = list(_spreads(DocumentNode(definitions=(operation,))))
        while waiting:
            name = waiting.pop()
            if name in fragments and name not in needed:
                needed[name] = None
                waiting += _spreads(DocumentNode(definitions=(fragments[name],)))
        kept = (operation, *(fragments[name] for name in sorted(needed)))
        yield operation, print_ast(DocumentNode(definitions=kept))


def _spreads(document: DocumentNode) -> Iterator[str]:
    for node in every_node(document):
        if isinstance(node, FragmentSpreadNode):
            yield node.name.value


def _check(node: OperationDefinitionNode, text: str) -> None:
    if node.name is None:
        raise Invalid("An operation has no name.", code="BLANK")
    for error in _refusals(text):
        raise Invalid(f"{node.name.value}: {error.message}", code=error.code)


def _refusals(text: str) -> Sequence[CodedError]:
    try:
        known = KnownDocument(text, api.schema.schema._schema)  # noqa: SLF001
        operation = known.operation(None)
    except RequestErrors as error:
        return error.errors
    cost = operation.term.points(_smallest_pages(operation.definition))
    if cost > MOST_POINTS:
        message = f"It costs {cost} points and more; the limit is {MOST_POINTS}."
        return [CodedError("QUERY_TOO_COMPLEX", message)]
    return known.problems


def _smallest_pages(node: OperationDefinitionNode) -> dict[str, object]:
    return {definition.variable.name.value: 1 for definition in node.variable_definitions or ()}


def _name(node: OperationDefinitionNode) -> str:
    return node.name.value if node.name else ""
