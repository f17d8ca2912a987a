"""A textbook minimum-cost flow with one arc a person: slow, plain, no relation of the solver."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.domain.selection.limits import Limits, Span
from api.domain.selection.pool import Pool

BONUS = 10**9


@dataclass
class Arc:
    source: str
    target: str
    room: int
    gain: int
    flow: int = 0


def best_worth(pool: Pool, limits: Limits) -> tuple[int, int, int]:
    """Seats, minimum places covered and score of the best list, by augmenting paths."""
    arcs = [
        *_bound_arcs("agency", pool.agencies, limits.agency),
        *_bound_arcs("province", pool.provinces, limits.province),
        *_person_arcs(pool),
    ]
    seats = total = 0
    while seats < limits.seats and (path := _best_path(arcs)):
        seats += 1
        for arc, step in path:
            arc.flow += step
            total += step * arc.gain
    return seats, *divmod(total, BONUS)


def _bound_arcs(side: str, keys: Sequence[str | None], spans: Sequence[Span]) -> list[Arc]:
    arcs = []
    for number, span in enumerate(spans[: len(keys)]):
        ends = (
            ("source", f"agency {number}") if side == "agency" else (f"province {number}", "sink")
        )
        asked = min(span.minimum, span.maximum)
        arcs += [Arc(*ends, asked, BONUS), Arc(*ends, span.maximum - asked, 0)]
    return arcs


def _person_arcs(pool: Pool) -> list[Arc]:
    return [
        Arc(f"agency {agency}", f"province {province}", 1, one.score)
        for one, (agency, province) in zip(pool.candidates, pool.home, strict=True)
    ]


def _best_path(arcs: list[Arc]) -> list[tuple[Arc, int]]:
    """Bellman and Ford: the dearest way from source to sink, forwards or taking flow back."""
    value = {"source": 0}
    came: dict[str, tuple[str, Arc, int]] = {}
    is_changed = True
    while is_changed:
        is_changed = False
        for start, end, arc, step in _residual(arcs):
            if start in value and value[start] + step * arc.gain > value.get(end, -(10**30)):
                value[end] = value[start] + step * arc.gain
                came[end] = (start, arc, step)
                is_changed = True
    path = []
    node = "sink"
    while node in came:
        node, arc, step = came[node]
        path.append((arc, step))
    return path


def _residual(arcs: list[Arc]) -> list[tuple[str, str, Arc, int]]:
    forwards = [(arc.source, arc.target, arc, 1) for arc in arcs if arc.flow < arc.room]
    return forwards + [(arc.target, arc.source, arc, -1) for arc in arcs if arc.flow]
