"""The rules that raise a doubt about a share: switches, versions and thresholds, all of them data.

A change of any threshold is a new version of that rule. "Measured" thresholds come from public data
with planted groups, the others are reasoned and nobody has tested them.
"""

from dataclasses import dataclass, field
from enum import StrEnum

SECOND = 1_000_000
"""Times in this package are microseconds, as PostgreSQL keeps them."""


class ReviewRule(StrEnum):
    """Why a share was flagged."""

    COSHARE_PAIR = "COSHARE_PAIR"
    POD = "POD"
    CONCENTRATION = "CONCENTRATION"
    CLICK_BURST = "CLICK_BURST"
    METRIC_JUMP = "METRIC_JUMP"
    DUPLICATE_URL = "DUPLICATE_URL"
    PRE_PUBLICATION = "PRE_PUBLICATION"


class Tier(StrEnum):
    """What a flag does until a person decides: a hold moves points aside, advice does nothing."""

    HOLD = "HOLD"
    ADVISORY = "ADVISORY"


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether a rule is on, and which version of it this is."""

    is_on: bool = True
    version: int = 1


@dataclass(frozen=True, slots=True)
class PairRule:
    """Two holders who share the same posts closer together than these posts' own bursts explain."""

    switch: Switch = field(default_factory=Switch)
    hold_windows_seconds: tuple[int, ...] = (60, 300)
    hold_chance: float = 2e-6
    advisory_window_seconds: int = 300
    advisory_false_rate: float = 0.05
    least_close_count: int = 3
    least_common_count: int = 3
    most_sharers_in_family: int = 400
    colleague_count: int = 20
    """From this many sharers of one agency on, colleagues are compared with one another only."""

    @property
    def windows_seconds(self) -> tuple[int, ...]:
        """Return every window that is tested, shortest first."""
        return tuple(sorted({*self.hold_windows_seconds, self.advisory_window_seconds}))


@dataclass(frozen=True, slots=True)
class PodRule:
    """A group of holders who pass one another's shares on and hardly anybody else does."""

    switch: Switch = field(default_factory=Switch)
    least_holder_count: int = 4
    least_inside_percent: int = 60
    least_post_count: int = 5


@dataclass(frozen=True, slots=True)
class ConcentrationRule:
    """One person makes most of a holder's reshares."""

    switch: Switch = field(default_factory=Switch)
    more_than_percent: int = 50
    least_reshare_count: int = 10


@dataclass(frozen=True, slots=True)
class ClickBurstRule:
    """The click filter saw a burst from few networks on the holder's own link."""

    switch: Switch = field(default_factory=Switch)
    least_click_count: int = 10


@dataclass(frozen=True, slots=True)
class MetricJumpRule:
    """An audience that grows without shares, or reactions far beyond what the network knows."""

    switch: Switch = field(default_factory=Switch)
    more_than_percent: int = 30
    within_days: int = 7
    least_follower_count: int = 100
    beyond_per_mille: int = 999
    least_population: int = 1_000
    """With fewer shares than this a 99.9th percentile says nothing."""


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """All rules that flag shares, and how long a hold lasts when nobody decides."""

    pair: PairRule = field(default_factory=PairRule)
    pod: PodRule = field(default_factory=PodRule)
    concentration: ConcentrationRule = field(default_factory=ConcentrationRule)
    click_burst: ClickBurstRule = field(default_factory=ClickBurstRule)
    metric_jump: MetricJumpRule = field(default_factory=MetricJumpRule)
    duplicate_url: Switch = field(default_factory=Switch)
    pre_publication: Switch = field(default_factory=Switch)
    hold_days: int = 7

    def switch_of(self, rule: ReviewRule) -> Switch:
        """Return the switch of one rule."""
        return {
            ReviewRule.COSHARE_PAIR: self.pair.switch,
            ReviewRule.POD: self.pod.switch,
            ReviewRule.CONCENTRATION: self.concentration.switch,
            ReviewRule.CLICK_BURST: self.click_burst.switch,
            ReviewRule.METRIC_JUMP: self.metric_jump.switch,
            ReviewRule.DUPLICATE_URL: self.duplicate_url,
            ReviewRule.PRE_PUBLICATION: self.pre_publication,
        }[rule]
