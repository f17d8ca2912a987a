"""Why a holder stands where they stand in the ranking."""

from datetime import datetime
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry

from api.domain.amplification import MICRO, ShareReason, ShareState, points_micro
from api.domain.coordination import Language
from api.domain.explanation import Comparison, Component, Explanation, sentences
from api.domain.platform import Platform
from api.reads import explanation as reads
from api.reads.counterfactual import rank_without_decay, repeat_share
from api.schema.context import Info
from api.schema.enums import described
from api.schema.explained_share import HeldShare, ShareExplanation
from api.schema.identity import uuid_of
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.points_shown import RankInterval, chance_of, points
from api.schema.scalars import BigInt

described(
    Language,
    "A language that people are spoken to in.",
    {"ENGLISH": "English.", "INDONESIAN": "Indonesian."},
)

described(
    ShareReason,
    "Why a share is not simply counted.",
    {
        "AWAITING_METRICS": "Its first figures may still arrive.",
        "METRICS_MISSING": "Some of its figures never arrived.",
        "NOT_OFFERED": "The network gives no figures for this kind of share.",
        "POST_CAP": "Three shares of the post on the network count already.",
        "EVIDENCE_BELOW_MINIMUM": "It is not proved well enough.",
        "HELD_FOR_REVIEW": "A person looks at it.",
        "REJECTED_IN_REVIEW": "A person decided against it.",
        "DELETED_TOO_SOON": "It was deleted within a day.",
        "CONSENT_WITHDRAWN": "The consent to follow the account was withdrawn.",
    },
)


@strawberry.type(description="What one network brings; the components add up to the points.")
class RankComponent:
    """A component."""

    platform: Platform = strawberry.field(description="The network.")
    share_count: int = strawberry.field(description="Shares that count on it.")
    points: float = strawberry.field(description="Points for display.")
    points_micro: BigInt = strawberry.field(
        description="Millionths of a point; they add up to `pointsMicro` of the explanation."
    )
    score: BigInt = strawberry.field(description="Score in 10⁻¹² nats, without any rounding.")

    @classmethod
    def of(cls, part: Component) -> Self:
        """Show a component."""
        return cls(
            platform=part.platform,
            share_count=part.share_count,
            points=part.points_micro / MICRO,
            points_micro=BigInt(part.points_micro),
            score=BigInt(part.score),
        )


@strawberry.type(description="The difference to a neighbour on one network.")
class PlatformGap:
    """A gap on a network."""

    platform: Platform = strawberry.field(description="The network.")
    gap: float = strawberry.field(description="Points; positive where the neighbour has more.")
    score: BigInt = strawberry.field(description="The same as a score in 10⁻¹² nats.")


@strawberry.type(description="A neighbour in the order, without a name.")
class RankComparison:
    """A comparison."""

    rank: int = strawberry.field(description="The neighbour's rank.")
    gap: float = strawberry.field(
        description="The neighbour's points minus the holder's; 0 when quality decides the order."
    )
    score: BigInt = strawberry.field(description="The same as a score in 10⁻¹² nats.")
    largest_component: PlatformGap | None = strawberry.field(
        description="The network that does most for the gap."
    )
    components: list[PlatformGap] = strawberry.field(
        description="All networks; their scores add up to that of the gap."
    )

    @classmethod
    def of(cls, found: Comparison) -> Self:
        """Show a comparison."""
        gaps = [
            PlatformGap(platform=one.platform, gap=points(one.score), score=BigInt(one.score))
            for one in found.parts
        ]
        return cls(
            rank=found.rank,
            gap=points(found.gap),
            score=BigInt(found.gap),
            largest_component=gaps[0] if gaps else None,
            components=gaps,
        )


@strawberry.type(description="Shares that bring nothing, by what became of them.")
class ExcludedShares:
    """Excluded shares."""

    state: ShareState = strawberry.field(description="What became of them.")
    reason: ShareReason | None = strawberry.field(description="Why; null when `state` says it.")
    share_count: int = strawberry.field(description="How many there are.")


@strawberry.type(description="Percentages of holders below, null in groups under five people.")
class RankPercentiles:
    """Percentiles."""

    overall: float | None = strawberry.field(description="Among all holders of the run.")
    agency: float | None = strawberry.field(
        description="Among those posted to the same agency or below it."
    )
    province: float | None = strawberry.field(
        description="Among those posted in the same province."
    )


LanguageArgument: TypeAlias = Annotated[
    Language, strawberry.argument(description="The language of the sentences.")
]


@strawberry.type(description="Why a holder stands where they stand, in the latest run.")
class RankingExplanation:
    """An explanation."""

    asn_key: strawberry.Private[UUID]
    row: strawberry.Private[reads.ExplanationRow]
    as_of: datetime = strawberry.field(description="Timestamp of the run.")
    rank: int | None = strawberry.field(
        description="Place among all holders of the run; null when not in it."
    )
    points: float | None = strawberry.field(
        description="Points for display; null when not in the run."
    )
    points_micro: BigInt | None = strawberry.field(description="Millionths of a point.")
    score: BigInt | None = strawberry.field(description="Score in 10⁻¹² nats.")
    points_to_next_rank: float | None = strawberry.field(
        description="Points missing to the holder above; null at rank 1."
    )
    points_if_cleared: float = strawberry.field(
        description="Points if every share under review is cleared."
    )
    rank_if_cleared: int | None = strawberry.field(
        description="Rank with these points, all others unchanged; null when not in the run."
    )
    pending_points: float = strawberry.field(
        description="The provisional part of the points, of shares that wait for figures."
    )
    measured_share_count: int = strawberry.field(description="Shares of the window with figures.")
    share_count: int = strawberry.field(description="All shares of the window.")
    too_old_count: int = strawberry.field(description="Shares before the window.")
    is_current: bool = strawberry.field(
        description="True while the shares below add up to this score; false when some changed "
        "and the next run is still being made."
    )
    p_top_k: float | None = strawberry.field(
        description="Chance of one of the first 50 ranks; null while not drawn."
    )
    rank_interval: RankInterval | None = strawberry.field(
        description="Ranks that the evidence allows in nine draws of ten; null while not drawn."
    )
    percentiles: RankPercentiles = strawberry.field(description="Percentages of holders below.")

    @strawberry.field(
        description="Rank if no share lost weight with age, all else unchanged; null when not in "
        "the run, and in runs of more than 20,000 holders."
    )
    async def rank_without_decay(self, info: Info) -> int | None:
        """Add all holders up again."""
        return await rank_without_decay(info.context.caller, self.asn_key)

    @strawberry.field(
        description="Part of the resharers' value, 0 to 1, that is from people who passed earlier "
        "shares of the holder on; null when no resharer is known by name."
    )
    async def repeat_share(self, info: Info) -> float | None:
        """Read the part."""
        return await repeat_share(info.context.caller, self.asn_key)

    @strawberry.field(description="Points by network, strongest first.")
    def components(self) -> list[RankComponent]:
        """Show the components."""
        return [RankComponent.of(one) for one in self.row.explanation.components]

    @strawberry.field(description="The five shares that bring most.")
    def top_shares(self) -> list[ShareExplanation]:
        """Show the strongest shares."""
        return [ShareExplanation.of(one, self.row) for one in self.row.explanation.top_shares]

    @strawberry.field(description="Shares whose points wait for a decision.")
    def under_review(self) -> list[HeldShare]:
        """Show the held shares."""
        return [HeldShare.of(one) for one in self.row.explanation.under_review]

    @strawberry.field(description="Shares of the window that bring nothing.")
    def excluded(self) -> list[ExcludedShares]:
        """Show what does not count."""
        return [
            ExcludedShares(state=one.state, reason=one.reason, share_count=one.share_count)
            for one in self.row.explanation.excluded
        ]

    @strawberry.field(description="The neighbours above and below, as far as there are any.")
    def comparison(self) -> list[RankComparison]:
        """Show the neighbours."""
        found = self.row.explanation
        return [RankComparison.of(one) for one in (found.above, found.below) if one is not None]

    @strawberry.field(description="The explanation in plain words.")
    def sentences(self, language: LanguageArgument = Language.INDONESIAN) -> list[str]:
        """Put it into words."""
        return sentences(self.row.explanation, language, self.row.parameters.window_days)

    @classmethod
    def of(cls, asn_key: UUID, row: reads.ExplanationRow) -> Self:
        """Show an explanation."""
        found = row.explanation
        score = found.score
        return cls(
            asn_key=asn_key,
            row=row,
            as_of=row.as_of,
            rank=found.rank,
            points=None if score is None else points(score),
            points_micro=None if score is None else BigInt(points_micro(score)),
            score=None if score is None else BigInt(score),
            points_to_next_rank=None if found.above is None else points(found.above.gap),
            points_if_cleared=points(found.score_if_cleared),
            rank_if_cleared=found.rank_if_cleared,
            pending_points=points(found.pending_score),
            measured_share_count=found.measured_count,
            share_count=found.share_count,
            too_old_count=found.too_old_count,
            is_current=found.is_current,
            p_top_k=chance_of(row.sureness),
            rank_interval=RankInterval.of(row.sureness),
            percentiles=_percentiles(found),
        )


def _percentiles(found: Explanation) -> RankPercentiles:
    return RankPercentiles(
        overall=found.overall.percentile,
        agency=found.agency.percentile,
        province=found.province.percentile,
    )


AsnIdArgument: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The holder.")]


@strawberry.type
class ExplanationQuery:
    """Root fields about explanations."""

    @strawberry.field(
        description="Why a person stands where they stand; holders ask about themselves. Null "
        "before the first run and for people out of your scope.",
        extensions=[Requires(*SIGNED_IN)],
    )
    async def ranking_explanation(
        self, info: Info, asn_id: AsnIdArgument
    ) -> RankingExplanation | None:
        """Read an explanation."""
        key = uuid_of(asn_id, "Asn", "asnId")
        row = await reads.explanation(info.context.caller, key)
        return None if row is None else RankingExplanation.of(key, row)
