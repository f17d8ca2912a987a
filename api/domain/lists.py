"""The lists of a network that tell about posts, and what a complete reading of a post takes."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from api.domain.platform import Platform


class ListName(StrEnum):
    """What a sync cursor reads: one list of one object."""

    REPOSTS = "reposts"
    """Who passed a program post on; on Facebook every share that the network names."""
    QUOTES = "quotes"
    SHARE_REPOSTS = "share_reposts"
    """Who passed a holder's share on."""
    OWN_POSTS = "own_posts"
    """What a consenting holder posted."""
    METRICS = "metrics"
    PROFILES = "profiles"


_BOTH = (ListName.REPOSTS, ListName.QUOTES)

LISTS_OF_POST: Mapping[Platform, tuple[ListName, ...]] = MappingProxyType(
    {
        Platform.X: _BOTH,
        Platform.BLUESKY: _BOTH,
        Platform.MASTODON: _BOTH,
        Platform.FACEBOOK: (ListName.REPOSTS,),
        Platform.INSTAGRAM: (),
    }
)
"""The lists that together name who shared a post; where there is none, nobody can name them all."""
