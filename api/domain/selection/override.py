"""What a person changes on a list by hand, and which quotas that breaks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from api.domain.selection.limits import Bound, Limits, RuleBook, Side, Span
from api.domain.selection.pool import Pool
from api.domain.selection.quota import QuotaDimension
from api.domain.selection.reason import Reason, ReasonCode
from api.domain.selection.solution import Choice


class OverrideAction(StrEnum):
    """What is done with a person."""

    ADMIT = "ADMIT"
    REMOVE = "REMOVE"


@dataclass(frozen=True, slots=True)
class Override:
    """A person who gets a seat or loses the chance of one, and why."""

    asn_id: UUID
    action: OverrideAction
    reason: str

    def shown(self) -> Reason:
        """Return the reason as the row carries it."""
        is_in = self.action is OverrideAction.ADMIT
        code = ReasonCode.ADMITTED_BY_HAND if is_in else ReasonCode.REMOVED_BY_HAND
        return Reason.of(code, reason=self.reason)


def broken_bounds(pool: Pool, book: RuleBook, limits: Limits, choice: Choice) -> set[Bound]:
    """Return the bounds that a choice does not keep."""
    return {
        bound
        for dimension, key, span, count in _groups(pool, limits, choice)
        for side in _broken_sides(span, count)
        if (bound := _bound(book, dimension, key, side)) is not None
    }


Group = tuple[QuotaDimension, str | None, Span, int]


def _groups(pool: Pool, limits: Limits, choice: Choice) -> Iterator[Group]:
    yield from _of(QuotaDimension.AGENCY, pool.agencies, limits.agency, choice.agency_counts)
    yield from _of(QuotaDimension.PROVINCE, pool.provinces, limits.province, choice.province_counts)
    yield QuotaDimension.NEWCOMER, None, limits.newcomer, choice.newcomer_count


def _of(
    dimension: QuotaDimension,
    keys: Sequence[str | None],
    spans: Sequence[Span],
    counts: Sequence[int],
) -> Iterator[Group]:
    for key, span, count in zip(keys, spans, counts, strict=True):
        yield dimension, key, span, count


def _broken_sides(span: Span, count: int) -> Iterator[Side]:
    if count < span.minimum:
        yield Side.MINIMUM
    if count > span.maximum:
        yield Side.MAXIMUM


def _bound(book: RuleBook, dimension: QuotaDimension, key: str | None, side: Side) -> Bound | None:
    rule = book.governing(dimension, key, side)
    return None if rule is None else Bound(rule, side)
