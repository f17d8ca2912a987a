"""Builds the executable schema out of its root types."""

from typing import Any

from graphql import GraphQLError
from strawberry import Schema
from strawberry.types.execution import ExecutionContext

from api.schema.gate import Prepared
from api.schema.masking import Masking
from api.schema.permissions import public_fields
from api.schema.scalars import schema_config


class GemaSchema(Schema):
    """A schema that logs no documents: `masking` logs what an operator needs."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Keep strawberry from logging an excerpt of the document with each error."""


def build_schema(
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    types: tuple[Any, ...] = (),
) -> Schema:
    """Return the executable schema.

    Raises:
        TypeError: a root field says neither `Requires` nor `Public`.
    """
    schema = GemaSchema(
        query,
        mutation,
        subscription,
        types=types,
        extensions=[Masking, Prepared],
        config=schema_config(),
    )
    public_fields(schema)
    return schema
