"""Every place of the API that takes an id: root arguments and the inputs below them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
)

from api.schema.export import sdl

SCHEMA = build_schema(sdl())
KINDS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}


@dataclass(frozen=True)
class Place:
    """Where an id goes: `path` starts with the argument."""

    operation: str
    field: str
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return how the table of expectations names it, without the word `input`."""
        return ".".join((self.field, *(part for part in self.path if part != "input")))

    @property
    def definition(self) -> Any:
        return _root(self.operation).fields[self.field]

    @property
    def roles(self) -> list[str]:
        """Return the published roles."""
        said: str = self.definition.description.rpartition("Requires: ")[2]
        return said.rstrip(".").split(", ")

    def document(self) -> str:
        """Return an operation that shows of each answer what tells found from not found."""
        arguments = {name: given.type for name, given in self.definition.args.items()}
        used = {
            name: kind
            for name, kind in arguments.items()
            if isinstance(kind, GraphQLNonNull) or name == self.path[0]
        }
        declared = ", ".join(f"${name}: {kind}" for name, kind in used.items())
        passed = ", ".join(f"{name}: ${name}" for name in used)
        shown = _shown(get_named_type(self.definition.type))
        return f"{self.operation} ({declared}) {{ {self.field}({passed}) {{ {shown} }} }}"

    def variables(self, text: str, ids: Any, given: dict[str, Any]) -> dict[str, Any]:
        """Return the smallest variables with this id in place; `ids` knows one for each field."""
        arguments = self.definition.args.items()
        filled = {
            name: _smallest(argument.type, (self.field, name), ids, given)
            for name, argument in arguments
            if isinstance(argument.type, GraphQLNonNull)
        }
        _put(filled, self.definition.args, self.path, text)
        return filled


def id_places() -> list[Place]:
    """Return all of them, as the published schema has them."""
    return [
        Place(operation, field, path)
        for operation in KINDS
        for field, definition in _root(operation).fields.items()
        for argument, given in definition.args.items()
        for path in _paths(given.type, (argument,))
    ]


def _root(operation: str) -> GraphQLObjectType:
    kind = SCHEMA.type_map[KINDS[operation]]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def _paths(kind: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    named = get_named_type(kind)
    if named.name == "ID":
        yield path
    elif isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            yield from _paths(field.type, (*path, name))


def _shown(kind: Any) -> str:
    if not isinstance(kind, GraphQLObjectType):
        return "__typename id"
    if kind.name.endswith("Payload"):
        return "userErrors { code field message }"
    return "totalCount nodes { id }" if kind.name.endswith("Connection") else "__typename"


def _smallest(kind: Any, place: tuple[str, ...], ids: Any, given: dict[str, Any]) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _smallest(kind.of_type, place, ids, given)
    if isinstance(kind, GraphQLList):
        return [_smallest(kind.of_type, place, ids, given)]
    if isinstance(kind, GraphQLInputObjectType):
        return {
            name: given[name]
            if name in given
            else _smallest(field.type, (*place, name), ids, given)
            for name, field in kind.fields.items()
            if isinstance(field.type, GraphQLNonNull) or name in given
        }
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if kind.name == "ID":
        return ids(".".join(part for part in place if part != "input"))
    known = {"DateTime": "2027-01-01T00:00:00Z", "Int": 1, "Boolean": True, "String": "contoh"}
    return {**known, "URL": "https://contoh.go.id/"}[kind.name]


def _put(filled: dict[str, Any], fields: Any, path: tuple[str, ...], text: str) -> None:
    name, *rest = path
    is_list = isinstance(_bare(fields[name].type), GraphQLList)
    if not rest:
        filled[name] = [text] if is_list else text
        return
    named = get_named_type(fields[name].type)
    inner = filled.get(name) or ([{}] if is_list else {})
    filled[name] = inner
    below = inner[0] if is_list else inner
    for other, field in named.fields.items():
        if isinstance(field.type, GraphQLNonNull) and other not in below:
            below[other] = _smallest(field.type, (name, other), str, {})
    _put(below, named.fields, tuple(rest), text)


def _bare(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind
