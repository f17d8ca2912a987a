"""The ranking: who amplified how much, in which run, and by which network."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.amplification import points_micro
from api.domain.platform import Platform
from api.reads import ranking as reads
from api.reads.paging import PageRequest
from api.schema.asn import Asn, Badge, SocialAccount
from api.schema.context import Info
from api.schema.identity import Node, encode_id, uuid_if_given
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.points_shown import MICRO, RankInterval, chance_of, points
from api.schema.scalars import BigInt


@strawberry.type(description="One computation of all scores, with everything to repeat it.")
class ScoreRun(Node):
    """A score run."""

    model: str = strawberry.field(description="Version of the scoring model.")
    as_of: datetime = strawberry.field(description="Timestamp up to which shares were known.")
    share_count: int = strawberry.field(description="Shares that count in this run.")
    holder_count: int = strawberry.field(description="Holders in this run.")
    sha256: str = strawberry.field(description="Hash of all rows by rank.")
    parameters_sha256: str = strawberry.field(description="Hash of the model's parameters.")

    @classmethod
    def of(cls, row: reads.RunRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("ScoreRun", row.id),
            model=row.model,
            as_of=row.as_of,
            share_count=row.share_count,
            holder_count=row.holder_count,
            sha256=row.rows_sha256,
            parameters_sha256=row.parameters_sha256,
        )


@strawberry.type(description="The part of a holder's points that one network brings.")
class PlatformPoints:
    """Points of one network."""

    platform: Platform = strawberry.field(description="The network.")
    share_count: int = strawberry.field(description="Shares that count on it.")
    points: float = strawberry.field(description="Points for display.")
    points_micro: BigInt = strawberry.field(description="Millionths of a point.")

    @classmethod
    def of(cls, part: reads.PlatformPart) -> Self:
        """Show a part."""
        return cls(
            platform=part.platform,
            share_count=part.share_count,
            points=points(part.score),
            points_micro=BigInt(points_micro(part.score)),
        )


@strawberry.type(description="One holder in a ranking.")
class RankingRow(Node):
    """A holder's place."""

    rank: int = strawberry.field(
        description="Place in this list, under its filter and your scope; ties have an order."
    )
    points: float = strawberry.field(description="Points for display; 1 is a typical fresh share.")
    points_micro: BigInt = strawberry.field(description="Millionths of a point, for exact use.")
    quality: float = strawberry.field(description="Points to expect of one more fresh share.")
    p_top_k: float | None = strawberry.field(
        description="Chance of one of the first 50 ranks of the whole run; null while not drawn."
    )
    rank_interval: RankInterval | None = strawberry.field(
        description="Ranks in the whole run that the evidence allows in nine draws of ten; null "
        "while not drawn."
    )
    share_count: int = strawberry.field(description="Shares that count.")
    resharer_count: int = strawberry.field(description="Reshares known of these shares.")
    pending_count: int = strawberry.field(
        description="Shares that wait for their figures and bring provisional points."
    )
    asn: Asn | None = strawberry.field(description="The holder.")
    badge: Badge | None = strawberry.field(description="The holder's badge.")
    accounts: list[SocialAccount] = strawberry.field(description="The holder's accounts.")
    breakdown: list[PlatformPoints] = strawberry.field(description="Points by network.")

    @classmethod
    def of(cls, row: reads.RankingRow) -> Self:
        """Show a row."""
        asn = Asn.of(row.asn)
        return cls(
            id=encode_id("RankingRow", row.id),
            rank=row.rank,
            points=points(row.score),
            points_micro=BigInt(points_micro(row.score)),
            quality=points(row.quality_micro * MICRO),
            p_top_k=chance_of(row.sureness),
            rank_interval=RankInterval.of(row.sureness),
            share_count=row.share_count,
            resharer_count=row.resharer_count,
            pending_count=row.pending_count,
            asn=asn,
            badge=asn.badge,
            accounts=asn.accounts,
            breakdown=[PlatformPoints.of(part) for part in row.breakdown],
        )


@strawberry.type(description="A page of a ranking.")
class RankingConnection(Connection[RankingRow]):
    """A page of a ranking."""

    score_run: ScoreRun | None = strawberry.field(
        description="The run behind this page; null before the first run."
    )


@strawberry.input(description="Narrows a ranking; all parts are combined by AND.")
class RankingFilter:
    """Narrows a ranking."""

    agency_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only people posted to this agency or below it."
    )
    province_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Only people posted in this province."
    )
    platform: Platform | None = strawberry.field(
        default=UNSET, description="Only people who shared on this network."
    )
    score_run_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The run to show; the latest one if absent."
    )

    def narrowed(self) -> reads.RankingFilter:
        """Return the filter with keys instead of ids."""
        return reads.RankingFilter(
            agency_id=uuid_if_given(self.agency_id, "Agency", "filter.agencyId"),
            province_id=uuid_if_given(self.province_id, "Province", "filter.provinceId"),
            platform=self.platform or None,
            score_run_id=uuid_if_given(self.score_run_id, "ScoreRun", "filter.scoreRunId"),
        )


FilterArgument: TypeAlias = Annotated[
    RankingFilter | None, strawberry.argument(description="Which part of the ranking.")
]


@strawberry.type
class RankingQuery:
    """Root fields about the ranking."""

    @strawberry.field(
        description="Holders by points, best first.",
        extensions=[Paged(), Requires(*SIGNED_IN)],
    )
    async def ranking(
        self,
        info: Info,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
    ) -> RankingConnection | None:
        """Read one page."""
        narrowed = filter.narrowed() if filter else reads.RankingFilter()
        viewer = info.context.caller
        found = await reads.ranking(viewer, narrowed, page)
        run = found.run

        async def count() -> int:
            return 0 if run is None else await reads.count_ranking(viewer, narrowed, run.id)

        shown = None if run is None else ScoreRun.of(run)
        return RankingConnection.of(found.page, RankingRow.of, count, score_run=shown)


@findable("ScoreRun")
async def find_runs(_info: Info, keys: Sequence[UUID]) -> Mapping[UUID, ScoreRun]:
    """Return these score runs."""
    return {key: ScoreRun.of(row) for key, row in (await reads.runs_by_id(keys)).items()}


@findable("RankingRow")
async def find_ranking_rows(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, RankingRow]:
    """Return those of these rows whose holder is visible."""
    found = await reads.ranking_rows_by_id(info.context.caller, keys)
    return {key: RankingRow.of(row) for key, row in found.items()}
