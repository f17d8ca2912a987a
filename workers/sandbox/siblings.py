"""The networks that a world may have beside X, and how each is built."""

from collections.abc import Callable, Mapping

from workers.sandbox.ground import Ground
from workers.sandbox.naming.bluesky import BlueskyCustoms
from workers.sandbox.naming.facebook import FacebookCustoms
from workers.sandbox.naming.instagram import InstagramCustoms
from workers.sandbox.naming.mastodon import MastodonCustoms
from workers.sandbox.network import Network

MOST_FRIENDS = 5_000


def facebook(ground: Ground) -> Network:
    """Build Facebook; what `followers_count` counts there are friends."""
    network = ground.network("FACEBOOK", FacebookCustoms(ground.epoch), member_share=0.5)
    for account in network.members.values():
        account.followers_count = min(MOST_FRIENDS, account.followers_count)
    return network


def instagram(ground: Ground) -> Network:
    """Build Instagram: a repost is a reshared story there, a quote a medium with a mention."""
    return ground.network("INSTAGRAM", InstagramCustoms(ground.epoch), member_share=0.7)


def bluesky(ground: Ground) -> Network:
    """Build Bluesky; protected accounts are deactivated there, suspended ones taken down."""
    return ground.network("BLUESKY", BlueskyCustoms(), member_share=0.7)


def mastodon(ground: Ground) -> Network:
    """Build Mastodon; what protected accounts pass on is for their followers only."""
    return ground.network("MASTODON", MastodonCustoms(), member_share=0.6)


SIBLINGS: Mapping[str, Callable[[Ground], Network]] = {
    "facebook": facebook,
    "instagram": instagram,
    "bluesky": bluesky,
    "mastodon": mastodon,
}
