"""From a holder's row of a run and their shares to an explanation that adds up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from api.domain.amplification import Parameters, ShareReason, ShareState
from api.domain.explanation.neighbour import Comparison, Neighbour, compare
from api.domain.explanation.part import Component, components
from api.domain.explanation.share import ExplainedShare, ShareFact, explain_shares
from api.domain.platform import Platform
from api.domain.ranking import percentile

TOP_SHARES = 5
_BRINGS = frozenset({ShareState.COUNTED, ShareState.PARTIAL, ShareState.PENDING})
_MEASURED = _BRINGS - {ShareState.PENDING}


@dataclass(frozen=True, slots=True)
class Group:
    """A holder's place among the holders of a group; no rank for somebody who is not ranked."""

    rank: int | None
    holder_count: int

    @property
    def percentile(self) -> float | None:
        """Return the percentage of the group below; None in a group under five people."""
        return None if self.rank is None else percentile(self.rank, self.holder_count)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A holder in a run: rank in the nation, and (platform, shares, score) of the breakdown."""

    rank: int
    score: int
    parts: tuple[tuple[Platform, int, int], ...]
    rank_if_cleared: int
    above: Neighbour | None
    below: Neighbour | None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that an explanation is made of; `ranked` is None for who is not on the board."""

    as_of_on: date
    parameters: Parameters
    ranked: Ranked | None
    overall: Group
    agency: Group
    province: Group
    shares: Sequence[ShareFact]
    priors_micro: Mapping[Platform, int]
    too_old_count: int = 0
    interval: tuple[int, int] | None = None
    """Ranks that the evidence allows; None while not drawn."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Shares of the window that bring nothing, by what became of them."""

    state: ShareState
    reason: ShareReason | None
    share_count: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer; scores in 10⁻¹² nats."""

    rank: int | None
    score: int | None
    held_score: int
    pending_score: int
    rank_if_cleared: int | None
    components: tuple[Component, ...]
    top_shares: tuple[ExplainedShare, ...]
    under_review: tuple[ExplainedShare, ...]
    excluded: tuple[Excluded, ...]
    too_old_count: int
    measured_count: int
    share_count: int
    above: Comparison | None
    below: Comparison | None
    overall: Group
    agency: Group
    province: Group
    interval: tuple[int, int] | None
    is_current: bool
    """The shares as they are measured now still add up to the score of the run."""

    @property
    def score_if_cleared(self) -> int:
        """Return the score with every held share counted."""
        return (self.score or 0) + self.held_score


def explain(known: Known) -> Explanation:
    """Explain a holder's place."""
    shares = explain_shares(known.shares, known.as_of_on, known.parameters, known.priors_micro)
    ranked = known.ranked
    own = {platform: score for platform, _, score in ranked.parts} if ranked else {}
    bringing = [one for one in shares if one.fact.state in _BRINGS]
    return Explanation(
        rank=ranked.rank if ranked else None,
        score=ranked.score if ranked else None,
        held_score=sum(one.held_score for one in shares),
        pending_score=sum(one.score for one in shares if one.fact.state is ShareState.PENDING),
        rank_if_cleared=ranked.rank_if_cleared if ranked else None,
        components=components(ranked.parts) if ranked else (),
        top_shares=tuple(bringing[:TOP_SHARES]) if ranked else (),
        under_review=tuple(one for one in shares if one.fact.state is ShareState.UNDER_REVIEW),
        excluded=_excluded(shares),
        too_old_count=known.too_old_count,
        measured_count=sum(one.fact.state in _MEASURED for one in shares),
        share_count=len(shares),
        above=compare(own, ranked.above) if ranked and ranked.above else None,
        below=compare(own, ranked.below) if ranked and ranked.below else None,
        overall=known.overall,
        agency=known.agency,
        province=known.province,
        interval=known.interval,
        is_current=_sums(shares) == {p: score for p, score in own.items() if score},
    )


def _sums(shares: Sequence[ExplainedShare]) -> dict[Platform, int]:
    sums: Counter[Platform] = Counter()
    for one in shares:
        sums[one.fact.platform] += one.score
    return {platform: score for platform, score in sums.items() if score}


def _excluded(shares: Sequence[ExplainedShare]) -> tuple[Excluded, ...]:
    kept = _BRINGS | {ShareState.UNDER_REVIEW}
    counts = Counter(
        (one.fact.state, one.fact.reason) for one in shares if one.fact.state not in kept
    )
    return tuple(
        Excluded(state, reason, count)
        for (state, reason), count in sorted(counts.items(), key=lambda item: item[0][0])
    )
