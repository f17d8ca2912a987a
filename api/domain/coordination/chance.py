"""The chance of what was seen, if everybody acted alone."""

from collections.abc import Iterable, Sequence


def poisson_binomial_tail(chances: Iterable[float], least_count: int) -> float:
    """Return the chance that at least `least_count` of independent events happen.

    A sum of products of positive numbers, so that even 1e-13 keeps all its digits.
    """
    exactly = [1.0]
    for chance in chances:
        longer = [value * (1 - chance) for value in exactly]
        longer.append(0.0)
        for at, value in enumerate(exactly):
            longer[at + 1] += value * chance
        exactly = longer
    return sum(reversed(exactly[max(0, least_count) :]))


def accepted_count(chances: Sequence[float], family_count: int, false_rate: float) -> int:
    """Return how many of the smallest chances Benjamini and Hochberg let stand.

    `chances` ascend; those of the family that are not among them count as certain.
    """
    accepted = 0
    for place, chance in enumerate(chances, start=1):
        if chance <= place * false_rate / family_count:
            accepted = place
    return accepted
