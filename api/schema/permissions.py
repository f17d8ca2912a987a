"""Who may ask a root field: every one carries exactly one `Requires` or `Public`.

    @strawberry.field(description="One campaign.", extensions=[Requires(*SIGNED_IN)])
    async def campaign(self, info: Info, id: IdArgument) -> Campaign | None: ...

The extension ends the field's description with `Requires: ROLE, ROLE.` or `Public.`; nobody writes
that by hand. A role that is not listed gets FORBIDDEN with `requires`. An anonymous request that
names any existing root field without `Public` is refused as a whole before it runs (see `gate.py`).
A root field with neither stops the build of the schema. Rows are not guarded here: scope is in the
statement. List permissions last in `extensions`: the last one runs first.
"""

from collections.abc import Callable
from typing import Any

from graphql import OperationType
from strawberry import Schema
from strawberry.extensions import FieldExtension
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField

from api.domain.access import STAFF, Role
from api.errors import Forbidden, Unauthenticated
from api.schema.context import Info

SIGNED_IN = tuple(Role)

__all__ = [
    "SIGNED_IN",
    "STAFF",
    "Permission",
    "Public",
    "Requires",
    "permission_of",
    "public_fields",
]


class Permission(FieldExtension):
    """What a root field asks of its caller."""

    is_public = False
    sentence = ""

    def apply(self, field: StrawberryField) -> None:
        """Write the permission into the published description, once for however many schemas."""
        description = (field.description or "").removesuffix(self.sentence).rstrip()
        field.description = f"{description} {self.sentence}".lstrip()

    def check(self, info: Info) -> None:
        """Refuse a caller who may not ask."""

    def resolve(
        self, next_: Callable[..., Any], source: object, info: Info, **arguments: object
    ) -> object:
        """Check the caller, then resolve."""
        self.check(info)
        return next_(source, info, **arguments)

    async def resolve_async(
        self, next_: Callable[..., Any], source: object, info: Info, **arguments: object
    ) -> object:
        """Check the caller, then resolve."""
        self.check(info)
        return await next_(source, info, **arguments)


class Public(Permission):
    """Anybody may ask, signed in or not."""

    is_public = True
    sentence = "Public."


class Requires(Permission):
    """One of these roles may ask."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles
        self.sentence = f"Requires: {', '.join(role.value for role in roles)}."

    def check(self, info: Info) -> None:
        """Refuse a caller without one of the roles."""
        viewer = info.context.viewer
        if viewer is None:
            raise Unauthenticated("missing")
        if viewer.role not in self.roles:
            raise Forbidden([role.value for role in self.roles])
        is_mutation = info.operation.operation is OperationType.MUTATION
        if missing := viewer.missing_key_scope(info.field_name if is_mutation else None):
            raise Forbidden([missing], "The key lacks the scope for this.")


def permission_of(field: StrawberryField) -> Permission:
    """Return the permission of a root field; a field without one must not reach the schema."""
    found = [extension for extension in field.extensions if isinstance(extension, Permission)]
    if len(found) != 1:
        raise TypeError(f"root field {field.python_name}: give it one Requires or Public")
    return found[0]


def public_fields(schema: Schema) -> dict[OperationType, dict[str, bool]]:
    """Return for each kind of operation whether a root field is public, by published name."""
    name_of = schema.config.name_converter.get_graphql_name
    roots = {
        OperationType.QUERY: schema.query,
        OperationType.MUTATION: schema.mutation,
        OperationType.SUBSCRIPTION: schema.subscription,
    }
    return {
        kind: {name_of(field): permission_of(field).is_public for field in _fields(root)}
        for kind, root in roots.items()
    }


def _fields(root: type | None) -> list[StrawberryField]:
    return [] if root is None else get_object_definition(root, strict=True).fields
