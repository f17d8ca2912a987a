"""Day-buckets: what a share adds to its holder, and how buckets become a score."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from api.domain.amplification.decay import decay_ppm, decay_table, is_in_window
from api.domain.amplification.parameters import MICRO, Parameters, PendingRule
from api.domain.amplification.quality import Record, quality_micro
from api.domain.amplification.state import COUNTING, SETTLED, ShareState, Standing
from api.domain.platform import Platform

POINT = 1_098_612_288_668
"""One point in 10⁻¹² nats: the score of one typical fresh share, ln 3."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Sums over shares of one holder, platform and civil day; a single share is a bucket too."""

    counted_count: int = 0
    gain_micro: int = 0
    pending_count: int = 0
    held_count: int = 0
    held_micro: int = 0

    def __add__(self, other: "Bucket") -> "Bucket":
        return Bucket(
            self.counted_count + other.counted_count,
            self.gain_micro + other.gain_micro,
            self.pending_count + other.pending_count,
            self.held_count + other.held_count,
            self.held_micro + other.held_micro,
        )

    def __sub__(self, other: "Bucket") -> "Bucket":
        return Bucket(
            self.counted_count - other.counted_count,
            self.gain_micro - other.gain_micro,
            self.pending_count - other.pending_count,
            self.held_count - other.held_count,
            self.held_micro - other.held_micro,
        )


def contribution(standing: Standing, gain_micro: int) -> Bucket:
    """Return what a share of this standing and gain adds to its bucket.

    A hold moves the same number from `gain_micro` to `held_micro`; a pending gain is never stored.
    """
    if standing.state is ShareState.UNDER_REVIEW:
        held_micro = gain_micro if standing.if_cleared in SETTLED else 0
        return Bucket(held_count=int(standing.if_cleared in COUNTING), held_micro=held_micro)
    if standing.state is ShareState.PENDING:
        return Bucket(pending_count=1)
    if standing.state in SETTLED:
        return Bucket(counted_count=1, gain_micro=gain_micro)
    return Bucket()


@dataclass(frozen=True, slots=True)
class Score:
    """A holder's result at one moment, all in integers; scores in 10⁻¹² nats."""

    score: int
    score_if_cleared: int
    pending_score: int
    quality_micro: int
    share_count: int
    """Counted, partial and pending shares in the window."""

    @property
    def points_micro(self) -> int:
        """Return the score in millionths of a point."""
        return points_micro(self.score)


def points_micro(score: int) -> int:
    """Return the score in millionths of a point, halves to even."""
    return round(Fraction(score * MICRO, POINT))


def score_buckets(
    buckets: Mapping[tuple[Platform, date], Bucket],
    as_of_on: date,
    parameters: Parameters,
    priors_micro: Mapping[Platform, int] | None = None,
) -> Score:
    """Return one holder's score: Σ weight of the day · gain, a pending share at its quality."""
    priors = priors_micro or {}
    table = decay_table(parameters.window_days, parameters.half_life_days)
    # A platform on which nothing counts, waits or is held says nothing of a person's quality.
    known = {k: b for k, b in buckets.items() if b.counted_count or b.pending_count or b.held_count}
    live = {k: b for k, b in known.items() if is_in_window(k[1], as_of_on, len(table))}
    records = _records(live, priors)
    expected = {p: quality_micro((r,), parameters.prior_weight) for p, r in records.items()}
    weights = {day: decay_ppm(day, as_of_on, table) for _, day in live}
    settled = sum(b.gain_micro * weights[day] for (_, day), b in live.items())
    pending = sum(b.pending_count * expected[p] * weights[day] for (p, day), b in live.items())
    held = sum(b.held_micro * weights[day] for (_, day), b in live.items())
    score = settled + (pending if parameters.pending is PendingRule.INCLUDE else 0)
    return Score(
        score=score,
        score_if_cleared=score + held,
        pending_score=pending,
        quality_micro=quality_micro(records.values(), parameters.prior_weight),
        share_count=sum(b.counted_count + b.pending_count for b in live.values()),
    )


def _records(
    live: Mapping[tuple[Platform, date], Bucket], priors: Mapping[Platform, int]
) -> dict[Platform, Record]:
    totals = {platform: Bucket() for platform in priors}
    for (platform, _), bucket in live.items():
        totals[platform] = totals.get(platform, Bucket()) + bucket
    return {p: Record(priors.get(p, 0), b.gain_micro, b.counted_count) for p, b in totals.items()}


def fold(
    contributions: Iterable[tuple[tuple[Platform, date], Bucket]],
) -> dict[tuple[Platform, date], Bucket]:
    """Sum contributions by platform and day; the order of arrival changes nothing."""
    buckets: dict[tuple[Platform, date], Bucket] = {}
    for key, bucket in contributions:
        buckets[key] = buckets.get(key, Bucket()) + bucket
    return buckets
