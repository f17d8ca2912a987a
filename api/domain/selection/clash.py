"""Minimums that cannot be met: the smallest set of bounds that clash."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from api.domain.selection.limits import UNLIMITED, Bound, Limits, RuleBook, Side, Span
from api.domain.selection.network import Flow
from api.domain.selection.pool import Cells, Pool
from api.domain.selection.quota import QuotaDimension
from api.errors import Invalid, Problem

CHECK_BUDGET = 300
STEP_BUDGET = 20_000
_NEWCOMER = QuotaDimension.NEWCOMER


@dataclass(frozen=True, slots=True)
class Clash:
    """Bounds of which no list can hold all; without any one of them a list could.

    Whether there is no smaller clash elsewhere is known unless the search was cut short.
    """

    bounds: tuple[Bound, ...]
    is_smallest: bool

    def refusal(self, book: RuleBook, names: Mapping[str, str] | None = None) -> Invalid:
        """Say it as problems of the input, one for each bound; names replace the keys of groups."""
        known = names or {}
        labels = {
            bound: bound.label(book.seats, known.get(bound.rule.key or "")) for bound in self.bounds
        }
        return Invalid.of([self._problem(bound, book, labels) for bound in self.bounds])

    def _problem(self, bound: Bound, book: RuleBook, labels: Mapping[Bound, str]) -> Problem:
        others = [label for other, label in labels.items() if other != bound]
        message = f"No list can hold this quota: {labels[bound]}"
        if others:
            message += f"; together with {', '.join(others)}"
        return Problem("INVALID", f"{message}.", _path(bound, book))


def find_clash(pool: Pool, book: RuleBook) -> Clash | None:
    """Return the smallest set of bounds that no list from this pool can hold, if there is one.

    The default reserve for newcomers never clashes: it takes what there is.
    """
    search = _Search(pool, book)
    bounds = [bound for bound in book.bounds() if bound.rule.dimension is not _NEWCOMER]
    bounds.sort(key=_size)
    if search.is_feasible(bounds):
        return _newcomer_clash(pool, book)
    known = search.irreducible(bounds)
    try:
        return Clash(_in_order(search.smallest(bounds, known), book), is_smallest=True)
    except _BudgetSpent:
        return Clash(_in_order(known, book), is_smallest=False)


class _BudgetSpent(Exception):
    """The search for the smallest clash takes too long."""


class _Search:
    """Finds infeasible sets; a clash must hit every set of bounds without which a list exists."""

    def __init__(self, pool: Pool, book: RuleBook) -> None:
        self.pool = pool
        self.book = book
        self.steps = 0

    def is_feasible(self, bounds: Collection[Bound]) -> bool:
        """Return whether some list holds these bounds, whatever its points."""
        limits = self.book.limits(self.pool.agencies, self.pool.provinces, frozenset(bounds))
        merged, cells = _merged(limits, self.pool.cells)
        flow = Flow(cells, (0,), merged, bonus=1)
        flow.fill(merged.seats, floor=0)
        return _is_met(merged.agency, flow.agencies.counts) and _is_met(
            merged.province, flow.provinces.counts
        )

    def smallest(self, bounds: Sequence[Bound], known: Sequence[Bound]) -> Sequence[Bound]:
        """Return an infeasible set of least size (implicit hitting sets, Ignatiev et al. 2015).

        The known set is the answer once every smaller one is ruled out.
        """
        escapes: list[tuple[Bound, ...]] = []
        size = 1
        while size < len(known):
            core = self._hitting(escapes, size)
            if core is None:
                size += 1
            elif self.is_feasible(core):
                escapes.append(self._escape(core, bounds))
            else:
                return core
        return known

    def irreducible(self, bounds: Sequence[Bound]) -> tuple[Bound, ...]:
        """Drop whatever the clash does not need, the smallest numbers first."""
        kept = list(bounds)
        for bound in bounds:
            rest = [other for other in kept if other != bound]
            if not self.is_feasible(rest):
                kept = rest
        return tuple(kept)

    def _escape(self, core: Collection[Bound], bounds: Sequence[Bound]) -> tuple[Bound, ...]:
        """Grow a feasible set as far as it goes; return what had to stay out."""
        kept = list(core)
        self._spend(len(bounds) * STEP_BUDGET // CHECK_BUDGET)
        for bound in reversed(bounds):
            if bound not in kept and self.is_feasible([*kept, bound]):
                kept.append(bound)
        return tuple(bound for bound in bounds if bound not in kept)

    def _hitting(self, sets: Sequence[tuple[Bound, ...]], size: int) -> tuple[Bound, ...] | None:
        self._spend(1)
        if not sets:
            return ()
        if not size:
            return None
        for bound in sets[0]:
            rest = self._hitting([one for one in sets if bound not in one], size - 1)
            if rest is not None:
                return (bound, *rest)
        return None

    def _spend(self, steps: int) -> None:
        self.steps += steps
        if self.steps > STEP_BUDGET:
            raise _BudgetSpent


def _merged(limits: Limits, cells: Cells) -> tuple[Limits, Cells]:
    """Treat all groups without a bound as one, which makes the network small."""
    agency_of, agencies = _classes(limits.agency)
    province_of, provinces = _classes(limits.province)
    counts: dict[tuple[int, int], int] = {}
    for (agency, province), queue in cells.items():
        cell = agency_of[agency], province_of[province]
        counts[cell] = min(counts.get(cell, 0) + len(queue), limits.seats)
    merged = Limits(limits.seats, agencies, provinces, limits.newcomer)
    return merged, {cell: [0] * count for cell, count in counts.items()}


def _classes(spans: Sequence[Span]) -> tuple[list[int], tuple[Span, ...]]:
    classes = [Span(0, UNLIMITED)]
    numbers = []
    for span in spans:
        if span == classes[0]:
            numbers.append(0)
        else:
            numbers.append(len(classes))
            classes.append(span)
    return numbers, tuple(classes)


def _is_met(spans: Sequence[Span], counts: Sequence[int]) -> bool:
    return all(count >= span.minimum for span, count in zip(spans, counts, strict=True))


def _newcomer_clash(pool: Pool, book: RuleBook) -> Clash | None:
    rule = book.governing(_NEWCOMER, None, Side.MINIMUM)
    if rule is None or rule.is_default:
        return None
    newcomers = sum(candidate.is_newcomer for candidate in pool.candidates)
    if newcomers >= (rule.minimum or 0):
        return None
    return Clash((Bound(rule, Side.MINIMUM),), is_smallest=True)


def _size(bound: Bound) -> int:
    return bound.rule.minimum or 0 if bound.side is Side.MINIMUM else 0


def _in_order(bounds: Collection[Bound], book: RuleBook) -> tuple[Bound, ...]:
    return tuple(bound for bound in book.bounds() if bound in bounds)


def _path(bound: Bound, book: RuleBook) -> tuple[str, ...]:
    if bound.rule.is_default:
        return ("quotas",)
    name = "minimum" if bound.side is Side.MINIMUM else _maximum_name(bound, book.seats)
    return ("quotas", str(book.rules.index(bound.rule)), name)


def _maximum_name(bound: Bound, seats: int) -> str:
    return "maximum" if bound.rule.maximum == bound.rule.cap(seats) else "maximumPercent"
