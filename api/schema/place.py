"""Root fields about agencies and provinces."""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.agency import AgencyKind
from api.reads import place as reads
from api.reads.paging import PageRequest
from api.schema.asn import Agency, Province
from api.schema.context import Info
from api.schema.identity import uuid_if_given
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.people import search_text
from api.schema.permissions import SIGNED_IN, Requires


@strawberry.input(description="Narrows agencies; all parts are combined by AND.")
class AgencyFilter:
    """Narrows agencies."""

    kind: AgencyKind | None = strawberry.field(default=UNSET, description="What kind they are.")
    province_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only agencies of this province."
    )
    search: str | None = strawberry.field(
        default=UNSET,
        description="Part of the code or of a name, past ones too, 2 to 100 characters; never a "
        "pattern.",
    )

    def narrowed(self) -> reads.AgencyFilter:
        """Return the filter with a key instead of an id."""
        return reads.AgencyFilter(
            kind=self.kind or None,
            province_id=uuid_if_given(self.province_id, "Province", "filter.provinceId"),
            search=search_text(self.search),
        )


FilterArgument: TypeAlias = Annotated[
    AgencyFilter | None, strawberry.argument(description="Which agencies.")
]


@strawberry.type
class PlaceQuery:
    """Root fields about agencies and provinces."""

    @strawberry.field(
        description="Agencies and work units by code.",
        extensions=[Paged(), Requires(*SIGNED_IN)],
    )
    async def agencies(
        self,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
    ) -> Connection[Agency] | None:
        """Read one page."""
        narrowed = filter.narrowed() if filter else reads.AgencyFilter()
        found = await reads.agencies(narrowed, page)
        return Connection.of(found, Agency.of, lambda: reads.count_agencies(narrowed))

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
