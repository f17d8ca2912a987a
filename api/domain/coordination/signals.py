"""Doubts that figures of one holder or one share raise by themselves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.domain.coordination.rules import ConcentrationRule, MetricJumpRule

Who = TypeVar("Who", bytes, str, int)


@dataclass(frozen=True, slots=True)
class Concentration(Generic[Who]):
    """One person made most of a holder's reshares."""

    resharer: Who
    own_count: int
    reshare_count: int


def concentration(resharers: Sequence[Who], rule: ConcentrationRule) -> Concentration[Who] | None:
    """Return who made more than the agreed part of all reshares, if anybody did."""
    if not resharers:
        return None
    who, own_count = max(Counter(resharers).items(), key=lambda item: (item[1], item[0]))
    is_most = own_count * 100 > rule.more_than_percent * len(resharers)
    if is_most and own_count >= rule.least_reshare_count:
        return Concentration(who, own_count, len(resharers))
    return None


@dataclass(frozen=True, slots=True)
class AudienceChange:
    """An audience at two times, and how many shares lie between them."""

    before_count: int
    after_count: int
    days: int
    share_count: int


def is_audience_jump(change: AudienceChange, rule: MetricJumpRule) -> bool:
    """Tell whether an audience grew too fast while nothing was shared."""
    if change.share_count or change.days > rule.within_days:
        return False
    if change.before_count < rule.least_follower_count:
        return False
    grown = change.after_count - change.before_count
    return grown * 100 > rule.more_than_percent * change.before_count


def engagement_limit_ppm(rates_ppm: Sequence[int], rule: MetricJumpRule) -> int | None:
    """Return the rate that all but the agreed part of a network's shares keep below.

    Rates are reactions per million followers. None while too few shares are known to say.
    """
    if len(rates_ppm) < rule.least_population:
        return None
    ordered = sorted(rates_ppm)
    place = -(-len(ordered) * rule.beyond_per_mille // 1000)
    return ordered[place - 1]
