"""Root fields about agencies and provinces."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import strawberry

from api.reads import place as reads
from api.reads.paging import PageRequest
from api.schema.asn import Agency, Province
from api.schema.context import Info
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.permissions import SIGNED_IN, Requires


@strawberry.type
class PlaceQuery:
    """Root fields about agencies and provinces."""

    @strawberry.field(
        description="Agencies and work units by code.",
        extensions=[Paged(), Requires(*SIGNED_IN)],
    )
    async def agencies(self, page: PageRequest) -> Connection[Agency] | None:
        """Read one page."""
        return Connection.of(await reads.agencies(page), Agency.of, reads.count_agencies)

    @strawberry.field(
        description="The 38 provinces by Kemendagri code.", extensions=[Requires(*SIGNED_IN)]
    )
    async def provinces(self) -> list[Province] | None:
        """Read all provinces."""
        return [Province.of(row) for row in await reads.provinces()]


@findable("Agency")
async def find_agencies(_info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Agency]:
    """Return these agencies."""
    found = await reads.agencies_by_id(keys)
    return {key: Agency.of(row) for key, row in found.items()}


@findable("Province")
async def find_provinces(_info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Province]:
    """Return these provinces."""
    found = await reads.provinces_by_id(keys)
    return {key: Province.of(row) for key, row in found.items()}
