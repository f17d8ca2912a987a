"""The published schema as text."""

from graphql import build_schema, lexicographic_sort_schema, print_schema

from api.schema import schema


def sdl() -> str:
    """Return the sorted SDL that `schema.graphql` holds."""
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
