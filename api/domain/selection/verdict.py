"""Decision and reasons of everybody who was eligible."""

from collections.abc import Iterator, Mapping, Sequence

from api.domain.selection.entry import Entry, InviteDecision
from api.domain.selection.fairness import QuotaEffect
from api.domain.selection.limits import Limits
from api.domain.selection.lot import Numbers, shown
from api.domain.selection.pool import Pool
from api.domain.selection.quota import QuotaDimension, QuotaRule
from api.domain.selection.reason import Reason, ReasonCode
from api.domain.selection.room import Vacancy
from api.domain.selection.solution import Choice
from api.domain.selection.waiting import WaitingPlace

ADMITTING = {
    QuotaDimension.AGENCY: ReasonCode.ADMITTED_BY_AGENCY_QUOTA,
    QuotaDimension.PROVINCE: ReasonCode.ADMITTED_BY_PROVINCE_QUOTA,
    QuotaDimension.NEWCOMER: ReasonCode.ADMITTED_BY_NEWCOMER_QUOTA,
}


class Verdict:
    """Turns the solved list into rows."""

    def __init__(  # noqa: PLR0913, PLR0917 (the parts of a solved list)
        self,
        pool: Pool,
        limits: Limits,
        choice: Choice,
        effects: Sequence[QuotaEffect],
        line: Sequence[WaitingPlace],
        by_hand: Mapping[int, Reason],
        numbers: Numbers,
    ) -> None:
        self.pool = pool
        self.limits = limits
        self.choice = choice
        self._by_hand = by_hand
        self._numbers = numbers
        self._admitting = _rules_by_place(effects)
        self._seat = {place: seat for seat, place in enumerate(choice.places, start=1)}
        self._waiting = {waiting.place: (at, waiting) for at, waiting in enumerate(line, start=1)}
        self._fewer_points = (Reason.of(ReasonCode.FEWER_POINTS, seats=limits.seats),)
        is_full = len(choice.places) == limits.seats
        self._last = choice.places[-1] if is_full and choice.places else len(pool.candidates)

    def entry(self, place: int, rank: int) -> Entry:
        """Return the row of the person at this place of the pool."""
        candidate = self.pool.candidates[place]
        seat = self._seat.get(place)
        if seat is not None:
            reasons = self._admission(place, rank) + self._drawn(place)
            return Entry(rank, candidate, InviteDecision.ADMITTED, reasons, seat)
        is_blocked = place < self._last
        decision = InviteDecision.QUOTA_FULL if is_blocked else InviteDecision.WAITLISTED
        reasons = tuple(self._obstacles(place)) if is_blocked else self._fewer_points
        reasons += self._drawn(place)
        if place not in self._waiting:
            return Entry(rank, candidate, decision, reasons)
        at, waiting = self._waiting[place]
        reasons += tuple(self._calls(place, at, waiting.vacancy))
        return Entry(rank, candidate, decision, reasons, None, at)

    def _admission(self, place: int, rank: int) -> tuple[Reason, ...]:
        if place in self._by_hand:
            return (self._by_hand[place],)
        rules = self._admitting.get(place)
        if rules is None:
            return (Reason.of(ReasonCode.POINTS, rank=rank),)
        return tuple(Reason.of(ADMITTING[rule.dimension], **_rule_data(rule)) for rule in rules)

    def _drawn(self, place: int) -> tuple[Reason, ...]:
        return shown(self.pool.candidates[place].asn_id, self._numbers)

    def _obstacles(self, place: int) -> Iterator[Reason]:
        full = list(self._full_groups(place))
        for code, maximum in full:
            yield Reason.of(code, maximum=maximum)
        if not full:
            yield Reason.of(ReasonCode.QUOTA_ELSEWHERE)

    def _full_groups(self, place: int) -> Iterator[tuple[ReasonCode, int]]:
        agency, province = self.pool.home[place]
        choice, limits = self.choice, self.limits
        if choice.agency_counts[agency] >= limits.agency[agency].maximum:
            yield ReasonCode.AGENCY_FULL, limits.agency[agency].maximum
        if choice.province_counts[province] >= limits.province[province].maximum:
            yield ReasonCode.PROVINCE_FULL, limits.province[province].maximum
        is_newcomer = self.pool.candidates[place].is_newcomer
        if is_newcomer and choice.newcomer_count >= limits.newcomer.maximum:
            yield ReasonCode.NEWCOMERS_FULL, limits.newcomer.maximum

    def _calls(self, place: int, at: int, vacancy: Vacancy) -> Iterator[Reason]:
        agency, province = self.pool.home[place]
        yield Reason.of(ReasonCode.WAITING, position=at)
        if vacancy.agency == agency:
            yield Reason.of(ReasonCode.WAITING_FOR_AGENCY)
        if vacancy.province == province:
            yield Reason.of(ReasonCode.WAITING_FOR_PROVINCE)
        if vacancy.is_newcomer and self.pool.candidates[place].is_newcomer:
            yield Reason.of(ReasonCode.WAITING_FOR_NEWCOMERS)


def _rules_by_place(effects: Sequence[QuotaEffect]) -> dict[int, list[QuotaRule]]:
    rules: dict[int, list[QuotaRule]] = {}
    for effect in effects:
        for place in effect.admitted:
            rules.setdefault(place, []).append(effect.rule)
    return rules


def _rule_data(rule: QuotaRule) -> dict[str, int | str]:
    data = {
        "key": rule.key,
        "minimum": rule.minimum,
        "maximum": rule.maximum,
        "maximum_percent": rule.maximum_percent,
    }
    return {name: value for name, value in data.items() if value is not None}
