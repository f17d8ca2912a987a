"""Programmes, campaigns and posts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.campaign import CampaignStatus
from api.errors import BadUserInput
from api.reads import campaign as reads
from api.reads import figures as figure_reads
from api.reads.card import AsnRow
from api.reads.paging import Page, PageRequest
from api.reads.share import ShareFilter as ShareReadFilter
from api.schema.asn import Agency, Asn
from api.schema.context import Info
from api.schema.enums import described
from api.schema.figures import (
    CampaignProgress,
    EvidenceCount,
    TimelineInterval,
    TimelineStep,
    TopSharer,
)
from api.schema.identity import IdArgument, Node, encode_id, uuid_of
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.ordering import OrderDirection
from api.schema.paging import Connection, Paged
from api.schema.people import search_text
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.scalars import URL, BigInt
from api.schema.share import Share, ShareFilterArgument, share_page
from api.schema.vocabulary import Platform

MOST_TOP_SHARERS = 100

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


@strawberry.type(description="A suggested wording; holders use their own words.")
class PostVariant:
    """A wording."""

    locale: str = strawberry.field(description="Language of the text.")
    text: str = strawberry.field(description="The wording.")


@strawberry.enum(description="Where a post stands.")
class PostState(Enum):
    """Where a post stands."""

    DRAFT = strawberry.enum_value("DRAFT", description="Being written.")
    IN_REVIEW = strawberry.enum_value("IN_REVIEW", description="Being checked.")
    APPROVED = strawberry.enum_value("APPROVED", description="Checked.")
    PUBLISHED = strawberry.enum_value("PUBLISHED", description="May be shared.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Past its time.")
    CORRECTED = strawberry.enum_value("CORRECTED", description="A correction was published.")
    WITHDRAWN = strawberry.enum_value("WITHDRAWN", description="Taken back.")


LimitArgument: TypeAlias = Annotated[
    int, strawberry.argument(description="How many, 0 to 100; 3 if absent.")
]
IntervalArgument: TypeAlias = Annotated[
    TimelineInterval, strawberry.argument(description="How long one step is.")
]


@strawberry.type(description="An official post on one network that holders may share.")
class ProgramPost(Node):
    """A post."""

    row: strawberry.Private[reads.PostRow]
    platform: Platform = strawberry.field(description="The network.")
    url: URL = strawberry.field(description="Canonical address of the post.")
    title: str = strawberry.field(description="Short title.")
    text: str | None = strawberry.field(description="What the post says.")
    source_url: URL = strawberry.field(description="Source of its facts.")
    state: PostState = strawberry.field(description="Where the post stands.")
    published_at: datetime = strawberry.field(description="Timestamp of its publication.")
    hashtags: list[str] = strawberry.field(description="Suggested hashtags.")
    disclosure_label: str = strawberry.field(description="Label that every share carries.")
    variants: list[PostVariant] = strawberry.field(description="Suggested wordings.")

    @strawberry.field(description="Live shares; null while nothing was read.")
    async def share_count(self, info: Info) -> int | None:
        """Read the figures."""
        return (await self._figures(info)).share_count

    @strawberry.field(description="Reshares of these shares; null while nothing was read.")
    async def resharer_count(self, info: Info) -> int | None:
        """Read the figures."""
        return (await self._figures(info)).resharer_count

    @strawberry.field(description="Counted visits of tracked links; null while none are in use.")
    def click_count(self) -> int | None:
        """Say that no tracked link is in use."""
        return None

    @strawberry.field(description="Sum of the sharers' audiences, an upper bound.")
    async def potential_reach(self, info: Info) -> BigInt | None:
        """Read the figures."""
        reach = (await self._figures(info)).potential_reach
        return None if reach is None else BigInt(reach)

    @strawberry.field(description="Live shares by level of evidence.")
    async def evidence(self, info: Info) -> list[EvidenceCount]:
        """Read the counts."""
        found = await loader(info, "post.evidence", figure_reads.evidence_of).load(self.row.id)
        return [EvidenceCount(level=level, count=count) for level, count in found or ()]

    @strawberry.field(description="Holders with the most amplification of this post.")
    async def top_sharers(self, info: Info, first: LimitArgument = 3) -> list[TopSharer]:
        """Read the best."""
        if not 0 <= first <= MOST_TOP_SHARERS:
            raise BadUserInput(f"first must be 0 to {MOST_TOP_SHARERS}.", argument="first")
        viewer = info.context.caller

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, list[figure_reads.TopSharerRow]]:
            return await figure_reads.top_sharers_of(viewer, keys, first)

        found = await loader(info, f"post.topSharers:{first}", load).load(self.row.id)
        return [TopSharer.of(row) for row in found or ()]

    @strawberry.field(description="Shares of this post, newest first.", extensions=[Paged()])
    async def sharers(
        self,
        info: Info,
        page: PageRequest,
        filter: ShareFilterArgument = UNSET,  # noqa: A002
    ) -> Connection[Share] | None:
        """Read one page of shares."""
        narrowed = filter.narrowed() if filter else ShareReadFilter()
        return await share_page(info, "program_post_id", self.row.id, narrowed, page)

    @strawberry.field(
        description="Holders in your scope who are not known to have shared this post.",
        extensions=[Paged()],
    )
    async def missing(self, info: Info, page: PageRequest) -> Connection[Asn] | None:
        """Read one page of holders."""
        viewer = info.context.caller

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, Page[AsnRow]]:
            return await figure_reads.missing_of(viewer, keys, page)

        async def load_count(keys: Sequence[UUID]) -> Mapping[UUID, int]:
            return await figure_reads.count_missing_of(viewer, keys)

        async def count() -> int | None:
            return await loader(info, "count:post.missing", load_count).load(self.row.id)

        found = await loader(info, f"post.missing:{page}", load).load(self.row.id)
        return None if found is None else Connection.of(found, Asn.of, count)

    async def _figures(self, info: Info) -> figure_reads.FiguresRow:
        found = await loader(info, "post.figures", figure_reads.post_figures).load(self.row.id)
        return found or figure_reads.UNKNOWN_FIGURES

    @classmethod
    def of(cls, row: reads.PostRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("ProgramPost", row.id),
            row=row,
            platform=row.platform,
            url=URL(row.url),
            title=row.title,
            text=row.text,
            source_url=URL(row.source_url),
            state=PostState(row.state),
            published_at=row.published_at,
            hashtags=list(row.hashtags),
            disclosure_label=row.disclosure_text,
            variants=[PostVariant(locale=locale, text=text) for locale, text in row.variants],
        )


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

    @strawberry.field(description="Posts to share, oldest first.", extensions=[Paged()])
    async def posts(self, info: Info, page: PageRequest) -> Connection[ProgramPost] | None:
        """Read one page of posts."""

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, Page[reads.PostRow]]:
            return await reads.posts_of(keys, page)

        async def count() -> int | None:
            counts = loader(info, "count:campaign.posts", reads.count_posts_of)
            return await counts.load(self.row.id)

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
            program_id=uuid_of(self.program_id, "Program", "filter") if self.program_id else None,
            agency_id=uuid_of(self.agency_id, "Agency", "filter") if self.agency_id else None,
            status=self.status or None,
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


@findable("ProgramPost")
async def find_posts(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, ProgramPost]:
    """Return those of these posts whose campaign is in scope; one statement for a page's shares."""
    viewer = info.context.caller
    posts = loader(info, "posts", lambda ids: reads.posts_by_id(viewer, ids))
    rows = await posts.load_many(list(keys))
    return {row.id: ProgramPost.of(row) for row in rows if row is not None}
