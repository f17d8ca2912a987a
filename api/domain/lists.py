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
    MENTIONS = "mentions"
    """Who tags an official account."""
    METRICS = "metrics"
    PROFILES = "profiles"


OWN_BY_TOKEN = (Platform.FACEBOOK, Platform.INSTAGRAM)
"""Where only a person's own access shows what they posted, and where lists do not name them all."""

OWN_IN_PUBLIC = (Platform.BLUESKY, Platform.MASTODON)
"""Where anybody may read what a person posted, for nothing: that dates a share whose list does not,
and finds posts that carry the link."""

OWN_IF_CUT = (Platform.X,)
"""Where own posts are paid for: they are read only when a list was cut."""

MEASURED = (Platform.FACEBOOK, Platform.INSTAGRAM, Platform.BLUESKY)
"""Where figures of shares are read for nothing and not one by one."""

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
