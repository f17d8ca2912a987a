"""Shares: who passed a program post on, on what evidence, and what becomes of it in the score."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.amplification import ShareState
from api.reads import share as reads
from api.reads.paging import Page, PageRequest
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import Node, encode_id
from api.schema.loading import loader
from api.schema.node import find_node, findable
from api.schema.paging import Connection
from api.schema.points_shown import points
from api.schema.scalars import URL
from api.schema.vocabulary import EvidenceLevel, Platform, ShareKind

if TYPE_CHECKING:
    from api.schema.asn import Asn
    from api.schema.program_post import ProgramPost

described(
    ShareState,
    "What becomes of a share in the score.",
    {
        "COUNTED": "Counts with all figures that its network offers.",
        "PENDING": "Waits for its first figures.",
        "PARTIAL": "Counts with the figures that are known.",
        "UNMEASURED": "No figure is offered or known; brings no points.",
        "OVER_CAP": "More than three shares of one post on one network.",
        "EVIDENCE_TOO_LOW": "Not proved well enough to count.",
        "UNDER_REVIEW": "Held back until a person has decided.",
        "REJECTED": "A person decided against it, with a reason.",
        "REMOVED": "Deleted within a day, or consent was withdrawn.",
    },
)


@strawberry.type(description="A holder passed a program post on.")
class Share(Node):
    """A share."""

    row: strawberry.Private[reads.ShareRow]
    platform: Platform = strawberry.field(description="The network.")
    kind: ShareKind = strawberry.field(description="The way in which it was passed on.")
    evidence: EvidenceLevel = strawberry.field(description="How well it is proved.")
    state: ShareState = strawberry.field(description="What becomes of it in the score.")
    shared_at: datetime = strawberry.field(description="Timestamp of the share.")
    url: URL | None = strawberry.field(description="Address of the share; null when unknown.")
    is_removed: bool = strawberry.field(description="True when the network no longer shows it.")
    points: float | None = strawberry.field(
        description="Points that it adds today; null while it adds none for a reason in `state`."
    )

    @strawberry.field(description="The holder; null when not visible to you.")
    def asn(self) -> Annotated["Asn", strawberry.lazy("api.schema.asn")] | None:
        """Show the card that came with the row."""
        from api.schema.asn import Asn  # noqa: PLC0415 - a graph is cyclic.

        return None if self.row.asn is None else Asn.of(self.row.asn)

    @strawberry.field(description="The program post that was passed on.")
    async def post(
        self, info: Info
    ) -> Annotated["ProgramPost", strawberry.lazy("api.schema.program_post")] | None:
        """Read the post."""
        return await find_node(info, encode_id("ProgramPost", self.row.post_id))  # type: ignore[return-value]

    @classmethod
    def of(cls, row: reads.ShareRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Share", row.id),
            row=row,
            platform=row.platform,
            kind=row.kind,
            evidence=row.evidence,
            state=row.state,
            shared_at=row.shared_at,
            url=None if row.url is None else URL(row.url),
            is_removed=row.is_removed,
            points=None if row.score is None else points(row.score),
        )


@strawberry.input(description="Narrows shares; all parts are combined by AND.")
class ShareFilter:
    """Narrows shares."""

    platform: Platform | None = strawberry.field(default=UNSET, description="The network.")
    kind: ShareKind | None = strawberry.field(default=UNSET, description="The kind of share.")
    state: ShareState | None = strawberry.field(default=UNSET, description="State in the score.")
    evidence_at_least: EvidenceLevel | None = strawberry.field(
        default=UNSET, description="This level or a stronger one."
    )

    def narrowed(self) -> reads.ShareFilter:
        """Return the filter without what is absent."""
        return reads.ShareFilter(
            platform=self.platform or None,
            kind=self.kind or None,
            state=self.state or None,
            evidence_at_least=self.evidence_at_least or None,
        )


ShareFilterArgument: TypeAlias = Annotated[
    ShareFilter | None, strawberry.argument(description="Which shares.")
]


async def share_page(
    info: Info, parent: reads.Parent, key: UUID, narrowed: reads.ShareFilter, page: PageRequest
) -> Connection[Share] | None:
    """Return one page of the shares of a parent; all parents of a list share one statement."""
    viewer = info.context.caller
    name = f"shares:{parent}:{narrowed}"

    async def load(keys: Sequence[UUID]) -> Mapping[UUID, Page[reads.ShareRow]]:
        return await reads.shares_of(viewer, parent, keys, narrowed, page)

    async def load_count(keys: Sequence[UUID]) -> Mapping[UUID, int]:
        return await reads.count_shares_of(viewer, parent, keys, narrowed)

    async def count() -> int | None:
        return await loader(info, f"count:{name}", load_count).load(key)

    found = await loader(info, f"{name}:{page}", load).load(key)
    return None if found is None else Connection.of(found, Share.of, count)


@findable("Share")
async def find_shares(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Share]:
    """Return those of these shares whose holder is in scope."""
    found = await reads.shares_by_id(info.context.caller, keys)
    return {key: Share.of(row) for key, row in found.items()}
