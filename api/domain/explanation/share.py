"""What single shares bring to a run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api.domain.amplification import (
    Bucket,
    Parameters,
    PendingRule,
    ShareReason,
    ShareState,
    fold,
    score_buckets,
)
from api.domain.amplification.decay import decay_ppm, decay_table
from api.domain.coordination import ReviewRule
from api.domain.platform import Metric, Platform


@dataclass(frozen=True, slots=True)
class ShareFact:
    """A share of the window as it is measured under the run's baseline."""

    share_id: UUID
    platform: Platform
    day_on: date
    post_slot: int
    state: ShareState
    reason: ShareReason | None
    bucket: Bucket
    values: Mapping[Metric, int]
    """Micro-people by metric, repeated resharers already discounted; absent is unknown."""
    resharer_count: int | None = None
    """People who passed it on as they were counted, without the discount; None is unknown."""
    rules: tuple[ReviewRule, ...] = ()
    """The rules of open flags that the viewer may see."""

    @property
    def value_micro(self) -> int | None:
        """Return the resharers in micro-people, after the discount."""
        return self.values.get(Metric.RESHARERS)


@dataclass(frozen=True, slots=True)
class ExplainedShare:
    """A share with what it brings, and what it would bring if no review were open."""

    fact: ShareFact
    weight_ppm: int
    gain_micro: int
    score: int
    held_score: int


def explain_shares(
    facts: Sequence[ShareFact],
    as_of_on: date,
    parameters: Parameters,
    priors_micro: Mapping[Platform, int],
) -> tuple[ExplainedShare, ...]:
    """Return each share with its part of the score; a pending one stands at the usual gain."""
    usual = usual_gains(facts, as_of_on, parameters, priors_micro)
    table = decay_table(parameters.window_days, parameters.half_life_days)
    pending = int(parameters.pending is PendingRule.INCLUDE)
    explained = []
    for fact in facts:
        weight = decay_ppm(fact.day_on, as_of_on, table)
        expected = pending * fact.bucket.pending_count * usual[fact.platform]
        gain = fact.bucket.gain_micro + expected
        held = fact.bucket.held_micro * weight
        explained.append(ExplainedShare(fact, weight, gain, gain * weight, held))
    return tuple(sorted(explained, key=_strongest))


def usual_gains(
    facts: Iterable[ShareFact],
    as_of_on: date,
    parameters: Parameters,
    priors_micro: Mapping[Platform, int],
) -> dict[Platform, int]:
    """Return the holder's expected gain of a fresh share on each network."""
    buckets = fold(((fact.platform, fact.day_on), fact.bucket) for fact in facts)
    found = {}
    for platform in {key[0] for key in buckets}:
        own = {key: bucket for key, bucket in buckets.items() if key[0] is platform}
        prior = {platform: priors_micro.get(platform, 0)}
        found[platform] = score_buckets(own, as_of_on, parameters, prior).quality_micro
    return found


def _strongest(one: ExplainedShare) -> tuple[int, int, date, UUID]:
    return -one.score, -one.held_score, one.fact.day_on, one.fact.share_id
