"""The networks that a world may have beside X, and how each is built."""

from collections.abc import Callable, Mapping

from workers.sandbox.facebook.population import facebook
from workers.sandbox.ground import Ground
from workers.sandbox.instagram.population import instagram
from workers.sandbox.naming.bluesky import BlueskyCustoms
from workers.sandbox.naming.mastodon import MastodonCustoms
from workers.sandbox.network import Network


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
