"""The waiting list: who takes a vacated seat while everybody else keeps theirs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace
from itertools import islice

from api.domain.selection.limits import Limits
from api.domain.selection.pool import Pool
from api.domain.selection.room import Corner, Room, Vacancy
from api.domain.selection.solution import Choice

Offer = tuple[int, int, Corner]


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    """A place on the waiting list, and the vacancy for which it is called first."""

    place: int
    vacancy: Vacancy


class WaitingRoom:
    """Everybody who is eligible and has no seat, beside those who have one."""

    def __init__(self, pool: Pool, choice: Choice, limits: Limits) -> None:
        self._choice = choice
        self._limits = limits
        self._corners = [
            (*home, candidate.is_newcomer)
            for home, candidate in zip(pool.home, pool.candidates, strict=True)
        ]
        seated = set(choice.places)
        self._queues: dict[Corner, list[int]] = {}
        for place, corner in enumerate(self._corners):
            if place not in seated:
                self._queues.setdefault(corner, []).append(place)
        self._by_agency: dict[int, list[Corner]] = {}
        self._by_province: dict[int, list[Corner]] = {}
        for corner in self._queues:
            self._by_agency.setdefault(corner[0], []).append(corner)
            self._by_province.setdefault(corner[1], []).append(corner)
        self._usual: dict[bool, list[Offer]] = {}

    def corner(self, place: int) -> Corner:
        """Return the agency, the province and the newcomer side of a person."""
        return self._corners[place]

    def calls(self, corner: Corner) -> Iterator[int]:
        """Yield who is called when seats of this corner come free, one after the other."""
        room = Room(self._choice, self._limits)
        used: dict[Corner, int] = {}
        offers = self._first_offers(room, corner)
        while (called := self._next(room, offers, used)) is not None:
            yield called
            need = room.need(corner)
            room.move(self._corners[called], 1)
            room.move(corner, -1)
            if room.need(corner) != need:
                offers = self._offers(room, self._queues, used)
                heapify(offers)

    def line(self, length: int) -> list[WaitingPlace]:
        """Return the waiting list in order of standing.

        Each kind of vacancy names whom it calls first, then second, and so on, until the list is
        full: so no agency at its maximum crowds out those who could take any other seat. In every
        kind of vacancy people are called in this order, except that whoever restores a minimum
        goes first.
        """
        callers = self._callers()
        line: dict[int, WaitingPlace] = {}
        while len(line) < length and callers:
            called: dict[int, WaitingPlace] = {}
            for vacancy, calls in list(callers.items()):
                place = next(calls, None)
                if place is None:
                    del callers[vacancy]
                elif place not in line:
                    called.setdefault(place, WaitingPlace(place, vacancy))
            line |= islice(sorted(called.items()), length - len(line))
        return [waiting for _, waiting in sorted(line.items())]

    def _callers(self) -> dict[Vacancy, Iterator[int]]:
        """Return one sequence of calls for each kind of vacancy, the least particular first.

        A sequence may be longer than the seats of its kind, as those called may decline too.
        """
        room = Room(self._choice, self._limits)
        corners: dict[Vacancy, Corner] = {}
        for place in self._choice.places:
            corners.setdefault(room.vacancy(self._corners[place]), self._corners[place])
        kinds = sorted(corners, key=lambda vacancy: not vacancy.is_any)
        return {kind: self.calls(corners[kind]) for kind in kinds}

    def _first_offers(self, room: Room, corner: Corner) -> list[Offer]:
        """Start from the offers that all vacancies share; add those that this one makes better.

        A vacancy only raises the need for, or opens, its own agency and its own province; whether
        it does so for newcomers is told apart beforehand.
        """
        vacancy = room.vacancy(corner)
        room.move(corner, -1)
        offers = self._usual_offers(vacancy.is_newcomer is True).copy()
        if vacancy.agency is not None:
            better = self._offers(room, self._by_agency.get(vacancy.agency, ()), {})
            for offer in better:
                heappush(offers, offer)
        if vacancy.province is not None:
            better = self._offers(room, self._by_province.get(vacancy.province, ()), {})
            for offer in better:
                heappush(offers, offer)
        return offers

    def _usual_offers(self, is_newcomer_gone: bool) -> list[Offer]:
        if is_newcomer_gone not in self._usual:
            room = Room(self._choice, self._limits)
            room.newcomers.counts[1] -= is_newcomer_gone
            self._usual[is_newcomer_gone] = self._offers(room, self._queues, {})
            heapify(self._usual[is_newcomer_gone])
        return self._usual[is_newcomer_gone]

    def _offers(
        self, room: Room, corners: Iterable[Corner], used: dict[Corner, int]
    ) -> list[Offer]:
        return [
            (-room.need(corner), self._queues[corner][used.get(corner, 0)], corner)
            for corner in corners
            if used.get(corner, 0) < len(self._queues[corner]) and room.is_open(corner)
        ]

    def _next(self, room: Room, offers: list[Offer], used: dict[Corner, int]) -> int | None:
        """Take the best offer; what has lost its need or its opening is put right on the way."""
        while offers:
            _, place, corner = offers[0]
            queue, index = self._queues[corner], used.get(corner, 0)
            if index == len(queue) or not room.is_open(corner):
                heappop(offers)
            elif (current := (-room.need(corner), queue[index], corner)) != offers[0]:
                heapreplace(offers, current)
            else:
                used[corner] = index + 1
                return place
        return None
