"""How sure a rank is: its shape, and who stands level with the last seat."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

DRAW_COUNT = 1_000
LEVEL_FROM, LEVEL_TO = 200, 800
"""Draws within the capacity between which a holder is statistically level with the boundary."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the draws are made from: holders in nominal order, and (holder, share, score)."""

    holders: Sequence[UUID]
    shares: Sequence[tuple[UUID, UUID, int]]
    capacity: int


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A holder in 1,000 draws: how many had a rank within the capacity, and 90% of the ranks."""

    asn_id: UUID
    top_count: int
    rank_low: int
    rank_high: int


def chance(top_count: int) -> float:
    """Return the chance of a rank within the capacity."""
    return top_count / DRAW_COUNT


def is_level(top_count: int) -> bool:
    """Tell whether the evidence cannot tell a holder from those at the boundary: [.2, .8]."""
    return LEVEL_FROM <= top_count <= LEVEL_TO
