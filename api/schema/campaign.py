"""Programmes and campaigns."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.campaign import CampaignStatus
from api.reads import campaign as reads
from api.reads import figures as figure_reads
from api.reads.campaign_review import ReviewRow, reviews_of
from api.reads.paging import Page, PageRequest
from api.reads.program_post import PostRow, count_posts_of, posts_of
from api.schema.asn import Agency
from api.schema.context import Info
from api.schema.enums import described
from api.schema.figures import CampaignProgress, TimelineInterval, TimelineStep
from api.schema.identity import IdArgument, Node, encode_id, uuid_if_given, uuid_of
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.ordering import OrderDirection
from api.schema.paging import Connection, Paged
from api.schema.people import search_text
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.program_post import ProgramPost
from api.schema.scalars import URL

described(
    CampaignStatus,
    "Where a campaign stands.",
    {
        "DRAFT": "Being written.",
        "IN_REVIEW": "Waits for another person to check it.",
        "APPROVED": "Checked; may be launched.",
        "ACTIVE": "Public; shares are being looked for.",
        "PAUSED": "Stopped for a time.",
        "CLOSED": "Over.",
        "CANCELLED": "Given up before its launch.",
    },
)


@strawberry.type(description="A government programme that campaigns inform about.")
class Program(Node):
    """A programme."""

    slug: str = strawberry.field(description="Name for links.")
    name: str = strawberry.field(description="Name of the programme.")
    summary: str | None = strawberry.field(description="What it is about.")
    source_url: URL = strawberry.field(description="Official source.")
    agency: Agency | None = strawberry.field(description="The agency that owns it.")

    @classmethod
    def of(cls, row: reads.ProgramRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Program", row.id),
            slug=row.slug,
            name=row.name,
            summary=row.summary,
            source_url=URL(row.source_url),
            agency=None if row.agency is None else Agency.of(row.agency),
        )


@strawberry.type(description="A checker's decision about a campaign.")
class CampaignReview:
    """A decision."""

    is_approved: bool = strawberry.field(description="False when changes were asked for.")
    note: str | None = strawberry.field(description="What the checker said.")
    reviewer: str = strawberry.field(description="Who decided, as the audit trail names them.")
    reviewed_at: datetime = strawberry.field(description="Timestamp of the decision.")

    @classmethod
    def of(cls, row: ReviewRow) -> Self:
        """Show a row."""
        return cls(
            is_approved=row.is_approved,
            note=row.note,
            reviewer=row.reviewer,
            reviewed_at=row.reviewed_at,
        )


IntervalArgument: TypeAlias = Annotated[
    TimelineInterval, strawberry.argument(description="How long one step is.")
]


@strawberry.type(description="An information campaign of a programme.")
class Campaign(Node):
    """A campaign."""

    row: strawberry.Private[reads.CampaignRow]
    title: str = strawberry.field(description="Title of the campaign.")
    brief: str | None = strawberry.field(description="What it wants to say.")
    status: CampaignStatus = strawberry.field(description="Where the campaign stands.")
    version: int = strawberry.field(description="Grows with every change; mutations ask for it.")
    starts_at: datetime = strawberry.field(description="Timestamp of its start.")
    ends_at: datetime = strawberry.field(description="Timestamp of its end.")
    launched_at: datetime | None = strawberry.field(description="Timestamp of its launch.")
    disclosure_label: str = strawberry.field(description="Label that every share carries.")
    goal_share_count: int | None = strawberry.field(description="Shares that it hopes for.")
    program: Program | None = strawberry.field(description="The programme.")

    @strawberry.field(description="How the campaign is doing.")
    async def progress(self, info: Info) -> CampaignProgress | None:
        """Read the figures."""
        figures = loader(info, "campaign.figures", figure_reads.campaign_figures)
        found = await figures.load(self.row.id)
        return CampaignProgress.of(found or figure_reads.UNKNOWN_FIGURES)

    @strawberry.field(description="Steps in which something happened, oldest first.")
    async def timeline(self, info: Info, interval: IntervalArgument) -> list[TimelineStep]:
        """Read the steps."""
        unit = interval.name.lower()

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, list[figure_reads.TimelineRow]]:
            return await figure_reads.timelines_of(keys, unit)

        found = await loader(info, f"campaign.timeline:{unit}", load).load(self.row.id)
        return [TimelineStep.of(row) for row in found or ()]

    @strawberry.field(description="Latest decisions of checkers, newest first; for staff only.")
    async def reviews(self, info: Info) -> list[CampaignReview]:
        """Read the decisions."""
        viewer = info.context.caller
        found = loader(info, "campaign.reviews", lambda keys: reviews_of(viewer, keys))
        return [CampaignReview.of(row) for row in await found.load(self.row.id) or ()]

    @strawberry.field(description="Posts to share, oldest first.", extensions=[Paged()])
    async def posts(self, info: Info, page: PageRequest) -> Connection[ProgramPost] | None:
        """Read one page of posts."""
        viewer = info.context.caller

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, Page[PostRow]]:
            return await posts_of(viewer, keys, page)

        async def load_count(keys: Sequence[UUID]) -> Mapping[UUID, int]:
            return await count_posts_of(viewer, keys)

        async def count() -> int | None:
            return await loader(info, "count:campaign.posts", load_count).load(self.row.id)

        found = await loader(info, f"campaign.posts:{page}", load).load(self.row.id)
        return None if found is None else Connection.of(found, ProgramPost.of, count)

    @classmethod
    def of(cls, row: reads.CampaignRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Campaign", row.id),
            row=row,
            title=row.title,
            brief=row.brief,
            status=row.status,
            version=row.version,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            launched_at=row.launched_at,
            disclosure_label=row.disclosure_label,
            goal_share_count=row.goal_share_count,
            program=Program.of(row.program),
        )


@strawberry.input(description="Narrows campaigns; all parts are combined by AND.")
class CampaignFilter:
    """Narrows campaigns."""

    program_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only campaigns of this programme."
    )
    agency_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only campaigns of this agency's programmes."
    )
    status: CampaignStatus | None = strawberry.field(default=UNSET, description="Where they stand.")
    search: str | None = strawberry.field(
        default=UNSET, description="Part of the title, 2 to 100 characters; never a pattern."
    )

    def narrowed(self) -> reads.CampaignFilter:
        """Return the filter with keys instead of ids."""
        return reads.CampaignFilter(
            program_id=uuid_if_given(self.program_id, "Program", "filter.programId"),
            agency_id=uuid_if_given(self.agency_id, "Agency", "filter.agencyId"),
            status=self.status or None,
            search=search_text(self.search),
        )


@strawberry.input(description="Narrows programmes; all parts are combined by AND.")
class ProgramFilter:
    """Narrows programmes."""

    agency_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only programmes of this agency."
    )
    search: str | None = strawberry.field(
        default=UNSET, description="Part of the name, 2 to 100 characters; never a pattern."
    )

    def narrowed(self) -> reads.ProgramFilter:
        """Return the filter with a key instead of an id."""
        return reads.ProgramFilter(
            agency_id=uuid_if_given(self.agency_id, "Agency", "filter.agencyId"),
            search=search_text(self.search),
        )


@strawberry.enum(description="What campaigns are sorted by.")
class CampaignOrderField(Enum):
    """What campaigns are sorted by."""

    STARTS_AT = strawberry.enum_value("STARTS_AT", description="When they start.")


@strawberry.input(description="How to sort campaigns.")
class CampaignOrder:
    """How to sort campaigns."""

    field: CampaignOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way to sort."
    )


FilterArgument: TypeAlias = Annotated[
    CampaignFilter | None, strawberry.argument(description="Which campaigns.")
]
ProgramFilterArgument: TypeAlias = Annotated[
    ProgramFilter | None, strawberry.argument(description="Which programmes.")
]
OrderArgument: TypeAlias = Annotated[
    CampaignOrder | None, strawberry.argument(description="By start, earliest first if absent.")
]


@strawberry.type
class CampaignQuery:
    """Root fields about campaigns."""

    @strawberry.field(
        description="Campaigns in your scope; holders see those that went public.",
        extensions=[Paged(), Requires(*SIGNED_IN)],
    )
    async def campaigns(
        self,
        info: Info,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
        order_by: OrderArgument = UNSET,
    ) -> Connection[Campaign] | None:
        """Read one page."""
        viewer = info.context.caller
        narrowed = filter.narrowed() if filter else reads.CampaignFilter()
        is_descending = order_by.direction.is_descending if order_by else False
        found = await reads.campaigns(viewer, narrowed, page, is_descending=is_descending)
        return Connection.of(found, Campaign.of, lambda: reads.count_campaigns(viewer, narrowed))

    @strawberry.field(
        description="Programmes in your scope by slug; holders see those with a public campaign.",
        extensions=[Paged(), Requires(*SIGNED_IN)],
    )
    async def programs(
        self,
        info: Info,
        page: PageRequest,
        filter: ProgramFilterArgument = UNSET,  # noqa: A002
    ) -> Connection[Program] | None:
        """Read one page."""
        viewer = info.context.caller
        narrowed = filter.narrowed() if filter else reads.ProgramFilter()
        found = await reads.programs(viewer, narrowed, page)
        return Connection.of(found, Program.of, lambda: reads.count_programs(viewer, narrowed))

    @strawberry.field(description="One campaign.", extensions=[Requires(*SIGNED_IN)])
    async def campaign(self, info: Info, id: IdArgument) -> Campaign | None:  # noqa: A002
        """Read one campaign."""
        return await find_campaign(info, uuid_of(id, "Campaign"))


async def find_campaign(info: Info, key: UUID) -> Campaign | None:
    """Return a campaign in scope."""
    return (await find_campaigns(info, [key])).get(key)


@findable("Campaign")
async def find_campaigns(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Campaign]:
    """Return those of these campaigns that are in scope."""
    found = await reads.campaigns_by_id(info.context.caller, keys)
    return {key: Campaign.of(row) for key, row in found.items()}


@findable("Program")
async def find_programs(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Program]:
    """Return those of these programmes whose agency is in scope."""
    found = await reads.programs_by_id(info.context.caller, keys)
    return {key: Program.of(row) for key, row in found.items()}
