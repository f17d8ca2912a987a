"""The document budget: decided on the parsed document, before validation.

Validation compares fields pairwise and is quadratic, and it blocks the event loop. So a document
that is over one of these limits is refused by a single walk and never reaches it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
)

from api.schema.coded import refused, too_complex

MOST_TOKENS = 2_000
MOST_OPERATIONS = 10
MOST_FIELDS = 500
MOST_ALIASES = 30
MOST_DIRECTIVES = 8
MOST_ROOT_FIELDS = 20
MOST_REPEATS = 20
MOST_VISITS = 2_000
DEEPEST = 12
DEEPEST_INTROSPECTION = 20
MOST_DIGITS = 20
MOST_LIST_ITEMS = 100
MOST_VALUES = 10_000

_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_INTROSPECTION_ROOTS = frozenset({"__schema", "__type"})

Fragments = dict[str, FragmentDefinitionNode]
Opened = tuple[SelectionSetNode, frozenset[str]]


@dataclass(slots=True)
class Merged:
    """All fields of one response key in one merged selection set, and the sets below them."""

    nodes: list[FieldNode] = field(default_factory=list)
    below: list[Opened] = field(default_factory=list)


@dataclass(slots=True)
class Walk:
    """Merges selection sets as the executor would, and counts what it visits."""

    fragments: Fragments
    visits: int = 0

    def merge(self, opened: Sequence[Opened]) -> dict[str, Merged]:
        """Return the fields of several selection sets by response key, through fragments.

        A fragment inside itself is skipped: reporting the circle is validation's part.
        """
        merged: dict[str, Merged] = {}
        waiting = [(selection, above) for sets, above in opened for selection in sets.selections]
        spread: set[str] = set()
        while waiting:
            selection, above = waiting.pop()
            self._count_visit()
            if isinstance(selection, FieldNode):
                _add(merged, selection, above)
            else:
                waiting.extend(self._inside(selection, above, spread))
        return merged

    def _count_visit(self) -> None:
        self.visits += 1
        if self.visits > MOST_VISITS:
            raise too_complex("visited selections", MOST_VISITS)

    def _inside(
        self, selection: SelectionNode, above: frozenset[str], spread: set[str]
    ) -> list[tuple[SelectionNode, frozenset[str]]]:
        if isinstance(selection, InlineFragmentNode):
            return [(inner, above) for inner in selection.selection_set.selections]
        name = selection.name.value if isinstance(selection, FragmentSpreadNode) else ""
        fragment = self.fragments.get(name)
        if fragment is None or name in above or name in spread:
            return []
        spread.add(name)
        return [(inner, above | {name}) for inner in fragment.selection_set.selections]


def _add(merged: dict[str, Merged], node: FieldNode, above: frozenset[str]) -> None:
    same = merged.setdefault(node.alias.value if node.alias else node.name.value, Merged())
    same.nodes.append(node)
    if len(same.nodes) > MOST_REPEATS:
        raise too_complex("repetitions of a field", MOST_REPEATS, len(same.nodes))
    if node.selection_set is not None:
        same.below.append((node.selection_set, above))


def fragments_of(document: DocumentNode) -> Fragments:
    """Return the fragments of a document by name."""
    found = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
    return {node.name.value: node for node in found}


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    """Return the operations of a document as written."""
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]


def check_budget(document: DocumentNode) -> None:
    """Refuse a document that is over a limit.

    Raises:
        RequestErrors: QUERY_TOO_COMPLEX, or BAD_USER_INPUT for a literal nobody may send.
    """
    _check_written(document)
    walk = Walk(fragments_of(document))
    for operation in operations_of(document):
        root = walk.merge([(operation.selection_set, frozenset())])
        if len(root) > MOST_ROOT_FIELDS:
            raise too_complex("root fields", MOST_ROOT_FIELDS, len(root))
        _check_depth(walk, root, 1, DEEPEST)
    for name, fragment in walk.fragments.items():
        root = walk.merge([(fragment.selection_set, frozenset({name}))])
        is_introspection = fragment.type_condition.name.value.startswith("__")
        _check_depth(walk, root, 1, DEEPEST_INTROSPECTION if is_introspection else DEEPEST)


def _check_depth(walk: Walk, merged: dict[str, Merged], depth: int, deepest: int) -> None:
    if merged and depth > deepest:
        raise too_complex("levels", deepest, depth)
    for same in merged.values():
        is_introspection = same.nodes[0].name.value in _INTROSPECTION_ROOTS
        allowed = DEEPEST_INTROSPECTION if is_introspection else deepest
        if same.below:
            _check_depth(walk, walk.merge(same.below), depth + 1, allowed)


def _check_written(document: DocumentNode) -> None:
    counts = {"operations": 0, "fields": 0, "aliases": 0, "directives": 0}
    for node in every_node(document):
        if isinstance(node, FieldNode):
            counts["fields"] += 1
            counts["aliases"] += node.alias is not None
        elif isinstance(node, DirectiveNode | OperationDefinitionNode):
            counts["directives" if isinstance(node, DirectiveNode) else "operations"] += 1
        else:
            _check_literal(node)
    most = (MOST_OPERATIONS, MOST_FIELDS, MOST_ALIASES, MOST_DIRECTIVES)
    for (name, actual), limit in zip(counts.items(), most, strict=True):
        if actual > limit:
            raise too_complex(name, limit, actual)


def every_node(document: DocumentNode) -> Iterator[Node]:
    """Yield the document and all nodes below it."""
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        yield node
        for key in node.keys:
            value = getattr(node, key)
            if isinstance(value, Node):
                waiting.append(value)
            elif isinstance(value, tuple):
                waiting.extend(value)


def _check_literal(node: Node) -> None:
    if isinstance(node, IntValueNode | FloatValueNode) and len(node.value) > MOST_DIGITS:
        message = f"A number has more than {MOST_DIGITS} digits."
        raise refused("BAD_USER_INPUT", message, node=node)
    if isinstance(node, StringValueNode) and _UNSAFE.search(node.value):
        raise refused("BAD_USER_INPUT", "A string has a control character.", node=node)


def check_variables(variables: dict[str, object]) -> None:
    """Refuse control characters and direction overrides in any string, and too many values.

    Raises:
        RequestErrors: BAD_USER_INPUT, whose `path` names the place.
    """
    waiting: list[tuple[object, _Place | None]] = [(variables, None)]
    count = 1
    while waiting:
        value, place = waiting.pop()
        # Counted before a place is made for each: those of 100,000 values take 200 ms.
        count += len(value) if isinstance(value, dict | list) else 0
        if count > MOST_VALUES:
            raise refused("BAD_USER_INPUT", f"The variables hold over {MOST_VALUES} values.")
        if isinstance(value, dict):
            waiting.extend((item, _Place(place, name)) for name, item in value.items())
        elif isinstance(value, list):
            waiting.extend((item, _Place(place, str(i))) for i, item in enumerate(value))
        elif isinstance(value, str) and _UNSAFE.search(value):
            message = "A string has a control character."
            raise refused("BAD_USER_INPUT", message, path=_path(place))


class _Place(NamedTuple):
    """A place inside the variables; the whole path is written only for a refusal."""

    above: "_Place | None"
    name: str


def _path(place: _Place | None) -> list[str]:
    names = []
    while place is not None:
        names.append(place.name)
        place = place.above
    return names[::-1]
