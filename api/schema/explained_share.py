"""Single shares of an explanation: raw figures, baselines, and what they bring."""

from typing import Self

import strawberry

from api.domain.amplification import MICRO, ShareState
from api.domain.explanation import ExplainedShare
from api.domain.platform import Metric
from api.reads import explanation as reads
from api.reads.share import shares_by_id
from api.schema.context import Info
from api.schema.enums import described
from api.schema.loading import loader
from api.schema.points_shown import points
from api.schema.scalars import BigInt
from api.schema.share import Share
from api.schema.vocabulary import ReviewRule

described(
    Metric,
    "A figure about a share.",
    {
        "RESHARERS": "People who passed it on; repeated ones count less.",
        "CLICKS": "Visitors of the tracked link.",
        "CONVERSATION": "People who commented.",
        "LIKES": "Likes; shown, without weight.",
    },
)


@strawberry.type(description="A figure of a share beside what is typical on its network.")
class ShareFigure:
    """A figure."""

    metric: Metric = strawberry.field(description="What was counted.")
    value: float = strawberry.field(description="People, repeated resharers discounted.")
    baseline: float = strawberry.field(description="What a typical share of the network has.")
    weight: int = strawberry.field(description="Weight in the mean, per mille.")


@strawberry.type(description="A share with what it brings to the points.")
class ShareExplanation:
    """A share of an explanation."""

    explained: strawberry.Private[ExplainedShare]
    row: strawberry.Private[reads.ExplanationRow]
    points: float = strawberry.field(description="Points that it brings in this run.")
    score: BigInt = strawberry.field(
        description="Score in 10⁻¹² nats: `gainMicro` times `ageWeightPpm`."
    )
    gain_micro: BigInt = strawberry.field(
        description="Gain in millionths; of a pending share the holder's usual gain."
    )
    age_weight_ppm: int = strawberry.field(description="Weight of its age, in millionths.")
    state: ShareState = strawberry.field(description="What becomes of it in the score.")
    post_slot: int = strawberry.field(
        description="Its number among the holder's shares of the post on the network."
    )
    resharers: int | None = strawberry.field(
        description="People who passed it on, without discount; null when unknown."
    )

    @strawberry.field(description="The share; null when not visible to you.")
    async def share(self, info: Info) -> Share | None:
        """Read the share; one statement for all of an answer."""
        return await _share(info, self.explained)

    @strawberry.field(description="Visitors of the tracked link; null when not counted.")
    def clicks(self) -> int | None:
        """Show whole people."""
        micro = self.explained.fact.values.get(Metric.CLICKS)
        return None if micro is None else micro // MICRO

    @strawberry.field(description="People who pass a typical share of its network on.")
    def baseline(self) -> float:
        """Show the baseline of resharers."""
        fact = self.explained.fact
        return self.row.baselines_micro[fact.platform, Metric.RESHARERS] / MICRO

    @strawberry.field(description="All figures that the gain is computed of.")
    def figures(self) -> list[ShareFigure]:
        """Show each known metric."""
        fact, weights = self.explained.fact, self.row.parameters.weights
        return [
            ShareFigure(
                metric=metric,
                value=value / MICRO,
                baseline=self.row.baselines_micro[fact.platform, metric] / MICRO,
                weight=weights.get(metric, 0),
            )
            for metric, value in fact.values.items()
        ]

    @classmethod
    def of(cls, one: ExplainedShare, row: reads.ExplanationRow) -> Self:
        """Show a share."""
        return cls(
            explained=one,
            row=row,
            points=points(one.score),
            score=BigInt(one.score),
            gain_micro=BigInt(one.gain_micro),
            age_weight_ppm=one.weight_ppm,
            state=one.fact.state,
            post_slot=one.fact.post_slot,
            resharers=one.fact.resharer_count,
        )


@strawberry.type(description="A share that waits for a decision, with the points that wait.")
class HeldShare:
    """A share under review."""

    explained: strawberry.Private[ExplainedShare]
    points: float = strawberry.field(description="Points that come back if it is cleared.")
    score: BigInt = strawberry.field(description="The same as a score in 10⁻¹² nats.")
    reason: ReviewRule | None = strawberry.field(
        description="The first rule that raised a flag; null when flags are not for your role."
    )
    reasons: list[ReviewRule] = strawberry.field(description="All rules with an open flag.")

    @strawberry.field(description="The share; null when not visible to you.")
    async def share(self, info: Info) -> Share | None:
        """Read the share; one statement for all of an answer."""
        return await _share(info, self.explained)

    @classmethod
    def of(cls, one: ExplainedShare) -> Self:
        """Show a held share."""
        rules = list(one.fact.rules)
        return cls(
            explained=one,
            points=points(one.held_score),
            score=BigInt(one.held_score),
            reason=rules[0] if rules else None,
            reasons=rules,
        )


async def _share(info: Info, one: ExplainedShare) -> Share | None:
    viewer = info.context.caller
    found = loader(info, "explanation.share", lambda keys: shares_by_id(viewer, keys))
    row = await found.load(one.fact.share_id)
    return None if row is None else Share.of(row)
