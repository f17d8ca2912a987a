"""Official posts with their figures, their sharers and who is missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.errors import BadUserInput
from api.reads import figures as figure_reads
from api.reads import program_post as reads
from api.reads import sharer as sharer_reads
from api.reads.card import AsnRow
from api.reads.paging import MAX_PAGE_ROWS, Page, PageRequest
from api.reads.share import Parent
from api.reads.share import ShareFilter as ShareReadFilter
from api.schema.asn import Asn
from api.schema.context import Info
from api.schema.correction import Correction, corrections_of
from api.schema.figures import EvidenceCount, TopSharer
from api.schema.identity import Node, encode_id
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.scalars import URL, BigInt
from api.schema.share import Share, ShareFilterArgument, share_page
from api.schema.vocabulary import Platform


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
    async def click_count(self, info: Info) -> int | None:
        """Read the figures."""
        return (await self._figures(info)).click_count

    @strawberry.field(description="Sum of the sharers' audiences, an upper bound.")
    async def potential_reach(self, info: Info) -> BigInt | None:
        """Read the figures."""
        reach = (await self._figures(info)).potential_reach
        return None if reach is None else BigInt(reach)

    @strawberry.field(description="Published corrections, newest first.")
    async def corrections(self, info: Info) -> list[Correction]:
        """Read the corrections."""
        return await corrections_of(info, self.row.id)

    @strawberry.field(description="Live shares by level of evidence.")
    async def evidence(self, info: Info) -> list[EvidenceCount]:
        """Read the counts."""
        found = await loader(info, "post.evidence", figure_reads.evidence_of).load(self.row.id)
        return [EvidenceCount(level=level, count=count) for level, count in found or ()]

    @strawberry.field(description="Holders with the most amplification of this post.")
    async def top_sharers(self, info: Info, first: LimitArgument = 3) -> list[TopSharer]:
        """Read the best."""
        if not 0 <= first <= MAX_PAGE_ROWS:
            raise BadUserInput(f"first must be 0 to {MAX_PAGE_ROWS}.", argument="first")
        viewer = info.context.caller

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, list[sharer_reads.TopSharerRow]]:
            return await sharer_reads.top_sharers_of(viewer, keys, first)

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
        return await share_page(info, Parent.POST, self.row.id, narrowed, page)

    @strawberry.field(
        description="Holders in your scope who are not known to have shared this post.",
        extensions=[Paged()],
    )
    async def missing(self, info: Info, page: PageRequest) -> Connection[Asn] | None:
        """Read one page of holders."""
        viewer = info.context.caller

        async def load(keys: Sequence[UUID]) -> Mapping[UUID, Page[AsnRow]]:
            return await sharer_reads.missing_of(viewer, keys, page)

        async def load_count(keys: Sequence[UUID]) -> Mapping[UUID, int]:
            return await sharer_reads.count_missing_of(viewer, keys)

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


@findable("ProgramPost")
async def find_posts(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, ProgramPost]:
    """Return those of these posts whose campaign is in scope; one statement for a page's shares."""
    viewer = info.context.caller
    posts = loader(info, "posts", lambda ids: reads.posts_by_id(viewer, ids))
    rows = await posts.load_many(list(keys))
    return {row.id: ProgramPost.of(row) for row in rows if row is not None}
