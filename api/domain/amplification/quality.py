"""Quality: the expected gain per share, pulled towards what such an audience usually brings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from api.domain.amplification.gain import log1p_micro
from api.domain.amplification.parameters import MICRO, Parameters
from api.domain.platform import Platform

Observed = tuple[int, int]
"""One share of a baseline: followers of its holder, gain in micro-nats."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Gain as a line over ln(1 + followers): alpha in micro-nats, beta in millionths."""

    alpha_micro: int
    beta_micro: int
    share_count: int


def fit(observed: Iterable[Observed]) -> Fit:
    """Fit the line by ordinary least squares, exactly, rounded to micro at the end."""
    points = [(followers_log_micro(followers), gain) for followers, gain in observed]
    n, sum_x, sum_y = len(points), sum(x for x, _ in points), sum(y for _, y in points)
    if n == 0:
        return Fit(0, 0, 0)
    spread = n * sum(x * x for x, _ in points) - sum_x * sum_x
    together = n * sum(x * y for x, y in points) - sum_x * sum_y
    beta = Fraction(together, spread) if spread else Fraction(0)
    alpha = (sum_y - beta * sum_x) / n
    return Fit(round(alpha), round(beta * MICRO), n)


def fits(
    observed: Mapping[Platform, Iterable[Observed]], parameters: Parameters
) -> dict[Platform, Fit | None]:
    """Return a fit for every platform: its own, else the pooled one, else none."""
    shares = {platform: list(observed.get(platform, ())) for platform in Platform}
    pooled = fit(point for points in shares.values() for point in points)
    fallback = pooled if pooled.share_count >= parameters.baseline_share_count else None
    return {
        platform: fit(points) if len(points) >= parameters.baseline_share_count else fallback
        for platform, points in shares.items()
    }


def followers_log_micro(followers_count: int) -> int:
    """Return the integer nearest to 10⁶ · ln(1 + followers)."""
    return log1p_micro(Fraction(followers_count))


def prior_micro(line: Fit | None, followers_count: int | None) -> int:
    """Return the gain per share that an audience of this size suggests; 0 when one is unknown."""
    if line is None or followers_count is None:
        return 0
    slope = Fraction(line.beta_micro * followers_log_micro(followers_count), MICRO)
    return max(0, round(line.alpha_micro + slope))


@dataclass(frozen=True, slots=True)
class Record:
    """A holder on one platform: prior, and undecayed gains of the settled and partial shares."""

    prior_micro: int
    gain_micro: int
    share_count: int


def quality_micro(records: Iterable[Record], prior_weight: int = 3) -> int:
    """Return (3 · prior + Σ gain) div (3 + n); a person's platforms are summed on both sides."""
    numerator = denominator = 0
    for record in records:
        numerator += prior_weight * record.prior_micro + record.gain_micro
        denominator += prior_weight + record.share_count
    return numerator // denominator if denominator else 0
