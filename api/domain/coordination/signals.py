"""Doubts that figures of one holder or one share raise by themselves."""

from dataclasses import dataclass

from api.domain.coordination.rules import ClickBurstRule, ConcentrationRule, MetricJumpRule


def is_concentrated(own_count: int, reshare_count: int, rule: ConcentrationRule) -> bool:
    """Tell whether one person made more than the agreed part of a holder's reshares."""
    is_most = own_count * 100 > rule.more_than_percent * reshare_count
    return is_most and own_count >= rule.least_reshare_count


def is_click_burst(click_count: int, rule: ClickBurstRule) -> bool:
    """Tell whether the click filter set enough visits aside as a burst to ask a person."""
    return click_count >= rule.least_click_count


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


def is_beyond_network(
    rate_ppm: int, limit_ppm: int, population_count: int, rule: MetricJumpRule
) -> bool:
    """Tell whether reactions per million followers pass what nearly all shares stay below.

    Nothing does while the network's shares are too few for such a limit.
    """
    return population_count >= rule.least_population and rate_ppm > limit_ppm
