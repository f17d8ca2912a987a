"""What the quotas cost and what each of them changed."""

from dataclasses import dataclass

from api.domain.selection.limits import RuleBook, Side, Span
from api.domain.selection.pool import Pool
from api.domain.selection.quota import QuotaDimension, QuotaRule
from api.domain.selection.solution import Choice, Solver

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class PriceOfFairness:
    """The score that the same seats would hold without any quota, and what they hold."""

    score_without_quotas: int
    score_with_quotas: int

    @property
    def lost_ppm(self) -> int:
        """Return the share of the score given up, in millionths, rounded down.

        Where a lot was drawn, a quota may happen to bring in more; that gives up nothing.
        """
        if self.score_without_quotas == 0:
            return 0
        lost = max(0, self.score_without_quotas - self.score_with_quotas)
        return lost * MILLION // self.score_without_quotas


@dataclass(frozen=True, slots=True)
class QuotaEffect:
    """Who came in because of one rule, and who would be in without it; places in the pool."""

    rule: QuotaRule
    admitted: tuple[int, ...]
    instead: tuple[int, ...]


def price_of_fairness(pool: Pool, choice: Choice, seats: int) -> PriceOfFairness:
    """Compare the list with the best people whatever their group."""
    without = sum(candidate.score for candidate in pool.candidates[:seats])
    return PriceOfFairness(without, sum(pool.candidates[place].score for place in choice.places))


def quota_effects(solver: Solver, book: RuleBook, choice: Choice) -> tuple[QuotaEffect, ...]:
    """Solve again without each rule that touches its bound; keep those that change the list.

    A rule that no group touches cannot change the optimum, so it is not tried.
    """
    effects = (
        _effect(solver, book, choice, rule)
        for rule in book.rules
        if _is_touched(solver.pool, book, choice, rule)
    )
    return tuple(effect for effect in effects if effect.admitted or effect.instead)


def _effect(solver: Solver, book: RuleBook, choice: Choice, rule: QuotaRule) -> QuotaEffect:
    others = RuleBook((other for other in book.rules if other != rule), book.seats)
    limits = others.limits(solver.pool.agencies, solver.pool.provinces)
    now, then = set(choice.places), set(solver.choose(limits).places)
    return QuotaEffect(rule, tuple(sorted(now - then)), tuple(sorted(then - now)))


def _is_touched(pool: Pool, book: RuleBook, choice: Choice, rule: QuotaRule) -> bool:
    if rule.dimension is QuotaDimension.NEWCOMER:
        return choice.is_moved_by_newcomers
    if _is_exception(book, rule):
        return True
    limits = book.limits(pool.agencies, pool.provinces)
    is_agency = rule.dimension is QuotaDimension.AGENCY
    groups = zip(
        pool.agencies if is_agency else pool.provinces,
        limits.agency if is_agency else limits.province,
        choice.agency_counts if is_agency else choice.province_counts,
        strict=True,
    )
    return any(_touches(book, rule, key, span, count) for key, span, count in groups)


def _is_exception(book: RuleBook, rule: QuotaRule) -> bool:
    """Without its own rule the group falls under the one for each, which may be narrower."""
    return rule.key is not None and any(
        other.key is None and other.dimension is rule.dimension for other in book.rules
    )


def _touches(book: RuleBook, rule: QuotaRule, key: str | None, span: Span, count: int) -> bool:
    if key is None:
        return False
    has_minimum = book.governing(rule.dimension, key, Side.MINIMUM) == rule
    has_maximum = book.governing(rule.dimension, key, Side.MAXIMUM) == rule
    return (has_minimum and 0 < span.minimum >= count) or (has_maximum and count >= span.maximum)
