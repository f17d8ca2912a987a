"""Scores as people read them: points, and the ranks that the evidence allows."""

from typing import Self

import strawberry

from api.domain.amplification import points_micro
from api.domain.uncertainty import chance
from api.reads.sureness import Sureness

MICRO = 1_000_000


def points(score: int) -> float:
    """Return a score of 10⁻¹² nats in points for display; one point is a typical fresh share."""
    return points_micro(score) / MICRO


@strawberry.type(description="A range of ranks that the evidence allows.")
class RankInterval:
    """A range of ranks."""

    low: int = strawberry.field(description="Best rank of the range.")
    high: int = strawberry.field(description="Worst rank of the range.")

    @classmethod
    def of(cls, row: Sureness | None) -> Self | None:
        """Show the ranks of nine draws in ten."""
        return None if row is None else cls(low=row.rank_low, high=row.rank_high)


def chance_of(row: Sureness | None) -> float | None:
    """Return the chance of a rank within the capacity."""
    return None if row is None else chance(row.top_count)
