"""Scores as people read them: points, and the ranks that the evidence allows."""

import strawberry

from api.domain.amplification import points_micro

MICRO = 1_000_000


def points(score: int) -> float:
    """Return a score of 10⁻¹² nats in points for display; one point is a typical fresh share."""
    return points_micro(score) / MICRO


@strawberry.type(description="A range of ranks that the evidence allows.")
class RankInterval:
    """A range of ranks."""

    low: int = strawberry.field(description="Best rank of the range.")
    high: int = strawberry.field(description="Worst rank of the range.")
