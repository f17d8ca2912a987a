"""The operations that clients send, word for word, each with the fragments that it uses."""

from functools import cache
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

CHECKOUT = Path(__file__).parents[3]
CONTRACT = CHECKOUT.parent / "shared" / "contract" / "operations.graphql"


class _Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.names.add(node.name.value)


def operation(name: str) -> str:
    """Return the text of one operation; the test is skipped where the contract is not at hand."""
    if not CONTRACT.exists():
        pytest.skip("the contract is not beside this checkout")
    return _operations()[name]


@cache
def _operations() -> dict[str, str]:
    document = parse(CONTRACT.read_text())
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    return {
        node.name.value: _printed(node, fragments)
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode) and node.name is not None
    }


def _printed(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> str:
    spreads = _Spreads()
    visit(operation, spreads)
    used = tuple(fragments[name] for name in sorted(spreads.names))
    return print_ast(DocumentNode(definitions=(operation, *used)))
