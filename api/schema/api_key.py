"""Machines' keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.actions.api_key import NewKey, create_api_key, revoke_api_key
from api.domain.access import KeyScope
from api.reads import access as reads
from api.reads.paging import PageRequest
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import Node, encode_id, uuid_if_given, uuid_of
from api.schema.keyed import Keyed
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable
from api.schema.vocabulary import Role

described(
    KeyScope,
    "What a machine's key may do, within its role.",
    {
        "READ": "Ask questions.",
        "CAMPAIGNS_WRITE": "Create, submit and launch programmes and campaigns.",
        "EVENTS_WRITE": "Create events and propose or freeze lists.",
        "EXPORTS": "Ask for exports.",
    },
)


@strawberry.type(description="A machine's key, without its secret.")
class ApiKey(Node):
    """A key."""

    name: str = strawberry.field(description="The machine that uses it.")
    role: Role = strawberry.field(description="Role in which it acts.")
    scopes: list[KeyScope] = strawberry.field(description="What it may do within the role.")
    created_at: datetime = strawberry.field(description="Timestamp at which it was made.")
    expires_at: datetime = strawberry.field(description="Timestamp at which it ends.")
    last_used_at: datetime | None = strawberry.field(
        description="Timestamp of its last use, to the minute; null when never used."
    )
    revoked_at: datetime | None = strawberry.field(
        description="Timestamp at which it was revoked; null while it was not."
    )

    @classmethod
    def of(cls, row: reads.ApiKeyRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("ApiKey", row.id),
            name=row.name,
            role=Role(row.role),
            scopes=[KeyScope(scope) for scope in row.scopes],
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )


@strawberry.input(description="A new key for a machine.")
class ApiKeyCreateInput(Keyed):
    """A new key."""

    name: str = strawberry.field(description="The machine that will use it.")
    role: Role = strawberry.field(description="Role in which it acts; not ASN.")
    agency_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The agency that bounds it; absent for the nation."
    )
    scopes: list[KeyScope] = strawberry.field(description="What it may do within the role.")
    expires_at: datetime = strawberry.field(description="Timestamp of its end, within 366 days.")

    def key(self) -> NewKey:
        """Return the key with an agency's key instead of its id."""
        agency_id = uuid_if_given(self.agency_id, "Agency", "agencyId")
        scopes = tuple(sorted(set(self.scopes)))
        return NewKey(self.name, self.role, agency_id, scopes, self.expires_at)


@strawberry.input(description="Which key ends.")
class ApiKeyRevokeInput:
    """Which key ends."""

    api_key_id: strawberry.ID = strawberry.field(description="The key.")


@strawberry.type(description="Result of apiKeyCreate.")
class ApiKeyCreatePayload(Payload):
    """Result of apiKeyCreate."""

    api_key: ApiKey | None = strawberry.field(default=None, description="The new key.")
    secret: str | None = strawberry.field(
        default=None, description="The whole key, shown this once; null when the call is repeated."
    )


@strawberry.type(description="Result of apiKeyRevoke.")
class ApiKeyRevokePayload(Payload):
    """Result of apiKeyRevoke."""

    api_key: ApiKey | None = strawberry.field(default=None, description="The ended key.")


@strawberry.type
class ApiKeyQuery:
    """Root fields about machines' keys."""

    @strawberry.field(
        description="Machines' keys of your scope, newest first.",
        extensions=[Paged(), Requires(Role.ADMIN)],
    )
    async def api_keys(self, info: Info, page: PageRequest) -> Connection[ApiKey] | None:
        """Read one page."""
        viewer = info.context.caller
        found = await reads.api_keys(viewer, page)
        return Connection.of(found, ApiKey.of, lambda: reads.count_api_keys(viewer))


@strawberry.type
class ApiKeyMutation:
    """Mutations of machines' keys."""

    @strawberry.mutation(
        description="Makes a key for a machine; two of one name may live while one is replaced.",
        extensions=[Refusable(), Requires(Role.ADMIN)],
    )
    async def api_key_create(
        self,
        info: Info,
        input: ApiKeyCreateInput,  # noqa: A002
    ) -> ApiKeyCreatePayload | None:
        """Make a key and read it back."""
        viewer = info.context.caller
        key, secret = await create_api_key(viewer, input.key(), input.attempt_key)
        shown = await find_api_keys(info, [key])
        return ApiKeyCreatePayload(api_key=shown.get(key), secret=secret)

    @strawberry.mutation(
        description="Ends a key for good, within five seconds.",
        extensions=[Refusable(), Requires(Role.ADMIN)],
    )
    async def api_key_revoke(
        self,
        info: Info,
        input: ApiKeyRevokeInput,  # noqa: A002
    ) -> ApiKeyRevokePayload | None:
        """End a key and read it back."""
        key = uuid_of(input.api_key_id, "ApiKey", "apiKeyId")
        await revoke_api_key(info.context.caller, key)
        return ApiKeyRevokePayload(api_key=(await find_api_keys(info, [key])).get(key))


@findable("ApiKey")
async def find_api_keys(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, ApiKey]:
    """Return those of these keys that the caller may see."""
    if info.context.caller.role is not Role.ADMIN:
        return {}
    found = await reads.api_keys_by_id(info.context.caller, keys)
    return {key: ApiKey.of(row) for key, row in found.items()}
