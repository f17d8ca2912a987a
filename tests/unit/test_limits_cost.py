"""Cost in points: the table of the contract, page sizes, and monotony."""

from pathlib import Path

import pytest
from graphql import get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from api.schema.cost import MOST_POINTS, cost_of, defaults_of
from api.schema.limits import fragments_of, operations_of

OPERATIONS = Path(__file__).parents[3] / "shared" / "contract" / "operations.graphql"


def points(text: str, variables: dict[str, object] | None = None) -> int:
    document = parse(text)
    operation = operations_of(document)[0]
    term = cost_of(operation, fragments_of(document))
    return term.points({**defaults_of(operation), **(variables or {})})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a }", 1),
        ("{ a { b c } }", 3),
        ("{ a { totalCount } }", 11),
        ("{ a(first: 25) { nodes { id name } pageInfo { hasNextPage endCursor } } }", 55),
        ("{ a { nodes { id } } }", 1 + 1 + 25),
        ("{ a(first: 3) { edges { cursor node { id } } } }", 1 + 1 + 3 * 3),
        ("{ a(last: 4) { nodes { id } } }", 1 + 1 + 4),
        ("{ a(first: null) { nodes { id } } }", 1 + 1 + 25),
        ("{ a(first: 0) { nodes { id } } }", 1 + 1),
        ("{ a(first: 500) { nodes { id } } }", 1 + 1 + 100),
        ("{ a(first: -5) { nodes { id } } }", 1 + 1 + 100),
        ('{ a(first: "7") { nodes { id } } }', 1 + 1 + 100),
        ("{ a(first: 2) { nodes { b(first: 3) { nodes { c } } } } }", 1 + 1 + 2 * (1 + 1 + 3)),
        ('{ nodes(ids: ["a", "b"]) { id } }', 1 + 2),
        ("{ a { b } a { b c } }", 3),
        ("{ ...F ...F } fragment F on Q { a { b } }", 2),
        ("{ a(first: 2) { list { id name } } }", 1 + 1 + 2),
        ("{ a: b(first: 2) { nodes { id } } c: b(first: 3) { nodes { id } } }", 2 + 2 + 2 + 3),
    ],
)
def test_a_cost_is_the_sum_over_the_merged_selection(text: str, expected: int) -> None:
    assert points(text) == expected


@pytest.mark.parametrize(
    ("variables", "rows"),
    [({"n": 7}, 7), ({}, 25), ({"n": None}, 25), ({"n": 101}, 100), ({"n": "7"}, 100)],
)
def test_a_page_size_may_come_from_a_variable(variables: dict[str, object], rows: int) -> None:
    text = "query($n: Int) { a(first: $n) { nodes { b(first: $n) { nodes { c } } } } }"

    assert points(text, variables) == 1 + 1 + rows * (1 + 1 + rows)


def test_a_variable_falls_back_to_its_default() -> None:
    assert points("query($n: Int = 9) { a(first: $n) { nodes { id } } }") == 1 + 1 + 9


def test_ids_in_a_variable_are_counted() -> None:
    text = "query($ids: [ID!]!) { nodes(ids: $ids) { id name } }"

    assert points(text, {"ids": ["a", "b", "c"]}) == 1 + 3 * 2


def test_the_standard_introspection_query_is_cheap() -> None:
    assert points(get_introspection_query()) < 300


@given(st.lists(st.integers(0, 100), min_size=1, max_size=4))
def test_a_larger_page_never_costs_less(sizes: list[int]) -> None:
    def nested(at: list[int]) -> str:
        if not at:
            return "id"
        return f"a(first: {at[0]}) {{ nodes {{ {nested(at[1:])} }} }}"

    grown = [min(100, size + 1) for size in sizes]
    assert points(f"{{ {nested(sizes)} }}") <= points(f"{{ {nested(grown)} }}")


@pytest.mark.skipif(not OPERATIONS.exists(), reason="the contract is not beside this checkout")
def test_every_operation_of_the_contract_can_be_paid() -> None:
    document = parse(OPERATIONS.read_text())
    fragments = fragments_of(document)
    costs = {
        operation.name.value: cost_of(operation, fragments) for operation in operations_of(document)
    }

    assert costs["Asns"].points({"first": 100}) == 3_518
    assert costs["Campaign"].points({}) == 9_845
    assert max(term.points({"first": 50}) for term in costs.values()) <= MOST_POINTS
