"""Who asks."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.domain.access import Viewer as Caller
from api.schema.context import Info
from api.schema.identity import encode_id
from api.schema.node import find_node
from api.schema.permissions import Public
from api.schema.vocabulary import Role, Scope

if TYPE_CHECKING:
    from api.schema.asn import Agency, Asn


@strawberry.type(description="The caller of this request.")
class Viewer:
    """The signed-in caller."""

    caller: strawberry.Private[Caller]
    role: Role = strawberry.field(description="What the caller may do.")
    scope: Scope = strawberry.field(description="How much the caller sees.")
    name: str = strawberry.field(description="Name from the sign-in.")

    @strawberry.field(description="The caller's agency; null for national staff.")
    async def agency(
        self, info: Info
    ) -> Annotated["Agency", strawberry.lazy("api.schema.asn")] | None:
        """Read the agency that bounds the caller's scope."""
        key = self.caller.agency_id
        found = key and await find_node(info, encode_id("Agency", key))
        return found or None  # type: ignore[return-value]

    @strawberry.field(description="The caller as a civil servant; null for staff.")
    async def asn(self, info: Info) -> Annotated["Asn", strawberry.lazy("api.schema.asn")] | None:
        """Read the caller's own row."""
        key = self.caller.asn_id
        found = key and await find_node(info, encode_id("Asn", key))
        return found or None  # type: ignore[return-value]


@strawberry.type
class ViewerQuery:
    """Root fields about the caller."""

    @strawberry.field(description="The caller; null when not signed in.", extensions=[Public()])
    def viewer(self, info: Info) -> Viewer | None:
        """Show the caller."""
        caller = info.context.viewer
        if caller is None:
            return None
        return Viewer(caller=caller, role=caller.role, scope=caller.scope, name=caller.name)
