"""Every mutation that creates or changes something can be sent again without a second effect."""

from graphql import (
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
)

from api.schema.export import sdl

SCHEMA = build_schema(sdl())

# A repeat of these has no second effect by their nature, and answers like the first call.
ONCE_BY_NATURE = {
    "apiKeyRevoke": "a key that has ended stays ended",
    "correctionAcknowledge": "the first time of reading stays",
    "invitationCheckIn": "of two scans of a ticket the earlier one counts",
    "shareSubmitProof": "one proof of a share is open at a time",
    "socialAccountLink": "the challenge that stands is shown again",
    "trackedLinkCreate": "a post and an account have one link",
}
# These refuse a repeat or must leave a row for each; a key could only hide that.
EACH_COUNTS = {
    "employeeNumberLookUp": "changes nothing; each look leaves a row of the audit trail",
    "employeeNumberReveal": "changes nothing; each look leaves a row of the audit trail",
    "invitationRespond": "nobody signs in, so a key has no owner; a token works once",
}


def kind_of(name: str, ending: str) -> GraphQLNamedType:
    return SCHEMA.type_map[f"{name[0].upper()}{name[1:]}{ending}"]


def inputs() -> dict[str, dict[str, str]]:
    """Return the fields of each mutation's input, with their types."""
    assert SCHEMA.mutation_type is not None
    found = {}
    for name in SCHEMA.mutation_type.fields:
        kind = kind_of(name, "Input")
        assert isinstance(kind, GraphQLInputObjectType)
        found[name] = {field: str(given.type) for field, given in kind.fields.items()}
    return found


def shown_types(name: str) -> list[GraphQLObjectType]:
    """Return the types of objects that a mutation answers with."""
    payload = kind_of(name, "Payload")
    assert isinstance(payload, GraphQLObjectType)
    kinds = [get_named_type(field.type) for field in payload.fields.values()]
    return [kind for kind in kinds if isinstance(kind, GraphQLObjectType)]


def test_a_mutation_takes_a_key_or_a_version_or_says_why_not() -> None:
    excused = {**ONCE_BY_NATURE, **EACH_COUNTS}
    bare = {
        name
        for name, fields in inputs().items()
        if fields.get("idempotencyKey") != "String" and fields.get("version") != "Int!"
    }

    assert bare == set(excused)
    assert not set(ONCE_BY_NATURE) & set(EACH_COUNTS)


def test_a_creating_mutation_takes_a_key() -> None:
    creating = {
        name: fields
        for name, fields in inputs().items()
        if name.endswith(("Create", "Add", "Propose", "Export", "Correct"))
    }

    assert {n for n, fields in creating.items() if "idempotencyKey" not in fields} == {
        "trackedLinkCreate"
    }


def test_a_mutation_that_changes_a_versioned_object_takes_its_version() -> None:
    lacking = {
        name
        for name, fields in inputs().items()
        if not name.endswith("Create")
        and any("version" in kind.fields for kind in shown_types(name))
        and fields.get("version") != "Int!"
    }

    assert lacking == set()
