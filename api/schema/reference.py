"""The published schema as a page for readers: every element with its description."""

from collections.abc import Callable, Iterable, Iterator

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)

from api.schema.export import sdl

_ROOTS = ("Query", "Mutation", "Subscription")
_HEAD = """# GraphQL reference

Made from `schema.graphql` by `make schema`; do not edit. `!` marks what is never null. Root fields
end with the roles that may ask, or with "Public.". Names of errors: [error codes](errors.md).
"""


def reference() -> str:
    """Return the page as Markdown."""
    within = build_schema(sdl())
    return "\n".join([_HEAD, *_roots(within), *_types(within)])


def _roots(within: GraphQLSchema) -> Iterator[str]:
    for name in _ROOTS:
        root = within.type_map.get(name)
        if isinstance(root, GraphQLObjectType):
            yield f"## {name}\n"
            for field_name, field in root.fields.items():
                yield _root_field(field_name, field)


def _root_field(name: str, field: GraphQLField) -> str:
    lines = [f"### `{name}: {_cell(field.type)}`\n", f"{_text(field)}\n"]
    if field.args:
        lines.append(_table("argument", field.args.items()))
    return "\n".join(lines)


def _types(within: GraphQLSchema) -> Iterator[str]:
    named = [kind for name, kind in within.type_map.items() if not _is_hidden(name)]
    for title, kinds, show in _SECTIONS:
        found = [kind for kind in named if isinstance(kind, kinds)]
        if found:
            yield f"## {title}\n"
            yield from (f"### {kind.name}\n\n{_text(kind)}\n\n{show(kind)}" for kind in found)


def _is_hidden(name: str) -> bool:
    return name in _ROOTS or name.startswith("__")


def _fields(kind: GraphQLNamedType) -> str:
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        raise TypeError(f"{kind.name} has no fields")
    return _table("field", kind.fields.items())


def _values(kind: GraphQLNamedType) -> str:
    if not isinstance(kind, GraphQLEnumType):
        raise TypeError(f"{kind.name} has no values")
    rows = [f"| `{name}` | {_text(value)} |" for name, value in kind.values.items()]
    return "\n".join(["| value | meaning |", "|---|---|", *rows, ""])


def _nothing(_: GraphQLNamedType) -> str:
    return ""


def _table(
    head: str, rows: Iterable[tuple[str, GraphQLArgument | GraphQLField | GraphQLInputField]]
) -> str:
    shown = [f"| `{name}` | `{_cell(row.type)}` | {_text(row)} |" for name, row in rows]
    return "\n".join([f"| {head} | type | meaning |", "|---|---|---|", *shown, ""])


def _cell(kind: object) -> str:
    return str(kind).replace("|", "\\|")


def _text(element: object) -> str:
    described = getattr(element, "description", None) or ""
    reason = getattr(element, "deprecation_reason", None)
    text = f"{described} Deprecated: {reason}" if reason else described
    return " ".join(text.split()).replace("|", "\\|")


_SECTIONS: tuple[
    tuple[str, tuple[type[GraphQLNamedType], ...], Callable[[GraphQLNamedType], str]], ...
] = (
    ("Types", (GraphQLObjectType, GraphQLInterfaceType), _fields),
    ("Inputs", (GraphQLInputObjectType,), _fields),
    ("Enumerations", (GraphQLEnumType,), _values),
    ("Scalars", (GraphQLScalarType,), _nothing),
)
