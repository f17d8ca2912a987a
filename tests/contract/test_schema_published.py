"""What clients rely on: the published schema, its descriptions, and the operations they send."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    validate,
)

from api.schema import schema
from api.schema.export import sdl
from api.schema.limits import every_node, fragments_of, operations_of
from api.schema.permissions import public_fields
from api.schema.reference import reference

CHECKOUT = Path(__file__).parents[2]
PUBLISHED = CHECKOUT / "schema.graphql"
REFERENCE = CHECKOUT / "docs" / "reference" / "graphql.md"
CONTRACT = CHECKOUT.parent / "shared" / "contract" / "operations.graphql"

# Remove a name when its operation lands.
NOT_YET_LANDED: frozenset[str] = frozenset()
ROLES = "ADMIN|CAMPAIGN_MANAGER|EVENT_ORGANISER|AUDITOR|ASN"
ENDING = re.compile(rf"(Requires: ({ROLES})(, ({ROLES}))*\.|Public\.)$")
REMOVAL = re.compile(r"Use `[^`]+`\. Removal on \d{4}-\d{2}-\d{2} UTC\.$")


def served() -> GraphQLSchema:
    return build_schema(sdl())


def elements(within: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Yield every named element with its description."""
    for name, kind in within.type_map.items():
        if name.startswith("__") or name in {"ID", "Int", "Float", "String", "Boolean"}:
            continue
        yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            for value, definition in kind.values.items():
                yield f"{name}.{value}", definition.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, definition in kind.fields.items():
                yield f"{name}.{field}", definition.description
                for argument, given in getattr(definition, "args", {}).items():
                    yield f"{name}.{field}({argument}:)", given.description


def root_fields(within: GraphQLSchema) -> Iterator[tuple[str, object]]:
    for root in (within.query_type, within.mutation_type, within.subscription_type):
        if root is not None:
            yield from ((f"{root.name}.{name}", field) for name, field in root.fields.items())


def contract_operations() -> dict[str, DocumentNode]:
    if not CONTRACT.exists():
        pytest.skip("the contract is not beside this checkout")
    document = parse(CONTRACT.read_text())
    return {
        operation.name.value: _with_fragments(operation, document)
        for operation in operations_of(document)
        if operation.name
    }


def _with_fragments(operation: OperationDefinitionNode, document: DocumentNode) -> DocumentNode:
    fragments = fragments_of(document)
    names = {
        node.name.value
        for node in every_node(DocumentNode(definitions=(operation,)))
        if isinstance(node, FragmentSpreadNode)
    }
    return DocumentNode(definitions=(operation, *(fragments[name] for name in sorted(names))))


def test_the_published_schema_is_the_one_that_is_served() -> None:
    assert PUBLISHED.exists(), "write it with: make schema"
    assert PUBLISHED.read_text() == sdl(), "write it again with: make schema"


def test_the_reference_for_readers_is_made_from_it() -> None:
    assert REFERENCE.read_text() == reference(), "write it again with: make schema"


def test_every_element_is_described_by_a_sentence() -> None:
    undescribed = [name for name, text in elements(served()) if not text]
    unlike_a_sentence = [
        name
        for name, text in elements(served())
        if text and not (text[0].isupper() and text.endswith((".", "`")))
    ]

    assert undescribed == []
    assert unlike_a_sentence == []


def test_every_root_field_tells_who_may_ask_and_may_be_null() -> None:
    silent = [name for name, field in root_fields(served()) if not ENDING.search(field.description)]
    required = [
        name for name, field in root_fields(served()) if isinstance(field.type, GraphQLNonNull)
    ]

    assert silent == []
    assert required == []


def test_only_the_agreed_fields_are_public() -> None:
    public = {
        name for name, field in root_fields(served()) if field.description.endswith("Public.")
    }

    assert public <= {
        "Query.badge",
        "Query.publicFigures",
        "Query.rateLimit",
        "Query.viewer",
        "Mutation.invitationRespond",
    }


def test_no_optional_argument_or_input_field_defaults_to_null() -> None:
    assert "= null" not in sdl()


def test_every_connection_has_the_four_arguments_and_nodes_with_ids() -> None:
    within = served()
    for kind in within.type_map.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for name, field in kind.fields.items():
            if str(field.type).rstrip("!").endswith("Connection"):
                assert {"first", "after", "last", "before"} <= set(field.args), f"{kind}.{name}"
        if kind.name.endswith("Connection"):
            row = within.type_map[str(kind.fields["nodes"].type).strip("[]!")]
            assert "Node" in [interface.name for interface in row.interfaces], kind.name


def test_every_mutation_takes_one_input_and_answers_with_user_errors() -> None:
    mutation = served().mutation_type
    for name, field in (mutation.fields if mutation else {}).items():
        verb = name[0].upper() + name[1:]
        assert {argument: str(given.type) for argument, given in field.args.items()} == {
            "input": f"{verb}Input!"
        }
        assert str(field.type) == f"{verb}Payload"
        assert str(field.type.fields["userErrors"].type) == "[UserError!]!"


def test_a_deprecation_names_the_way_out_and_the_day() -> None:
    for kind in served().type_map.values():
        fields = kind.fields if isinstance(kind, GraphQLObjectType) else {}
        values = kind.values if isinstance(kind, GraphQLEnumType) else {}
        for element in [*fields.values(), *values.values()]:
            reason = element.deprecation_reason
            assert reason is None or REMOVAL.search(reason), reason


def test_no_description_names_a_type_of_python() -> None:
    described = " ".join(text or "" for _, text in elements(served()))

    assert "strawberry" not in described.lower()
    assert "directive @" not in sdl()


def test_operations_that_have_landed_validate() -> None:
    within = served()
    failing = {
        name: [error.message for error in validate(within, document)]
        for name, document in contract_operations().items()
        if name not in NOT_YET_LANDED
    }

    assert {name: errors for name, errors in failing.items() if errors} == {}


def test_no_operation_that_has_landed_is_listed_as_missing() -> None:
    within = served()
    landed = {
        name
        for name, document in contract_operations().items()
        if name in NOT_YET_LANDED and not validate(within, document)
    }

    assert landed == set()
    assert set(contract_operations()) >= NOT_YET_LANDED


def test_the_gate_knows_for_every_root_field_whether_it_is_public() -> None:
    known = {name for fields in public_fields(schema).values() for name in fields}

    assert known == {name.split(".")[1] for name, _ in root_fields(served())}
