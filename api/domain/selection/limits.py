"""Quota rules made concrete: a minimum and a maximum for each group of a pool."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from api.domain.selection.quota import QuotaDimension, QuotaRule

UNLIMITED = 1 << 62


class Side(StrEnum):
    """The two bounds that a rule can set."""

    MINIMUM = "MINIMUM"
    MAXIMUM = "MAXIMUM"


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of one rule."""

    rule: QuotaRule
    side: Side

    def label(self, seats: int, name: str | None = None) -> str:
        """Say the bound in a few words; a name replaces the key."""
        if self.side is Side.MINIMUM:
            return f"{self.rule.subject(name)}: at least {self.rule.minimum}"
        return f"{self.rule.subject(name)}: at most {self.rule.cap(seats)}"


@dataclass(frozen=True, slots=True)
class Span:
    """The seats that a group should have at least and may have at most."""

    minimum: int
    maximum: int

    def less(self, count: int) -> "Span":
        """Return what is left when some of the group already have a seat."""
        return Span(max(0, self.minimum - count), max(0, self.maximum - count))


@dataclass(frozen=True, slots=True)
class Limits:
    """The spans of all groups, in the order of the pool's agencies and provinces."""

    seats: int
    agency: tuple[Span, ...]
    province: tuple[Span, ...]
    newcomer: Span

    def less(self, agency_counts: Sequence[int], province_counts: Sequence[int]) -> "Limits":
        """Return the agency and province spans left beside people who have a seat."""
        agency = tuple(
            span.less(count) for span, count in zip(self.agency, agency_counts, strict=True)
        )
        province = tuple(
            span.less(count) for span, count in zip(self.province, province_counts, strict=True)
        )
        return replace(self, agency=agency, province=province)

    def beside(
        self, agency_counts: Sequence[int], province_counts: Sequence[int], newcomer_count: int
    ) -> "Limits":
        """Return what is left of seats and spans beside people who have a seat."""
        left = self.less(agency_counts, province_counts)
        seats = max(0, self.seats - sum(agency_counts))
        return replace(left, seats=seats, newcomer=self.newcomer.less(newcomer_count))


class RuleBook:
    """Looks up which rule sets a bound of a group: its own, else the one for each."""

    def __init__(self, rules: Iterable[QuotaRule], seats: int) -> None:
        self.seats = seats
        self.rules = tuple(rules)
        self._minimums: dict[tuple[QuotaDimension, str | None], QuotaRule] = {}
        self._maximums: dict[tuple[QuotaDimension, str | None], QuotaRule] = {}
        for rule in self.rules:
            if rule.minimum is not None:
                self._minimums[rule.dimension, rule.key] = rule
            if rule.cap(seats) is not None:
                self._maximums[rule.dimension, rule.key] = rule

    def bounds(self) -> tuple[Bound, ...]:
        """Return every bound that some rule sets, in the order of the rules."""
        return tuple(
            Bound(rule, side)
            for rule in self.rules
            for side in Side
            if self._table(side).get((rule.dimension, rule.key)) is rule
        )

    def keys(self, dimension: QuotaDimension) -> list[str]:
        """Return the groups that rules of this dimension name."""
        return sorted({r.key for r in self.rules if r.dimension is dimension and r.key is not None})

    def governing(self, dimension: QuotaDimension, key: str | None, side: Side) -> QuotaRule | None:
        """Return the rule that sets this bound of this group."""
        table = self._table(side)
        return table.get((dimension, key)) or table.get((dimension, None))

    def limits(
        self,
        agencies: Iterable[str | None],
        provinces: Iterable[str | None],
        active: Collection[Bound] | None = None,
    ) -> Limits:
        """Resolve the rules for these groups; with `active`, only those bounds hold."""
        return Limits(
            self.seats,
            tuple(self._span(QuotaDimension.AGENCY, key, active) for key in agencies),
            tuple(self._span(QuotaDimension.PROVINCE, key, active) for key in provinces),
            self._rule_span(QuotaDimension.NEWCOMER, None, active),
        )

    def _table(self, side: Side) -> dict[tuple[QuotaDimension, str | None], QuotaRule]:
        return self._minimums if side is Side.MINIMUM else self._maximums

    def _span(
        self, dimension: QuotaDimension, key: str | None, active: Collection[Bound] | None
    ) -> Span:
        if key is None:
            return Span(0, UNLIMITED)
        return self._rule_span(dimension, key, active)

    def _rule_span(
        self, dimension: QuotaDimension, key: str | None, active: Collection[Bound] | None
    ) -> Span:
        lower = self.governing(dimension, key, Side.MINIMUM)
        upper = self.governing(dimension, key, Side.MAXIMUM)
        minimum, maximum = 0, UNLIMITED
        if lower is not None and (active is None or Bound(lower, Side.MINIMUM) in active):
            minimum = lower.minimum or 0
        if upper is not None and (active is None or Bound(upper, Side.MAXIMUM) in active):
            maximum = _maximum(upper, lower, self.seats)
        return Span(minimum, maximum)


def _maximum(upper: QuotaRule, lower: QuotaRule | None, seats: int) -> int:
    """A default gives way to a minimum that somebody asked for; all the seats are no limit."""
    cap = upper.cap(seats)
    if cap is None or cap >= seats:
        return UNLIMITED
    if upper.is_default and lower is not None:
        return max(cap, lower.minimum or 0)
    return cap
