"""The platform's typical value of a metric, which puts platforms on one level."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain

from api.domain.amplification.parameters import Parameters
from api.domain.platform import Metric, Platform

Values = Mapping[tuple[Platform, Metric], Sequence[int]]
"""Known values, in micro-people, of the counted shares in the window before the baseline."""


def trimmed_mean_micro(values_micro: Iterable[int], trim_percent: int = 10) -> int:
    """Return the mean without the lowest and highest tenth of the values, halves to even.

    Zeros are values; floor(n · trim / 100) of them fall away at each end.
    """
    ordered = sorted(values_micro)
    dropped = len(ordered) * trim_percent // 100
    kept = ordered[dropped : len(ordered) - dropped]
    if not kept:
        raise ValueError("no value has no mean")
    return round(Fraction(sum(kept), len(kept)))


def baseline_micro(
    own_values: Sequence[int], all_values: Sequence[int], parameters: Parameters
) -> int:
    """Return the typical value: of the platform, else of all platforms, else the default of one."""
    for values in (own_values, all_values):
        if len(values) >= parameters.baseline_share_count:
            mean_micro = trimmed_mean_micro(values, parameters.trim_percent)
            return max(parameters.baseline_floor_micro, mean_micro)
    return parameters.baseline_default_micro


def baselines(values: Values, parameters: Parameters) -> dict[tuple[Platform, Metric], int]:
    """Return the typical value of every metric on every platform, known shares or none."""
    table = {}
    for metric in Metric:
        every = tuple(
            chain.from_iterable(values.get((platform, metric), ()) for platform in Platform)
        )
        for platform in Platform:
            own = values.get((platform, metric), ())
            table[platform, metric] = baseline_micro(own, every, parameters)
    return table
