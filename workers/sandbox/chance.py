"""Chance that is a pure function of a seed and a name, so that a world can be built twice."""

import math
from hashlib import blake2b
from random import Random
from statistics import NormalDist

_POISSON_BY_COUNTING = 30.0


def dice(*key: object) -> Random:
    """Return a generator of its own for a seed and a name."""
    return Random(_text(key))  # noqa: S311 - the world must be reproducible, not secret


def draw(*key: object) -> float:
    """Return a number in [0, 1) that depends on the key alone."""
    digest = blake2b(_text(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def negative_binomial(die: Random, mean: float, dispersion: float) -> int:
    """Draw a count with variance mean + mean² / dispersion."""
    return _poisson(die, die.gammavariate(dispersion, mean / dispersion))


def delay_seconds(die: Random, median_hours: float, ninth_decile_hours: float) -> int:
    """Draw a log-normal delay with this median and this 90th percentile."""
    sigma = math.log(ninth_decile_hours / median_hours) / NormalDist().inv_cdf(0.9)
    return max(5, int(die.lognormvariate(math.log(median_hours * 3600), sigma)))


def _poisson(die: Random, rate: float) -> int:
    if rate > _POISSON_BY_COUNTING:
        return max(0, round(die.normalvariate(rate, math.sqrt(rate))))
    limit, product, count = math.exp(-rate), die.random(), 0
    while product > limit:
        product *= die.random()
        count += 1
    return count


def _text(key: tuple[object, ...]) -> str:
    return "\x1f".join(str(part) for part in key)
