"""The published schema keeps the conventions that frontends rely on, in every corner of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_scalar_type,
)

from api.schema.export import sdl

CHECKOUT = Path(__file__).parents[2]
SCHEMA = build_schema(sdl())
OURS = [one for name, one in SCHEMA.type_map.items() if not name.startswith("__")]
OBJECTS = [one for one in OURS if isinstance(one, GraphQLObjectType | GraphQLInterfaceType)]
INPUTS = [one for one in OURS if isinstance(one, GraphQLInputObjectType)]
ENUMS = [one for one in OURS if isinstance(one, GraphQLEnumType)]
SCALARS = {"ID", "Int", "String", "Float", "Boolean", "DateTime", "URL", "BigInt", "Date"}
CAMEL, PASCAL, UPPER = r"[a-z][A-Za-z0-9]*", r"[A-Z][A-Za-z0-9]*", r"[A-Z][A-Z0-9_]*"
QUESTION = re.compile(r"(is|has|can)[A-Z]")
# Words of the contract, which are older than the rule.
SHORT_QUESTIONS = {
    "SocialAccountLinkInput.consent",
    "InviteListProposeInput.dryRun",
    "AuditEventConnection.chainIsIntact",
    "PolicyRule.required",
    "Query.rateLimit(dryRun)",
}
# The order of the ids that were asked for: what is missing has a place too.
GAPS = {"Query.nodes"}
# A request has no object behind it.
REQUEST_IDS = {"AuditEvent.requestId"}


def fields() -> Iterator[tuple[str, Any]]:
    """Yield every field of an object or input, every argument too, with its place."""
    for kind in (*OBJECTS, *INPUTS):
        for name, field in kind.fields.items():
            yield f"{kind.name}.{name}", field
            for argument, given in getattr(field, "args", {}).items():
                yield f"{kind.name}.{name}({argument})", given


def own_name(place: str) -> str:
    return re.split(r"[.(]", place.rstrip(")"))[-1]


def test_names_are_written_as_agreed() -> None:
    wrong = [kind.name for kind in OURS if not re.fullmatch(PASCAL, kind.name)]
    wrong += [place for place, _ in fields() if not re.fullmatch(CAMEL, own_name(place))]
    wrong += [f"{e.name}.{v}" for e in ENUMS for v in e.values if not re.fullmatch(UPPER, v)]
    padded = [kind.name for kind in OURS if kind.name.endswith(("Enum", "Type", "Mutation"))]
    padded.remove("Mutation")
    padded += [place for place, _ in fields() if re.match(r"(get|query)[A-Z]", own_name(place))]

    assert (wrong, padded) == ([], [])


def test_yes_or_no_is_asked_as_a_question() -> None:
    plain = {
        place
        for place, field in fields()
        if get_named_type(field.type).name == "Boolean" and not QUESTION.match(own_name(place))
    }

    assert plain == SHORT_QUESTIONS


def test_every_connection_has_its_parts() -> None:
    for kind in OBJECTS:
        if kind.name.endswith("Connection"):
            parts = {name: str(field.type) for name, field in kind.fields.items()}
            row = parts["nodes"].strip("[]!")
            assert parts["nodes"] == f"[{row}!]!", kind.name
            edge = SCHEMA.type_map[parts["edges"].strip("[]!")]
            assert parts["edges"] == f"[{row}Edge!]!", kind.name
            assert {name: str(field.type) for name, field in edge.fields.items()} == {
                "cursor": "String!",
                "node": f"{row}!",
            }
            assert (parts["pageInfo"], parts["totalCount"]) == ("PageInfo!", "Int"), kind.name


def test_filters_and_orders_are_typed_and_optional() -> None:
    for place, given in fields():
        if own_name(place) in {"filter", "orderBy"}:
            assert isinstance(get_named_type(given.type), GraphQLInputObjectType), place
            assert not isinstance(given.type, GraphQLNonNull), place
    for kind in INPUTS:
        if kind.name.endswith("Filter"):
            required = [n for n, f in kind.fields.items() if isinstance(f.type, GraphQLNonNull)]
            assert required == [], kind.name
        if kind.name.endswith("Order"):
            parts = {name: str(field.type) for name, field in kind.fields.items()}
            assert parts == {"field": f"{kind.name}Field!", "direction": "OrderDirection!"}


def test_no_scalar_carries_what_the_schema_does_not_tell() -> None:
    assert {one.name for one in OURS if is_scalar_type(one)} <= SCALARS


def test_items_of_lists_are_never_null() -> None:
    gaps = {
        place
        for place, field in fields()
        if any(not strict for strict in _strict_items(field.type))
    }

    assert gaps == GAPS


def _strict_items(kind: Any) -> Iterator[bool]:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        if isinstance(kind, GraphQLList):
            yield isinstance(kind.of_type, GraphQLNonNull)
        kind = kind.of_type


def test_what_a_mutation_changed_is_null_when_it_is_refused() -> None:
    strict = [
        f"{kind.name}.{name}"
        for kind in OBJECTS
        if kind.name.endswith("Payload")
        for name, field in kind.fields.items()
        if isinstance(field.type, GraphQLNonNull) != (name == "userErrors")
    ]

    assert strict == []


def test_whatever_is_called_an_id_is_an_opaque_one() -> None:
    for place, field in fields():
        is_called_id = re.fullmatch(r"ids?|\w+Ids?", own_name(place)) is not None
        is_opaque = get_named_type(field.type).name == "ID"
        assert is_opaque or not is_called_id or place in REQUEST_IDS, place


def test_times_say_that_they_are_timestamps() -> None:
    silent = [
        place
        for place, field in fields()
        if get_named_type(field.type).name == "DateTime"
        and "timestamp" not in (field.description or "").lower()
    ]

    assert silent == []


def test_what_has_no_id_is_listed_as_a_value() -> None:
    lines = (CHECKOUT / "suites" / "graphql" / "value-types.txt").read_text().splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    parts = ("Edge", "Connection", "Payload", "UserError", "Query", "Mutation", "Subscription")
    values = {
        kind.name for kind in OBJECTS if "id" not in kind.fields and not kind.name.endswith(parts)
    }

    assert values - listed == set()
    assert listed <= {kind.name for kind in OBJECTS}
