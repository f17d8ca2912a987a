"""The document budget: exactly at a limit is fine, one more is refused, and always soon."""

from pathlib import Path

import pytest
from graphql import DocumentNode, get_introspection_query, parse

from api.schema.coded import RequestErrors
from api.schema.limits import (
    DEEPEST,
    MOST_ALIASES,
    MOST_DIRECTIVES,
    MOST_FIELDS,
    MOST_OPERATIONS,
    MOST_REPEATS,
    MOST_ROOT_FIELDS,
    MOST_VALUES,
    check_budget,
    check_variables,
    fragments_of,
    operations_of,
)

OPERATIONS = Path(__file__).parents[3] / "shared" / "contract" / "operations.graphql"


def refusal_of(text: str) -> dict[str, object] | None:
    try:
        check_budget(parse(text))
    except RequestErrors as refused:
        extensions = refused.errors[0].extensions
        return dict(extensions or {})
    return None


def fields(count: int) -> str:
    """Return one root field with enough below it to reach a count, without repeating a key."""
    return "{ a { " + " ".join(f"f{i}" for i in range(count - 1)) + " } }"


def deep(levels: int) -> str:
    return "{ a " * levels + "}" * levels


@pytest.mark.parametrize(
    ("name", "limit", "document"),
    [
        ("operations", MOST_OPERATIONS, lambda n: " ".join(f"query q{i} {{a}}" for i in range(n))),
        ("fields", MOST_FIELDS, fields),
        ("aliases", MOST_ALIASES, lambda n: "{a{" + " ".join(f"b{i}: c" for i in range(n)) + "}}"),
        ("directives", MOST_DIRECTIVES, lambda n: "{ a" + " @skip(if: false)" * n + " }"),
        (
            "root fields",
            MOST_ROOT_FIELDS,
            lambda n: "{" + " ".join(f"f{i}" for i in range(n)) + "}",
        ),
        ("repetitions of a field", MOST_REPEATS, lambda n: "{ a {" + " b { c }" * n + " } }"),
        ("levels", DEEPEST, deep),
    ],
)
def test_a_document_at_a_limit_passes_and_one_over_it_is_refused(
    name: str, limit: int, document: object
) -> None:
    assert refusal_of(document(limit)) is None
    refusal = refusal_of(document(limit + 1))

    assert refusal is not None
    assert refusal["code"] == "QUERY_TOO_COMPLEX"
    assert (refusal["limitName"], refusal["limit"]) == (name, limit)
    assert refusal["actual"] == limit + 1


def test_directives_on_variables_count_too() -> None:
    variables = " ".join(f"$v{i}: Int @a" for i in range(MOST_DIRECTIVES + 1))

    assert refusal_of(f"query({variables}) {{ a }}")["limitName"] == "directives"


def test_repeats_are_counted_through_fragments_and_repeated_parents() -> None:
    spreads = " ".join(f"...F{i}" for i in range(12))
    fragments = " ".join(f"fragment F{i} on T {{ {'b ' * 2} }}" for i in range(12))
    parents = "a { b b b } " * 7

    assert refusal_of(f"{{ a {{ {spreads} }} }} {fragments}")["actual"] == MOST_REPEATS + 1
    assert refusal_of(f"{{ {parents} }}")["actual"] == MOST_REPEATS + 1
    assert refusal_of("{ ... { ... { " + "b " * 21 + "} } }")["actual"] == MOST_REPEATS + 1


def test_a_fragment_that_no_operation_uses_is_walked_as_well() -> None:
    assert refusal_of("{ a } fragment F on T { " + "b { c } " * 21 + "}") is not None
    assert refusal_of("{ a } fragment F on T " + deep(DEEPEST + 1)) is not None


def test_root_fields_are_counted_after_fragments() -> None:
    half = "".join(f" f{i}" for i in range(MOST_ROOT_FIELDS))

    assert refusal_of(f"{{ a ...F }} fragment F on Query {{{half} }}") is not None
    assert refusal_of(f"{{ ...F ...F }} fragment F on Query {{{half} }}") is None


def test_a_fragment_bomb_is_refused_before_it_is_walked() -> None:
    # Walked whole, two to the power of forty selections would take longer than anybody waits.
    fragments = [
        f"fragment F{i} on T {{ a {{ ...F{i + 1} }} b {{ ...F{i + 1} }} }}" for i in range(40)
    ]
    refusal = refusal_of("{ ...F0 } " + " ".join(fragments) + " fragment F40 on T { c }")

    assert refusal["code"] == "QUERY_TOO_COMPLEX"


@pytest.mark.parametrize(
    "text",
    [
        "{ ...A } fragment A on Q { ...A }",
        "{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }",
        "{ ...A } fragment A on Q { a { ...A } }",
        "{ ...Missing }",
    ],
)
def test_circles_and_missing_fragments_are_left_to_validation(text: str) -> None:
    assert refusal_of(text) is None


def test_introspection_may_be_deeper_than_data() -> None:
    below = "{ fields { type " + "{ ofType " * 12 + "{ name }" + " }" * 12 + " } }"
    query = get_introspection_query(
        schema_description=True, specified_by_url=True, input_value_deprecation=True
    )

    assert refusal_of(query) is None
    assert refusal_of("{ __schema { queryType " + below + " } }") is None
    assert refusal_of("{ a { b " + below + " } }") is not None
    assert refusal_of("{ a } fragment T on __Type " + below) is None


@pytest.mark.parametrize(
    "literal", ["9" * 21, "-" + "9" * 20, "1." + "0" * 19, "[1, {a: " + "1" * 30 + "}]"]
)
def test_a_number_of_more_than_twenty_digits_is_refused(literal: str) -> None:
    assert refusal_of(f"{{ a(b: {literal}) }}")["code"] == "BAD_USER_INPUT"
    assert refusal_of(f"query($v: Int = {literal}) {{ a }}")["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("code", [0, 1, 8, 11, 12, 14, 31, 127, 0x202A, 0x202E, 0x2066, 0x2069])
def test_control_characters_are_refused_wherever_they_stand(code: int) -> None:
    assert refusal_of(f'{{ a(b: "x\\u{code:04x}") }}')["code"] == "BAD_USER_INPUT"
    with pytest.raises(RequestErrors) as caught:
        check_variables({"a": [{"b": f"x{chr(code)}"}]})
    assert caught.value.errors[0].details["path"] == ["a", "0", "b"]


@pytest.mark.parametrize("text", ["tab\tline\r\n", "👩‍👩‍👧", "café", "\u200d", "نص"])
def test_ordinary_text_passes(text: str) -> None:
    check_variables({"a": {"b": [text, None, 1, True]}})


def test_variables_are_walked_without_recursion_and_not_for_ever() -> None:
    nested: object = "x"
    for _ in range(MOST_VALUES - 3):
        nested = [nested]

    check_variables({"a": nested})
    with pytest.raises(RequestErrors) as caught:
        check_variables({"a": [0] * 100_000})
    assert caught.value.errors[0].code == "BAD_USER_INPUT"


@pytest.mark.skipif(not OPERATIONS.exists(), reason="the contract is not beside this checkout")
def test_every_operation_of_the_contract_is_within_the_budget() -> None:
    document = parse(OPERATIONS.read_text())
    fragments = fragments_of(document)

    for operation in operations_of(document):
        check_budget(DocumentNode(definitions=(operation, *fragments.values())))
