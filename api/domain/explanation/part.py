"""Parts of a score whose display adds up to the display of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.domain.amplification import MICRO, POINT, points_micro
from api.domain.platform import Platform


@dataclass(frozen=True, slots=True)
class Component:
    """What one network brings; scores in 10⁻¹² nats, `points_micro` adds up over all of them."""

    platform: Platform
    share_count: int
    score: int
    points_micro: int


def components(parts: Sequence[tuple[Platform, int, int]]) -> tuple[Component, ...]:
    """Return (platform, shares, score) with points, strongest first."""
    shown = apportioned_micro([score for _, _, score in parts])
    made = (Component(*part, micro) for part, micro in zip(parts, shown, strict=True))
    return tuple(sorted(made, key=lambda one: (-one.score, one.platform)))


def apportioned_micro(scores: Sequence[int]) -> list[int]:
    """Return millionths of a point that add up to the rounded points of the sum.

    Each part is rounded down; what is missing goes to the largest remainders, the first on a tie.
    """
    whole = [divmod(score * MICRO, POINT) for score in scores]
    missing = points_micro(sum(scores)) - sum(down for down, _ in whole)
    by_remainder = sorted(range(len(scores)), key=lambda index: (-whole[index][1], index))
    raised = set(by_remainder[:missing])
    return [down + (index in raised) for index, (down, _) in enumerate(whole)]
