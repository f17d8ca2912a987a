"""The published formulas by version. A published version is never edited: new numbers, new version.

A run names its version, so that an old list can be computed again by the rules of its time.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from api.domain.amplification.bucket import Bucket, contribution
from api.domain.amplification.gain import Baselines, Inputs, gains
from api.domain.amplification.parameters import FORMULA, Parameters
from api.domain.amplification.state import ShareFacts, Standing, decide
from api.domain.platform import Metric
from api.errors import Invalid

Gains = Callable[[Iterable[Inputs], Baselines, Mapping[Metric, int], int], dict[Inputs, int]]


@dataclass(frozen=True, slots=True)
class Formula:
    """The code of one version and the numbers it was published with."""

    version: str
    parameters: Parameters = field(hash=False)
    decide: Callable[[ShareFacts, datetime, Parameters], Standing]
    gains: Gains
    contribution: Callable[[Standing, int], Bucket]


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {FORMULA: Formula(FORMULA, Parameters(), decide, gains, contribution)}
)


def formula(version: str) -> Formula:
    """Return a published formula.

    Raises:
        Invalid: no version of this name was published.
    """
    try:
        return FORMULAS[version]
    except KeyError:
        raise Invalid("No scoring model of this version was published.") from None
