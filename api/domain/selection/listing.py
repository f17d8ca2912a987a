"""The proposed invite list: one row for everybody, each with its decision and its reasons."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from api.domain.canonical import sha256_of
from api.domain.selection.candidate import Candidate, ordered
from api.domain.selection.clash import Clash, find_clash
from api.domain.selection.document import list_document
from api.domain.selection.entry import Entry, InviteDecision
from api.domain.selection.fairness import (
    PriceOfFairness,
    QuotaEffect,
    price_of_fairness,
    quota_effects,
)
from api.domain.selection.gate import Gate
from api.domain.selection.limits import Bound, Limits, RuleBook
from api.domain.selection.lot import settled
from api.domain.selection.override import Override, OverrideAction, broken_bounds
from api.domain.selection.pool import Pool
from api.domain.selection.quota import QuotaDimension, QuotaRule, validate, with_defaults
from api.domain.selection.reason import Reason
from api.domain.selection.solution import Choice, Solver
from api.domain.selection.terms import Terms
from api.domain.selection.verdict import Verdict
from api.domain.selection.waiting import WaitingRoom

Bar = tuple[InviteDecision, tuple[Reason, ...]]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A group that has fewer seats than its minimum."""

    dimension: QuotaDimension
    key: str | None
    minimum: int
    count: int


@dataclass(frozen=True, slots=True)
class QuotaOutcome:
    """Who came in because of a rule, and who would be in without it, by standing."""

    rule: QuotaRule
    admitted: tuple[UUID, ...]
    instead: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A list that can be shown, compared, frozen by its hash, and computed again."""

    terms: Terms
    book: RuleBook
    entries: tuple[Entry, ...]
    price: PriceOfFairness
    effects: tuple[QuotaOutcome, ...]
    shortfalls: tuple[Shortfall, ...]
    clash: Clash | None
    broken: frozenset[Bound]
    content: Mapping[str, object]
    sha256: str

    @property
    def admitted(self) -> tuple[Entry, ...]:
        """Return the rows with a seat, by position."""
        return tuple(one for one in self.entries if one.position is not None)

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """Return the waiting list, by place."""
        return tuple(one for one in self.entries if one.waiting_position is not None)

    def document(self) -> dict[str, object]:
        """Return what was hashed."""
        return dict(self.content)


def propose(candidates: Iterable[Candidate], terms: Terms) -> Proposal:
    """Build the best list that the terms allow, whatever the order of the candidates.

    Where minimums cannot all be met, as many of their places as possible are covered and the
    clash is named.

    Raises:
        Invalid: when a number of the terms could never be followed.
    """
    validate(terms.rules, terms.seats, terms.capacity)
    book = RuleBook(with_defaults(terms.rules, terms.seats), terms.seats)
    numbers = {} if terms.lot is None else terms.lot.numbers(terms.seed)
    everybody = settled(ordered(candidates, terms.seed), numbers)
    by_hand = {one.asn_id: one for one in terms.overrides}
    bars = [_bar(one, terms.gate, by_hand.get(one.asn_id)) for one in everybody]
    pool = _pool(everybody, bars, book)
    held = _held(pool, by_hand)
    solver = Solver(pool, held)
    limits = book.limits(solver.pool.agencies, solver.pool.provinces)
    choice = solver.choose(limits)
    effects = quota_effects(solver, book, choice)
    line = WaitingRoom(solver.pool, choice, limits).line(terms.waiting_places)
    verdict = Verdict(solver.pool, limits, choice, effects, line, held, numbers)
    entries = tuple(_entries(everybody, bars, verdict))
    shortfalls = tuple(_shortfalls(solver.pool, limits, choice))
    content = list_document(terms, book.rules, entries)
    return Proposal(
        terms=terms,
        book=book,
        entries=entries,
        price=price_of_fairness(solver.pool, choice, terms.seats),
        effects=tuple(_outcome(solver.pool, effect) for effect in effects),
        shortfalls=shortfalls,
        clash=find_clash(solver.pool, book) if shortfalls else None,
        broken=frozenset(broken_bounds(solver.pool, book, limits, choice)),
        content=content,
        sha256=sha256_of(content),
    )


def _bar(candidate: Candidate, gate: Gate, override: Override | None) -> Bar | None:
    """Return decision and reasons of somebody who may not be considered.

    A person may end somebody's rest, but nobody can admit a person who is not eligible.
    """
    if override is not None and override.action is OverrideAction.REMOVE:
        return InviteDecision.REMOVED, (override.shown(),)
    if obstacles := gate.obstacles(candidate):
        return InviteDecision.NOT_ELIGIBLE, obstacles
    if override is None and (rest := gate.cool_down(candidate)):
        return InviteDecision.COOLING_DOWN, (rest,)
    return None


def _held(pool: Pool, by_hand: Mapping[UUID, Override]) -> dict[int, Reason]:
    """Return the places of those who were admitted by hand, each with the reason."""
    return {
        place: by_hand[candidate.asn_id].shown()
        for place, candidate in enumerate(pool.candidates)
        if candidate.asn_id in by_hand
    }


def _pool(everybody: Sequence[Candidate], bars: Sequence[Bar | None], book: RuleBook) -> Pool:
    """Pool the eligible; groups whose people are all barred, or that a rule names, count too."""
    return Pool.of(
        [candidate for candidate, bar in zip(everybody, bars, strict=True) if bar is None],
        [*(one.agency_key for one in everybody), *book.keys(QuotaDimension.AGENCY)],
        [*(one.province_key for one in everybody), *book.keys(QuotaDimension.PROVINCE)],
    )


def _entries(
    everybody: Sequence[Candidate], bars: Sequence[Bar | None], verdict: Verdict
) -> Iterator[Entry]:
    places = count()
    for rank, (candidate, bar) in enumerate(zip(everybody, bars, strict=True), start=1):
        if bar is None:
            yield verdict.entry(next(places), rank)
        else:
            yield Entry(rank, candidate, *bar)


def _shortfalls(pool: Pool, limits: Limits, choice: Choice) -> Iterator[Shortfall]:
    agencies = zip(pool.agencies, limits.agency, choice.agency_counts, strict=True)
    provinces = zip(pool.provinces, limits.province, choice.province_counts, strict=True)
    for dimension, groups in (
        (QuotaDimension.AGENCY, agencies),
        (QuotaDimension.PROVINCE, provinces),
        (QuotaDimension.NEWCOMER, [(None, limits.newcomer, choice.newcomer_count)]),
    ):
        for key, span, seats in groups:
            if seats < span.minimum:
                yield Shortfall(dimension, key, span.minimum, seats)


def _outcome(pool: Pool, effect: QuotaEffect) -> QuotaOutcome:
    return QuotaOutcome(
        effect.rule,
        tuple(pool.candidates[place].asn_id for place in effect.admitted),
        tuple(pool.candidates[place].asn_id for place in effect.instead),
    )
