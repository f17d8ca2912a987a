"""Exact selection as a flow: source → agency → cell → province → sink.

Seats are filled one by one along the best augmenting path, so after each step the choice is the
best one of its size: most seats first, then most minimum places, then the largest sum of weights
(successive shortest paths; Ahuja, Magnanti and Orlin, Network Flows, chapter 9).
"""

from collections import deque
from collections.abc import Sequence
from heapq import heapify, heappop, heappush, heapreplace

from api.domain.selection.limits import Limits, Span
from api.domain.selection.pool import Cells

UNREACHED = -(1 << 1024)
SOURCE = -1


class Groups:
    """The groups of one dimension while seats are given out."""

    __slots__ = ("bonus", "counts", "gains", "is_tight", "spans")

    def __init__(self, spans: Sequence[Span], bonus: int) -> None:
        self.spans = spans
        self.bonus = bonus
        self.counts = [0] * len(spans)
        self.gains: list[int | None] = [None] * len(spans)
        self.is_tight = [False] * len(spans)
        for group in range(len(spans)):
            self._settle(group)

    def add(self, group: int) -> None:
        """Give the group one more seat."""
        self.counts[group] += 1
        self._settle(group)

    def _settle(self, group: int) -> None:
        """Note what one more seat brings (None: the group is full) and whether a swap could help.

        Where the last seat and the next one bring the same, starting or ending here is never
        worse than passing through, as the choice so far is the best of its size.
        """
        span, count = self.spans[group], self.counts[group]
        gain = self.bonus if count < span.minimum else 0
        self.gains[group] = gain if count < span.maximum else None
        self.is_tight[group] = count in (span.minimum, span.maximum)


class Flow:
    """A choice that grows by one seat at a time and stays the best one of its size."""

    __slots__ = ("agencies", "cells", "heads", "offers", "provinces", "tails", "taken", "weights")

    def __init__(self, cells: Cells, weights: Sequence[int], limits: Limits, bonus: int) -> None:
        self.cells = cells
        self.weights = weights
        self.agencies = Groups(limits.agency, bonus)
        self.provinces = Groups(limits.province, bonus)
        self.taken = dict.fromkeys(cells, 0)
        self.heads: list[dict[int, int]] = [{} for _ in limits.agency]
        self.tails: list[dict[int, int]] = [{} for _ in limits.province]
        self.offers: list[list[tuple[int, int]]] = [[] for _ in limits.province]
        self._open_cells()

    def fill(self, seats: int, floor: int = UNREACHED) -> None:
        """Give out seats while each one brings more than the floor."""
        for _ in range(seats):
            if not self._augment(floor):
                return

    def chosen(self) -> list[int]:
        """Return the places of those who have a seat, in order."""
        return sorted(
            place for cell, count in self.taken.items() for place in self.cells[cell][:count]
        )

    def _open_cells(self) -> None:
        for (agency, province), queue in self.cells.items():
            weight = self.weights[queue[0]]
            self.heads[agency][province] = weight
            gain = self.agencies.gains[agency]
            if gain is not None:
                self.offers[province].append((-gain - weight, agency))
        for offers in self.offers:
            heapify(offers)

    def _augment(self, floor: int) -> bool:
        values, origins = self._starts()
        self._spread(values, origins)
        best, end = self._best_end(values)
        if best <= floor:
            return False
        self._apply(end, origins)
        return True

    def _starts(self) -> tuple[list[int], list[tuple[int, int]]]:
        values: list[int] = []
        origins: list[tuple[int, int]] = []
        for province in range(len(self.offers)):
            value, agency = self._best_offer(province)
            values.append(value)
            origins.append((agency, SOURCE))
        return values, origins

    def _best_offer(self, province: int) -> tuple[int, int]:
        """Return the best head of an agency that is not full.

        An offer may promise too much, which is put right here, never too little: what rises is
        pushed anew.
        """
        offers, gains, heads = self.offers[province], self.agencies.gains, self.heads
        while offers:
            promised, agency = offers[0]
            gain, weight = gains[agency], heads[agency].get(province)
            if gain is None or weight is None:
                heappop(offers)
            elif gain + weight == -promised:
                return -promised, agency
            else:
                heapreplace(offers, (-gain - weight, agency))
        return UNREACHED, SOURCE

    def _spread(self, values: list[int], origins: list[tuple[int, int]]) -> None:
        """Look for better ways into each province by moving a seat within a tight agency."""
        is_tight, agency_is_tight = self.provinces.is_tight, self.agencies.is_tight
        reached: dict[int, int] = {}
        waiting = deque(
            province
            for province, tails in enumerate(self.tails)
            if tails and is_tight[province] and values[province] > UNREACHED
        )
        while waiting:
            province = waiting.popleft()
            for agency, loss in self.tails[province].items():
                arrived = values[province] - loss
                if agency_is_tight[agency] and arrived > reached.get(agency, UNREACHED):
                    reached[agency] = arrived
                    waiting += self._relax((agency, province), arrived, values, origins)

    def _relax(
        self, left: tuple[int, int], arrived: int, values: list[int], origins: list[tuple[int, int]]
    ) -> list[int]:
        """Offer the agency's next person in each province; return where to look again."""
        again = []
        for province, weight in self.heads[left[0]].items():
            if arrived + weight > values[province]:
                values[province] = arrived + weight
                origins[province] = left
                if self.provinces.is_tight[province] and self.tails[province]:
                    again.append(province)
        return again

    def _best_end(self, values: list[int]) -> tuple[int, int]:
        best, end = UNREACHED, SOURCE
        for province, gain in enumerate(self.provinces.gains):
            if gain is not None and values[province] > UNREACHED and values[province] + gain > best:
                best, end = values[province] + gain, province
        return best, end

    def _apply(self, end: int, origins: list[tuple[int, int]]) -> None:
        self.provinces.add(end)
        province = end
        while True:
            agency, left = origins[province]
            self._shift(agency, province, 1)
            if left == SOURCE:
                self.agencies.add(agency)
                return
            self._shift(agency, left, -1)
            province = left

    def _shift(self, agency: int, province: int, step: int) -> None:
        """Move the border between those in and those out of one cell."""
        cell = agency, province
        count = self.taken[cell] = self.taken[cell] + step
        queue = self.cells[cell]
        if count < len(queue):
            self.heads[agency][province] = self.weights[queue[count]]
        else:
            del self.heads[agency][province]
        if count:
            self.tails[province][agency] = self.weights[queue[count - 1]]
        else:
            del self.tails[province][agency]
        gain = self.agencies.gains[agency]
        if step < 0 and gain is not None:
            heappush(self.offers[province], (-gain - self.heads[agency][province], agency))
