"""The gain of one share: a logarithm of how it did against its platform, in exact micro-nats."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from api.domain.amplification.parameters import DEFAULT_WEIGHTS, LIFT, MICRO
from api.domain.platform import Metric, Platform

_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
_TOO_CLOSE_TO_A_HALF = 1e-6

Baselines = Mapping[tuple[Platform, Metric], int]
"""The typical value of a metric on a platform, in micro-people."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """The known values of one share; shares with equal inputs have equal gains."""

    platform: Platform
    values: tuple[tuple[Metric, int], ...]
    """(metric, micro-people), by metric; a metric that is unknown or not offered is left out."""

    @classmethod
    def of(cls, platform: Platform, values: Mapping[Metric, int | None]) -> "Inputs":
        """Keep what is known, in one order."""
        known = ((metric, value) for metric in Metric if (value := values.get(metric)) is not None)
        return cls(platform, tuple(known))

    def to_json(self) -> dict[str, object]:
        """Return what `share_gain.inputs_json` stores."""
        return {"platform": self.platform.value, "values": {m.value: v for m, v in self.values}}


def weighted_mean(
    inputs: Inputs, baselines: Baselines, weights: Mapping[Metric, int]
) -> Fraction | None:
    """Return Σ w·x / Σ w over the known metrics with a weight, exactly; None when there is none."""
    terms = [(w, v, metric) for metric, v in inputs.values if (w := weights.get(metric, 0)) > 0]
    if not terms:
        return None
    lifted = (Fraction(w * v, baselines[inputs.platform, metric]) for w, v, metric in terms)
    return sum(lifted, Fraction(0)) / sum(w for w, _, _ in terms)


def gain_micro(
    inputs: Inputs,
    baselines: Baselines,
    weights: Mapping[Metric, int] = DEFAULT_WEIGHTS,
    lift: int = LIFT,
) -> int:
    """Return the integer nearest to 10⁶ · ln(1 + lift · mean); 0 when nothing was measured."""
    mean = weighted_mean(inputs, baselines, weights)
    return 0 if mean is None else log1p_micro(lift * mean)


def gains(
    inputs: Iterable[Inputs],
    baselines: Baselines,
    weights: Mapping[Metric, int] = DEFAULT_WEIGHTS,
    lift: int = LIFT,
) -> dict[Inputs, int]:
    """Return the gain of each distinct input once: millions of shares have few distinct inputs."""
    return {item: gain_micro(item, baselines, weights, lift) for item in set(inputs)}


def log1p_micro(value: Fraction) -> int:
    """Return the integer nearest to 10⁶ · ln(1 + value), the same on every machine."""
    scaled = math.log1p(value.numerator / value.denominator) * MICRO
    if abs(scaled - math.floor(scaled) - 0.5) > _TOO_CLOSE_TO_A_HALF:
        return round(scaled)
    return exact_log1p_micro(value)


def exact_log1p_micro(value: Fraction) -> int:
    """Return the same by decimal arithmetic of 28 digits, without the fast path."""
    argument = _EXACT.divide(
        Decimal(value.numerator + value.denominator), Decimal(value.denominator)
    )
    scaled = _EXACT.multiply(_EXACT.ln(argument), Decimal(MICRO))
    return int(scaled.to_integral_value(ROUND_HALF_EVEN))
