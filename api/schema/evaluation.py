"""How well rankings of the past foresaw what came after them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.domain.chart import drawn_figures
from api.reads import evaluation as reads
from api.reads.paging import PageRequest
from api.schema.context import Info
from api.schema.identity import Node, encode_id
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.permissions import STAFF, Requires


@strawberry.type(description="What a method found among its first people.")
class Foresight:
    """Figures of one method at one number of people."""

    method: str = strawberry.field(
        description="The scoring model, or a simpler way to rank: `random`, `followers`, "
        "`share_count`, `total_resharers`, `mean_resharers`, `sum_log`."
    )
    top: int = strawberry.field(description="How many people it may name.")
    ndcg: float = strawberry.field(
        description="Agreement with the best possible order, 0 to 1 (nDCG)."
    )
    captured: float = strawberry.field(
        description="Share of what the best possible choice brought, 0 to 1."
    )


@strawberry.type(description="A ranking of the past, held against the days after it.")
class RankingEvaluation(Node):
    """An evaluation."""

    row: strawberry.Private[reads.EvaluationRow]
    model: str = strawberry.field(description="Version of the scoring model.")
    ranked_at: datetime = strawberry.field(description="Timestamp of the ranking.")
    horizon_days: int = strawberry.field(description="Days after it that were measured.")
    holder_count: int = strawberry.field(description="People who were ranked.")
    rewarded_count: int = strawberry.field(
        description="Those of them whose later shares somebody passed on."
    )
    computed_at: datetime = strawberry.field(description="Timestamp of the evaluation.")
    figures: list[Foresight] = strawberry.field(description="What each method found.")

    @strawberry.field(description="The figures as bars: a picture in SVG.")
    def plot(self) -> str:
        """Draw the figures."""
        return drawn_figures(self.row.horizon_days, self.row.figures)

    @classmethod
    def of(cls, row: reads.EvaluationRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("RankingEvaluation", row.id),
            row=row,
            model=row.model,
            ranked_at=row.ranked_at,
            horizon_days=row.horizon_days,
            holder_count=row.holder_count,
            rewarded_count=row.rewarded_count,
            computed_at=row.computed_at,
            figures=[
                Foresight(method=method, top=k, ndcg=figure.ndcg, captured=figure.captured)
                for method, by_cutoff in row.figures.items()
                for k, figure in by_cutoff.items()
            ],
        )


@strawberry.type
class EvaluationQuery:
    """Root fields about evaluations."""

    @strawberry.field(
        description="How well rankings of the past foresaw what came after them, newest first.",
        extensions=[Paged(), Requires(*STAFF)],
    )
    async def ranking_evaluations(
        self, info: Info, page: PageRequest
    ) -> Connection[RankingEvaluation] | None:
        """Read one page."""
        found = await reads.evaluations(page)
        return Connection.of(found, RankingEvaluation.of, reads.count_evaluations)


@findable("RankingEvaluation")
async def find_evaluations(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, RankingEvaluation]:
    """Return these evaluations to staff."""
    if info.context.caller.role not in STAFF:
        return {}
    found = await reads.evaluations_by_id(keys)
    return {key: RankingEvaluation.of(row) for key, row in found.items()}
