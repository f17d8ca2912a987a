"""The best choice that the quotas allow, with the newcomers' quota on top of the network."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from api.domain.selection.limits import Limits, Span
from api.domain.selection.network import Flow
from api.domain.selection.pool import Cells, Pool

SOLVER = "gema-flow-1"


@dataclass(frozen=True, slots=True)
class Choice:
    """Who has a seat: places in the pool by standing, and how the seats fall on the groups."""

    places: tuple[int, ...]
    agency_counts: tuple[int, ...]
    province_counts: tuple[int, ...]
    newcomer_count: int
    covered_count: int
    is_moved_by_newcomers: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """Return what the newcomers' reserve may not cost: seats filled, minimum places covered."""
        return len(self.places), self.covered_count


class Solver:
    """One pool, solved for whichever limits are asked about."""

    def __init__(self, pool: Pool, held: Iterable[int] = ()) -> None:
        """Solve for a pool; whoever is held has a seat before anybody is chosen."""
        self.pool = pool
        self._held = tuple(sorted(held))
        taken = frozenset(self._held)
        places = range(len(pool.candidates))
        self._open = [place for place in places if place not in taken] if taken else places
        self._cells = pool.only(self._open) if self._held else pool.cells
        self._weights = _weights(pool)
        self._bonus = (max(self._weights, default=0) + 1) * (len(self._weights) + 1)
        self._is_newcomer = [candidate.is_newcomer for candidate in pool.candidates]

    def choose(self, limits: Limits) -> Choice:
        """Return the best list, with everybody who is held on it."""
        if not self._held:
            return self._best(limits)
        held = self.choice(self._held, limits)
        best = self._best(limits.beside(held.agency_counts, held.province_counts, self._newcomers))
        whole = self.choice((*self._held, *best.places), limits)
        return replace(whole, is_moved_by_newcomers=best.is_moved_by_newcomers)

    @property
    def _newcomers(self) -> int:
        return sum(self._is_newcomer[place] for place in self._held)

    def _best(self, limits: Limits) -> Choice:
        """Solve without the newcomers' quota; only if that breaks it, solve newcomers first."""
        free = self.choice(self._fill(self._cells, limits, limits.seats), limits)
        if free.newcomer_count > limits.newcomer.maximum:
            return self._capped(limits)
        if free.newcomer_count < limits.newcomer.minimum:
            return self._reserved(limits, free)
        return free

    def _fill(self, cells: Cells, limits: Limits, seats: int) -> list[int]:
        flow = Flow(cells, self._weights, limits, self._bonus)
        flow.fill(seats)
        return flow.chosen()

    def _reserved(self, limits: Limits, free: Choice) -> Choice:
        """Take the largest reserve found that leaves no more seats empty and no minimum short."""
        enough, too_many = free.newcomer_count, limits.newcomer.minimum + 1
        best, reserve = free, limits.newcomer.minimum
        while too_many - enough > 1:
            trial = self._newcomers_first(limits, reserve)
            if trial.rank >= free.rank and trial.newcomer_count > best.newcomer_count:
                best, enough = trial, reserve
            else:
                too_many = reserve
            reserve = (enough + too_many) // 2
        return best

    def _newcomers_first(self, limits: Limits, reserve: int) -> Choice:
        first = self._fill(self._side(is_newcomer=True), limits, reserve)
        taken = set(first)
        others = (place for place in self._open if place not in taken)
        return self._completed(first, self.pool.only(others), limits, limits.seats)

    def _capped(self, limits: Limits) -> Choice:
        """Hold the newcomers' maximum: newcomers first or last, whichever fills more."""
        newcomers, veterans = self._side(is_newcomer=True), self._side(is_newcomer=False)
        most = limits.newcomer.maximum
        first = self._fill(newcomers, limits, most)
        last = self._fill(veterans, limits, limits.seats)
        return max(
            self._completed(first, veterans, limits, limits.seats),
            self._completed(last, newcomers, limits, min(limits.seats, len(last) + most)),
            key=lambda choice: (*choice.rank, self._worth(choice)),
        )

    def _completed(self, held: list[int], cells: Cells, limits: Limits, seats: int) -> Choice:
        counts = self.choice(held, limits)
        left = limits.less(counts.agency_counts, counts.province_counts)
        choice = self.choice(held + self._fill(cells, left, seats - len(held)), limits)
        return replace(choice, is_moved_by_newcomers=True)

    def choice(self, places: Iterable[int], limits: Limits) -> Choice:
        """Count how a given set of people falls on the groups."""
        chosen = tuple(sorted(places))
        agencies = [0] * len(limits.agency)
        provinces = [0] * len(limits.province)
        for place in chosen:
            agency, province = self.pool.home[place]
            agencies[agency] += 1
            provinces[province] += 1
        covered = _covered(limits.agency, agencies) + _covered(limits.province, provinces)
        newcomers = sum(self._is_newcomer[place] for place in chosen)
        return Choice(chosen, tuple(agencies), tuple(provinces), newcomers, covered)

    def _side(self, *, is_newcomer: bool) -> Cells:
        flags = self._is_newcomer
        return self.pool.only(place for place in self._open if flags[place] is is_newcomer)

    def _worth(self, choice: Choice) -> int:
        return sum(self._weights[place] for place in choice.places)


def _weights(pool: Pool) -> list[int]:
    """Weigh score first; of equal sums the better standing wins, not chance.

    A place weighs what the scores say of it, whoever took it by lot.
    """
    count = len(pool.candidates)
    scale = count * count + 1
    scores = sorted((candidate.score for candidate in pool.candidates), reverse=True)
    return [score * scale + count - place for place, score in enumerate(scores)]


def _covered(spans: Sequence[Span], counts: Sequence[int]) -> int:
    return sum(min(span.minimum, count) for span, count in zip(spans, counts, strict=True))
