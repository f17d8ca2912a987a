"""How many people follow each civil servant, long-tailed, with every edge of the 500 rule."""

import math
from dataclasses import dataclass
from random import Random

MINIMUM = 500


@dataclass(frozen=True, slots=True)
class Audience:
    """One civil servant's figures on three networks; None means no account there."""

    x: int
    instagram: int | None
    friends: int | None = None
    instagram_source: str = "REVIEWED"
    is_active: bool = True
    is_fresh: bool = True
    """Whether the reviewed figures are younger than ninety days."""


EDGES = (
    *(Audience(x, 1_800) for x in (499, 499, 500, 500, 501, 501)),
    *(Audience(2_400, count) for count in (499, 499, 500, 500, 501, 501)),
    *(Audience(1_300, 900, count) for count in (499, 500, 501)),
    *(Audience(x, instagram) for x, instagram in ((61, 2_000), (3_100, 140), (212, 305))),
    Audience(1_500, None),
    Audience(5_200, None, 800),
    Audience(1_100, 1_400, instagram_source="DECLARED"),
    *(Audience(x, 1_200, is_active=False) for x in (700, 4_000)),
    *(Audience(x, 1_900, is_fresh=False) for x in (820, 2_750)),
)
"""Figures that a rule could get wrong; the first consenting civil servants have them."""


def typical(die: Random) -> Audience:
    """Return figures above the minimum everywhere, most near it and a few far away."""
    has_facebook = die.random() < 0.4  # noqa: PLR2004
    return Audience(
        x=_above_minimum(die, 700),
        instagram=_above_minimum(die, 1_100),
        friends=min(5_000, _above_minimum(die, 600)) if has_facebook else None,
        instagram_source=die.choice(("REVIEWED", "OWNER_API")),
    )


def _above_minimum(die: Random, median: int) -> int:
    return MINIMUM + 3 + int(die.lognormvariate(math.log(median), 1.3))
