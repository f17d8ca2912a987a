"""The holders next above and below, without a name: the gap, and which network makes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.platform import Platform


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A holder next in order, by score alone."""

    rank: int
    score: int
    parts: Mapping[Platform, int]


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference on one network; positive where the neighbour has more."""

    platform: Platform
    score: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The neighbour's score minus the holder's, and its parts, which add up to it exactly."""

    rank: int
    gap: int
    parts: tuple[Gap, ...]
    """Largest first in the direction of the gap."""

    @property
    def largest(self) -> Gap | None:
        """Return the network that does most for the gap."""
        return self.parts[0] if self.parts else None


def compare(own: Mapping[Platform, int], other: Neighbour) -> Comparison:
    """Compare a holder's parts with those of a neighbour; an absent network brings nothing."""
    gaps = [
        Gap(platform, other.parts.get(platform, 0) - own.get(platform, 0))
        for platform in sorted({*own, *other.parts})
    ]
    gap = sum(one.score for one in gaps)
    direction = 1 if gap >= 0 else -1
    return Comparison(other.rank, gap, tuple(sorted(gaps, key=lambda g: -direction * g.score)))
