"""Which metrics a network offers for which kind of share.

This is a property of the network, not of our observations: what is not offered is left out of the
mean instead of counting as zero. A plain repost has no figures of its own on X, Bluesky and
Mastodon. The table lists what connectors read today: conversation and likes join a row when its
connector reads them, Instagram's insight totals with its connector.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.domain.platform import Metric, Platform, ShareKind

_NOTHING: frozenset[Metric] = frozenset()
_RESHARERS = frozenset({Metric.RESHARERS})

OFFERS: Mapping[tuple[Platform, ShareKind], frozenset[Metric]] = MappingProxyType(
    {
        (Platform.X, ShareKind.QUOTE): _RESHARERS,
        (Platform.X, ShareKind.LINK_POST): _RESHARERS,
        (Platform.BLUESKY, ShareKind.QUOTE): _RESHARERS,
        (Platform.BLUESKY, ShareKind.LINK_POST): _RESHARERS,
        (Platform.MASTODON, ShareKind.QUOTE): _RESHARERS,
        (Platform.MASTODON, ShareKind.LINK_POST): _RESHARERS,
        (Platform.FACEBOOK, ShareKind.REPOST): _RESHARERS,
        (Platform.FACEBOOK, ShareKind.QUOTE): _RESHARERS,
        (Platform.FACEBOOK, ShareKind.LINK_POST): _RESHARERS,
    }
)


def offered_metrics(
    platform: Platform, kind: ShareKind, *, has_tracked_link: bool = False
) -> frozenset[Metric]:
    """Return the metrics that can become known; clicks wherever our own tracked link was used."""
    offered = OFFERS.get((platform, kind), _NOTHING)
    return offered | {Metric.CLICKS} if has_tracked_link else offered
