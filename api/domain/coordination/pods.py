"""Pods: holders who meet too often and whose shares are mostly passed on by one another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from api.domain.coordination.pairs import Pair
from api.domain.coordination.rules import PodRule


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A holder's share was passed on; the resharer is None unless a holder too."""

    holder_id: UUID
    post_id: UUID
    share_id: UUID
    resharer_id: UUID | None


@dataclass(frozen=True, slots=True)
class Pod:
    """A group and what makes it one."""

    holders: tuple[UUID, ...]
    inside_count: int
    reshare_count: int
    post_count: int
    share_ids: tuple[UUID, ...]
    """The shares that the group passed on for one another."""


def groups(pairs: Iterable[Pair]) -> list[tuple[UUID, ...]]:
    """Return the groups that pairs connect, each in order, the first holder's group first."""
    neighbours: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    found, seen = [], set[UUID]()
    for start in sorted(neighbours):
        if start not in seen:
            group = _reached(start, neighbours)
            seen |= group
            found.append(tuple(sorted(group)))
    return found


def _reached(start: UUID, neighbours: dict[UUID, set[UUID]]) -> set[UUID]:
    reached, waiting = {start}, [start]
    while waiting:
        for other in neighbours[waiting.pop()] - reached:
            reached.add(other)
            waiting.append(other)
    return reached


def pods(pairs: Iterable[Pair], passed_on: Iterable[PassedOn], rule: PodRule) -> Iterator[Pod]:
    """Yield the groups joined by significant pairs that mostly pass one another's shares on."""
    by_holder: defaultdict[UUID, list[PassedOn]] = defaultdict(list)
    for one in passed_on:
        by_holder[one.holder_id].append(one)
    for holders in groups(pairs):
        if len(holders) >= rule.least_holder_count:
            pod = _pod(holders, [one for holder in holders for one in by_holder[holder]])
            is_inward = pod.inside_count * 100 >= rule.least_inside_percent * pod.reshare_count
            if is_inward and pod.post_count >= rule.least_post_count:
                yield pod


def _pod(holders: tuple[UUID, ...], passed_on: list[PassedOn]) -> Pod:
    inside = [one for one in passed_on if one.resharer_id in holders]
    return Pod(
        holders=holders,
        inside_count=len(inside),
        reshare_count=len(passed_on),
        post_count=len({one.post_id for one in inside}),
        share_ids=tuple(sorted({one.share_id for one in inside})),
    )
