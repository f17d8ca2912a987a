"""The audit trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.access import Role
from api.reads import audit as reads
from api.reads.paging import PageRequest
from api.schema.context import Info
from api.schema.identity import Node, decode_id, encode_id
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.permissions import Requires

READERS = (Role.ADMIN, Role.AUDITOR)


@strawberry.type(description="Who did what to which object; ids and hashes, never values.")
class AuditEvent(Node):
    """One row of the trail."""

    at: datetime = strawberry.field(description="Timestamp of the act.")
    actor: str = strawberry.field(description="Who acted, as the sign-in names them.")
    role: str = strawberry.field(description="Role in which they acted.")
    action: str = strawberry.field(description="What they did.")
    object_id: strawberry.ID | None = strawberry.field(description="Opaque id of the object.")
    reason: str | None = strawberry.field(
        description="The reason they gave; for a denied attempt, the code."
    )
    request_id: str | None = strawberry.field(description="Id of the request.")
    operation: str | None = strawberry.field(description="Name of the client's operation.")
    document_sha256: str | None = strawberry.field(
        description="SHA-256 of the client's document.", name="documentSha256"
    )
    hash: str = strawberry.field(description="SHA-256 of everything that this event says.")
    sequence: int | None = strawberry.field(
        description="Place in the chain; null for the second before it is sealed."
    )

    @classmethod
    def of(cls, row: reads.AuditRow) -> Self:
        """Show a row."""
        key = row.object_id
        return cls(
            id=encode_id("AuditEvent", row.id),
            at=row.at,
            actor=row.actor,
            role=row.role,
            action=row.action,
            object_id=None if key is None else encode_id(row.object_type, key),
            reason=row.reason,
            request_id=row.request_id,
            operation=row.operation,
            document_sha256=row.document_sha256,
            hash=row.row_hash,
            sequence=row.sequence,
        )


@strawberry.type(description="A page of the audit trail, newest first.")
class AuditEventConnection(Connection[AuditEvent]):
    """A page of the trail, and the state of the chain behind it."""

    @strawberry.field(
        description="True when the whole chain, computed again now, has no event changed, missing "
        "or left unsealed."
    )
    async def chain_is_intact(self) -> bool:
        """Compute the chain again, because somebody asked."""
        return await reads.chain_is_intact()


@strawberry.input(description="Which events of the trail are wanted.")
class AuditEventFilter:
    """Which events are wanted; nothing given means all."""

    actor: str | None = strawberry.field(default=UNSET, description="Who acted.")
    action: str | None = strawberry.field(default=UNSET, description="What they did.")
    object_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Opaque id of the object."
    )

    def narrowed(self) -> reads.AuditFilter:
        """Return the filter with a key instead of an id."""
        key = None if not self.object_id else decode_id(self.object_id, "filter.objectId").uuid
        return reads.AuditFilter(self.actor or None, self.action or None, key)


FilterArgument: TypeAlias = Annotated[
    AuditEventFilter | None, strawberry.argument(description="Which events are wanted.")
]


@strawberry.type
class AuditQuery:
    """Root fields about the audit trail."""

    @strawberry.field(
        description="What people of your scope did, newest first.",
        extensions=[Paged(), Requires(*READERS)],
    )
    async def audit_events(
        self,
        info: Info,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
    ) -> AuditEventConnection | None:
        """Read one page."""
        viewer = info.context.caller
        narrowed = filter.narrowed() if filter else reads.AuditFilter()
        found = await reads.audit_events(viewer, narrowed, page)
        count = lambda: reads.count_audit_events(viewer, narrowed)  # noqa: E731
        return AuditEventConnection.of(found, AuditEvent.of, count)


@findable("AuditEvent")
async def find_audit_events(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, AuditEvent]:
    """Return those of these events that the caller may see."""
    if info.context.caller.role not in READERS:
        return {}
    found = await reads.audit_events_by_id(info.context.caller, keys)
    return {key: AuditEvent.of(row) for key, row in found.items()}
