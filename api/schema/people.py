"""Root fields about civil servants."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.access import STAFF
from api.errors import BadUserInput
from api.reads import asn as reads
from api.reads.badge import badges_by_id
from api.reads.paging import PageRequest
from api.schema.asn import Asn, Badge, SocialAccount
from api.schema.context import Info
from api.schema.identity import IdArgument, uuid_if_given, uuid_of
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.ordering import OrderDirection
from api.schema.paging import Connection, Paged
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.vocabulary import BadgeStatus, EmploymentKind, Outcome

SHORTEST_SEARCH, LONGEST_SEARCH = 2, 100


@strawberry.input(description="Narrows the list of people; all parts are combined by AND.")
class AsnFilter:
    """Narrows the list of people."""

    agency_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only people posted to this agency or below it."
    )
    province_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only people posted in this province."
    )
    employment_kind: EmploymentKind | None = strawberry.field(
        default=UNSET, description="Kind of employment."
    )
    has_badge: bool | None = strawberry.field(
        default=UNSET, description="Whether a badge is in force."
    )
    badge_status: BadgeStatus | None = strawberry.field(
        default=UNSET, description="Only people with a badge in this state."
    )
    eligibility: Outcome | None = strawberry.field(
        default=UNSET, description="Outcome of the latest assessment."
    )
    search: str | None = strawberry.field(
        default=UNSET, description="Part of the name, 2 to 100 characters; never a pattern."
    )

    def narrowed(self) -> reads.AsnFilter:
        """Return the filter with keys instead of ids."""
        return reads.AsnFilter(
            agency_id=uuid_if_given(self.agency_id, "Agency", "filter.agencyId"),
            province_id=uuid_if_given(self.province_id, "Province", "filter.provinceId"),
            employment_kind=self.employment_kind or None,
            has_badge=None if self.has_badge is UNSET else self.has_badge,
            badge_status=self.badge_status or None,
            eligibility=self.eligibility or None,
            search=search_text(self.search),
        )


def search_text(text: str | None) -> str | None:
    """Return text to search for, None when it is absent.

    Raises:
        BadUserInput: it is shorter than 2 or longer than 100 characters.
    """
    if text is None or text is UNSET:
        return None
    if not SHORTEST_SEARCH <= len(text.strip()) <= LONGEST_SEARCH:
        message = f"search takes {SHORTEST_SEARCH} to {LONGEST_SEARCH} characters."
        raise BadUserInput(message, argument="filter.search")
    return text


@strawberry.enum(description="What people are sorted by.")
class AsnOrderField(Enum):
    """What people are sorted by."""

    NAME = strawberry.enum_value("NAME", description="Their name, whatever its case and accents.")


@strawberry.input(description="How to sort people.")
class AsnOrder:
    """How to sort people."""

    field: AsnOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way to sort."
    )


FilterArgument: TypeAlias = Annotated[
    AsnFilter | None, strawberry.argument(description="Which people.")
]
OrderArgument: TypeAlias = Annotated[
    AsnOrder | None, strawberry.argument(description="By name if absent.")
]


@strawberry.type
class AsnQuery:
    """Root fields about civil servants."""

    @strawberry.field(
        description="Civil servants in your scope.", extensions=[Paged(), Requires(*STAFF)]
    )
    async def asns(
        self,
        info: Info,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
        order_by: OrderArgument = UNSET,
    ) -> Connection[Asn] | None:
        """Read one page."""
        viewer = info.context.caller
        narrowed = filter.narrowed() if filter else reads.AsnFilter()
        is_descending = order_by.direction.is_descending if order_by else False
        found = await reads.asns(viewer, narrowed, page, is_descending=is_descending)
        return Connection.of(found, Asn.of, lambda: reads.count_asns(viewer, narrowed))

    @strawberry.field(description="One civil servant.", extensions=[Requires(*SIGNED_IN)])
    async def asn(self, info: Info, id: IdArgument) -> Asn | None:  # noqa: A002
        """Read one person."""
        key = uuid_of(id, "Asn")
        return (await find_asns(info, [key])).get(key)


@findable("Asn")
async def find_asns(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Asn]:
    """Return those of these people who are in scope; one statement for all that a page names."""
    viewer = info.context.caller
    cards = loader(info, "asn.cards", lambda ids: reads.cards(viewer, ids))
    rows = await cards.load_many(list(keys))
    return {row.id: Asn.of(row) for row in rows if row is not None}


@findable("SocialAccount")
async def find_accounts(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, SocialAccount]:
    """Return those of these accounts whose owner is in scope."""
    found = await reads.accounts_by_id(info.context.caller, keys)
    return {key: SocialAccount.of(row) for key, row in found.items()}


@findable("Badge")
async def find_badges(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Badge]:
    """Return those of these badges whose holder is in scope."""
    found = await badges_by_id(info.context.caller, keys)
    return {key: Badge.of(row) for key, row in found.items()}
