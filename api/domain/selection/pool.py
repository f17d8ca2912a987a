"""The people who may be invited, sorted into cells of one agency and one province."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.domain.selection.candidate import Candidate

Cell = tuple[int, int]
Cells = dict[Cell, list[int]]


@dataclass(frozen=True, slots=True)
class Pool:
    """Candidates by standing; a cell holds their places in that order, best first."""

    candidates: Sequence[Candidate]
    agencies: tuple[str | None, ...]
    provinces: tuple[str | None, ...]
    cells: Cells
    home: list[Cell]

    @classmethod
    def of(
        cls,
        candidates: Sequence[Candidate],
        agency_keys: Iterable[str | None] = (),
        province_keys: Iterable[str | None] = (),
    ) -> "Pool":
        """Build the cells of people in order; further keys add groups that have nobody."""
        agencies = {one.agency_key: None for one in candidates} | dict.fromkeys(agency_keys)
        provinces = {one.province_key: None for one in candidates} | dict.fromkeys(province_keys)
        agency_number = {key: number for number, key in enumerate(agencies)}
        province_number = {key: number for number, key in enumerate(provinces)}
        home = [
            (agency_number[one.agency_key], province_number[one.province_key]) for one in candidates
        ]
        return cls(candidates, tuple(agencies), tuple(provinces), _cells(home), home)

    def only(self, places: Iterable[int]) -> Cells:
        """Return the cells of some of the people, given by ascending place."""
        return _cells(self.home, places)


def _cells(home: list[Cell], places: Iterable[int] | None = None) -> Cells:
    cells: Cells = {}
    for place in range(len(home)) if places is None else places:
        cells.setdefault(home[place], []).append(place)
    return cells
