"""The pair test: two holders against the pace of every post that both of them shared."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeAlias
from uuid import UUID

from api.domain.coordination.bursts import Burst, Pace, Sharing
from api.domain.coordination.chance import accepted_count, poisson_binomial_tail
from api.domain.coordination.rules import PairRule, Tier

Pair: TypeAlias = tuple[UUID, UUID]
"""Two holders, the smaller key first."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two holders shared one post close together."""

    post_id: UUID
    first: Sharing
    second: Sharing


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


def judged_pairs(
    bursts: Iterable[Burst],
    window_seconds: int,
    rule: PairRule,
    only: Collection[Pair] | None = None,
) -> list[PairFinding]:
    """Test every pair that met often enough, or only some; the least likely first."""
    known = {burst.post_id: burst for burst in bursts}
    met = _met(known.values(), window_seconds, rule, only)
    posts_of = _posts_of(known.values(), {holder for pair in met for holder in pair})
    paces = _Paces(known, window_seconds, rule.colleague_count)
    found = [
        _finding(pair, meetings, posts_of, paces)
        for pair, meetings in met.items()
        if len(meetings) >= rule.least_close_count
    ]
    return sorted(found, key=lambda finding: (finding.chance, finding.holders))


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


def tier_of(pair: Pair, held: Collection[Pair]) -> Tier:
    """Return the stronger tier that a flagged pair is in."""
    return Tier.HOLD if pair in held else Tier.ADVISORY


def _met(
    bursts: Iterable[Burst], window_seconds: int, rule: PairRule, only: Collection[Pair] | None
) -> dict[Pair, list[Meeting]]:
    bursts = list(bursts)
    counts = Counter(sharing.holder_id for burst in bursts for sharing in burst.sharings)
    met: defaultdict[Pair, list[Meeting]] = defaultdict(list)
    for burst in bursts:
        for first, second in burst.close_pairs(window_seconds):
            if min(counts[first.holder_id], counts[second.holder_id]) >= rule.least_common_count:
                pair = pair_of(first.holder_id, second.holder_id)
                if only is None or pair in only:
                    met[pair].append(Meeting(burst.post_id, first, second))
    return met


def _posts_of(
    bursts: Iterable[Burst], holders: Collection[UUID]
) -> Mapping[UUID, Mapping[UUID, UUID | None]]:
    """Return for each holder the posts with the agency at that time."""
    posts: defaultdict[UUID, dict[UUID, UUID | None]] = defaultdict(dict)
    for burst in bursts:
        for sharing in burst.sharings:
            if sharing.holder_id in holders:
                posts[sharing.holder_id][burst.post_id] = sharing.agency_id
    return posts


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
    pair: Pair,
    meetings: Sequence[Meeting],
    posts_of: Mapping[UUID, Mapping[UUID, UUID | None]],
    paces: _Paces,
) -> PairFinding:
    ours, theirs = posts_of[pair[0]], posts_of[pair[1]]
    close = {meeting.post_id for meeting in meetings}
    chances = []
    for post_id in sorted(ours.keys() & theirs.keys()):
        agency_id = ours[post_id] if ours[post_id] == theirs[post_id] else None
        chances.append(paces.of(post_id, agency_id).chance(is_close=post_id in close))
    return PairFinding(
        holders=pair,
        window_seconds=paces.window_seconds,
        common_count=len(chances),
        expected_count=sum(chances),
        chance=poisson_binomial_tail(chances, len(close)),
        meetings=tuple(meetings),
    )
