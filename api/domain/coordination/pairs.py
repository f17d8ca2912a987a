"""The pair test: two holders against the pace of every post that both of them shared."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias
from uuid import UUID

from api.domain.coordination.bursts import Burst, Pace, Sharing
from api.domain.coordination.chance import accepted_count, poisson_binomial_tail
from api.domain.coordination.rules import SECOND, PairRule

Pair: TypeAlias = tuple[UUID, UUID]
"""Two holders, the smaller key first."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two holders shared one post close together; in the order of the pair."""

    post_id: UUID
    one: Sharing
    other: Sharing


@dataclass(frozen=True, slots=True)
class PairFinding:
    """How two holders stand in one window."""

    holders: Pair
    window_seconds: int
    common_count: int
    expected_count: float
    chance: float
    """How likely so many meetings are at these posts' own pace: the p-value."""
    meetings: tuple[Meeting, ...] = field(repr=False, default=())

    @property
    def close_count(self) -> int:
        """Return on how many posts they met."""
        return len(self.meetings)


def pair_of(one: UUID, other: UUID) -> Pair:
    """Return two holders in the order in which a pair is known."""
    return (one, other) if one < other else (other, one)


def meeting_pairs(bursts: Iterable[Burst], window_seconds: int, rule: PairRule) -> set[Pair]:
    """Return the pairs that met on enough posts to be worth a test."""
    known = list(bursts)
    counts = Counter(sharing.holder_id for burst in known for sharing in burst.sharings)
    often = {holder for holder, count in counts.items() if count >= rule.least_common_count}
    met: Counter[Pair] = Counter()
    for burst in known:
        for first, second in burst.close_pairs(window_seconds):
            if first.holder_id in often and second.holder_id in often:
                met[pair_of(first.holder_id, second.holder_id)] += 1
    return {pair for pair, count in met.items() if count >= rule.least_close_count}


def judged_pairs(
    bursts: Iterable[Burst],
    window_seconds: int,
    rule: PairRule,
    only: Collection[Pair] | None = None,
) -> list[PairFinding]:
    """Test every pair that met often enough, or only some; the least likely first."""
    known = {burst.post_id: burst for burst in bursts}
    pairs = meeting_pairs(known.values(), window_seconds, rule) if only is None else only
    sharings = _sharings_of(known.values(), {holder for pair in pairs for holder in pair})
    paces = _Paces(known, window_seconds, rule.colleague_count)
    found = [_finding(pair, sharings[pair[0]], sharings[pair[1]], paces) for pair in pairs]
    return sorted(
        (finding for finding in found if finding.close_count >= rule.least_close_count),
        key=lambda finding: (finding.chance, finding.holders),
    )


def family_count(bursts: Iterable[Burst], rule: PairRule) -> int:
    """Return how many pairs the advisory tier is about: those with enough posts in common."""
    common: Counter[Pair] = Counter()
    for burst in bursts:
        if len(burst.sharings) <= rule.most_sharers_in_family:
            common.update(combinations(sorted(s.holder_id for s in burst.sharings), 2))
    return sum(count >= rule.least_common_count for count in common.values())


def held_pairs(findings: Iterable[PairFinding], rule: PairRule) -> list[PairFinding]:
    """Return those so unlikely that their points wait for a person; no other pair moves the bar."""
    return [
        finding
        for finding in findings
        if finding.window_seconds in rule.hold_windows_seconds
        and finding.chance <= rule.hold_chance
    ]


def advised_pairs(
    findings: Sequence[PairFinding], family_size: int, rule: PairRule
) -> list[PairFinding]:
    """Return those that a person should look at, at most the agreed part of them false alarms.

    `findings` are all of the advisory window, the least likely first.
    """
    chances = [finding.chance for finding in findings]
    count = accepted_count(chances, max(family_size, len(chances), 1), rule.advisory_false_rate)
    return list(findings[:count])


def _sharings_of(
    bursts: Iterable[Burst], holders: Collection[UUID]
) -> Mapping[UUID, Mapping[UUID, Sharing]]:
    """Return for each of these holders the first share of each post."""
    sharings: defaultdict[UUID, dict[UUID, Sharing]] = defaultdict(dict)
    for burst in bursts:
        for sharing in burst.sharings:
            if sharing.holder_id in holders:
                sharings[sharing.holder_id][burst.post_id] = sharing
    return sharings


@dataclass(slots=True)
class _Paces:
    """The paces of posts in one window, each counted once."""

    bursts: Mapping[UUID, Burst]
    window_seconds: int
    colleague_count: int
    _known: dict[UUID, tuple[Pace, Mapping[UUID, Pace]]] = field(default_factory=dict)

    def of(self, post_id: UUID, agency_id: UUID | None) -> Pace:
        """Return the pace of a post, or that among the many colleagues of one agency."""
        if post_id not in self._known:
            burst = self.bursts[post_id]
            colleagues = burst.agency_paces(self.window_seconds, self.colleague_count)
            self._known[post_id] = burst.pace(self.window_seconds), colleagues
        everybody, by_agency = self._known[post_id]
        return everybody if agency_id is None else by_agency.get(agency_id, everybody)


def _finding(
    pair: Pair, ours: Mapping[UUID, Sharing], theirs: Mapping[UUID, Sharing], paces: _Paces
) -> PairFinding:
    meetings, chances = [], []
    for post_id in sorted(ours.keys() & theirs.keys()):
        one, other = ours[post_id], theirs[post_id]
        is_close = abs(one.at - other.at) <= paces.window_seconds * SECOND
        if is_close:
            meetings.append(Meeting(post_id, one, other))
        agency_id = one.agency_id if one.agency_id == other.agency_id else None
        chances.append(paces.of(post_id, agency_id).chance(is_close=is_close))
    return PairFinding(
        holders=pair,
        window_seconds=paces.window_seconds,
        common_count=len(chances),
        expected_count=sum(chances),
        chance=poisson_binomial_tail(chances, len(meetings)),
        meetings=tuple(meetings),
    )
