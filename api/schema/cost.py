"""The cost of an operation in points, from its text and its page sizes alone.

A field is 1, `totalCount` 10, `isReproducible` 2,000, as it computes a whole list,
`rankWithoutDecay` 5,000, as it adds up all holders. What stands
below `edges` and `nodes` of a connection is multiplied by the page size: the value of `first` or
`last`, 100 if it cannot be known, 25 if absent. `nodes(ids:)` at the root multiplies by the number
of ids. Plain lists count once. A point is about 10 µs of work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    ArgumentNode,
    FieldNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    VariableNode,
    value_from_ast_untyped,
)

from api.reads.paging import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS
from api.schema.limits import Fragments, Merged, Walk

MOST_POINTS = 15_000
_POINTS = {
    "totalCount": 10,
    "isReproducible": 2_000,
    "parity": 500,
    "difference": 500,
    "rankWithoutDecay": 5_000,
}
_ROWS = frozenset({"edges", "nodes"})

Times = int | str


@dataclass(frozen=True, slots=True)
class Term:
    """Points that are certain, and terms that are multiplied by the value of a variable."""

    fixed: int
    scaled: tuple[tuple[str, "Term"], ...] = ()

    def points(self, variables: Mapping[str, object]) -> int:
        """Return the cost with the variables of one request."""
        return self.fixed + sum(
            _rows(variables.get(name)) * term.points(variables) for name, term in self.scaled
        )


def _rows(value: object) -> int:
    if isinstance(value, list):
        return len(value)
    if value is None:
        return DEFAULT_PAGE_ROWS
    is_size = isinstance(value, int) and 0 <= value <= MAX_PAGE_ROWS
    return value if is_size and isinstance(value, int) else MAX_PAGE_ROWS


def defaults_of(operation: OperationDefinitionNode) -> dict[str, object]:
    """Return the default values of an operation's variables, for those that have one."""
    return {
        node.variable.name.value: value_from_ast_untyped(node.default_value)
        for node in operation.variable_definitions or ()
        if node.default_value is not None
    }


def cost_of(operation: OperationDefinitionNode, fragments: Fragments) -> Term:
    """Return the cost of an operation whose document is within its budget."""
    walk = Walk(fragments)
    return _sum_of(walk, walk.merge([(operation.selection_set, frozenset())]), parent=None)


def _sum_of(walk: Walk, merged: Mapping[str, Merged], parent: Merged | None) -> Term:
    terms = [_term_of(walk, same, parent) for same in merged.values()]
    scaled = [pair for term in terms for pair in term.scaled]
    return Term(sum(term.fixed for term in terms), tuple(scaled))


def _term_of(walk: Walk, same: Merged, parent: Merged | None) -> Term:
    name = same.nodes[0].name.value
    own = _POINTS.get(name, 1)
    if not same.below:
        return Term(own)
    below = _sum_of(walk, walk.merge(same.below), same)
    times = _times(same.nodes[0], parent) if name in _ROWS else 1
    if isinstance(times, str):
        return Term(own, ((times, below),))
    return Term(own + times * below.fixed, _multiplied(times, below.scaled))


def _multiplied(times: int, scaled: tuple[tuple[str, Term], ...]) -> tuple[tuple[str, Term], ...]:
    return tuple(
        (name, Term(times * term.fixed, _multiplied(times, term.scaled))) for name, term in scaled
    )


def _times(node: FieldNode, parent: Merged | None) -> Times:
    if parent is None:
        return _size(_argument([node], "ids"))
    sizes = [_argument(parent.nodes, name) for name in ("first", "last")]
    return _size(next((size for size in sizes if size is not None), None))


def _argument(nodes: Sequence[FieldNode], name: str) -> ArgumentNode | None:
    for node in nodes:
        for argument in node.arguments or ():
            if argument.name.value == name:
                return argument
    return None


def _size(argument: ArgumentNode | None) -> Times:
    value = argument.value if argument is not None else None
    if value is None or isinstance(value, NullValueNode):
        return DEFAULT_PAGE_ROWS
    if isinstance(value, VariableNode):
        return value.name.value
    if isinstance(value, ListValueNode):
        return len(value.values)
    return _rows(int(value.value)) if isinstance(value, IntValueNode) else MAX_PAGE_ROWS
