"""How well a ranking made at one moment foresees what happens after it.

Rank at T with what was known before T, then see what people's later shares brought. Ties are not
broken: tied holders get the mean of their places, the exact expectation under random tie-breaking.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean
from types import MappingProxyType
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
CUTOFFS = (10, 25, 50)

Shared = Mapping[Key, tuple[Key, datetime]]
"""share → (holder, time)."""
Reshared = Iterable[tuple[Key, Key, datetime]]
"""(share, resharer, time)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of the best possible top k a ranking found."""

    ndcg: float
    captured: float


def truth_at(
    shares: Shared[Key], reshares: Reshared[Key], cut_at: datetime, horizon_days: int
) -> dict[Key, int]:
    """Return what came after the cut, for everybody who had shared before it.

    It counts resharers, each once a share, within the horizon, of shares made at or after the cut.
    """
    truth = {holder: 0 for holder, shared_at in shares.values() if shared_at < cut_at}
    until = cut_at + timedelta(days=horizon_days)
    later = {(share, who) for share, who, at in reshares if cut_at <= at < until}
    for share, _ in later:
        holder, shared_at = shares[share]
        if shared_at >= cut_at and holder in truth:
            truth[holder] += 1
    return truth


def resharer_counts(
    shares: Shared[Key], reshares: Reshared[Key], cut_at: datetime
) -> dict[Key, list[int]]:
    """Return the resharers of each share before the cut, by holder: the input of all baselines."""
    before = {(share, who) for share, who, at in reshares if at < cut_at}
    per_share: defaultdict[Key, int] = defaultdict(int)
    for share, _ in before:
        per_share[share] += 1
    per_holder: defaultdict[Key, list[int]] = defaultdict(list)
    for share, (holder, shared_at) in shares.items():
        if shared_at < cut_at:
            per_holder[holder].append(per_share[share])
    return dict(per_holder)


def _sum_log(counts: Sequence[int]) -> float:
    return round(math.fsum(math.log1p(count) for count in counts), 9)


BASELINES: Mapping[str, Callable[[Sequence[int]], float]] = MappingProxyType(
    {
        "random": lambda _: 0,
        "share_count": len,
        "mean_resharers": fmean,
        "total_resharers": sum,
        "sum_log": _sum_log,
    }
)
"""Simple rankings to compare with; each scores a holder by the resharers of each share."""


def baseline_scores(name: str, counts: Mapping[Key, Sequence[int]]) -> dict[Key, float]:
    """Return the scores of one simple ranking from `resharer_counts`."""
    rule = BASELINES[name]
    return {holder: rule(values) for holder, values in counts.items()}


def figures(
    scores: Mapping[Key, float], truth: Mapping[Key, int], cutoffs: Sequence[int] = CUTOFFS
) -> dict[int, Figure] | None:
    """Return nDCG with the gain ln(1 + truth), and the share of truth captured, at each cutoff.

    Holders without a score score 0. None when nothing happened, as then no ranking is better.

    Raises:
        ValueError: somebody outside the population has a score, so the scorer saw the future.
    """
    if stray := scores.keys() - truth.keys():
        raise ValueError(f"{len(stray)} scored holders have no share before the cut")
    if not any(truth.values()):
        return None
    amounts = [float(amount) for amount in truth.values()]
    values = list(_expected(scores, truth, max(cutoffs)))
    ideal = sorted(amounts, reverse=True)
    return {k: _figure(values[:k], ideal[:k]) for k in cutoffs}


def mean_figures(cuts: Iterable[Mapping[int, Figure] | None]) -> dict[int, Figure]:
    """Return the means over the cuts at which something happened."""
    measured = [cut for cut in cuts if cut is not None]
    cutoffs = measured[0] if measured else ()
    return {
        k: Figure(
            fmean(cut[k].ndcg for cut in measured), fmean(cut[k].captured for cut in measured)
        )
        for k in cutoffs
    }


def _expected(
    scores: Mapping[Key, float], truth: Mapping[Key, int], longest: int
) -> Iterator[tuple[float, float]]:
    """Yield (gain, amount) expected at each place; tied holders share their means."""
    score_of = {holder: scores.get(holder, 0) for holder in truth}
    ordered = sorted(truth, key=lambda holder: -score_of[holder])
    place = 0
    for _, tied in groupby(ordered, key=lambda holder: score_of[holder]):
        amounts = [truth[holder] for holder in tied]
        gain = math.fsum(math.log1p(amount) for amount in amounts) / len(amounts)
        mean = sum(amounts) / len(amounts)
        yield from ((gain, mean) for _ in amounts)
        place += len(amounts)
        if place >= longest:
            return


def _figure(values: Sequence[tuple[float, float]], ideal: Sequence[float]) -> Figure:
    best = _discounted(math.log1p(amount) for amount in ideal)
    return Figure(
        ndcg=_discounted(gain for gain, _ in values) / best,
        captured=math.fsum(amount for _, amount in values) / math.fsum(ideal),
    )


def _discounted(gains: Iterable[float]) -> float:
    return math.fsum(gain / math.log2(place + 2) for place, gain in enumerate(gains))
