"""Who is on Instagram."""

from workers.sandbox.ground import Ground
from workers.sandbox.instagram.names import InstagramCustoms
from workers.sandbox.network import Network

_MEMBER_SHARE = 0.7


def instagram(ground: Ground) -> Network:
    """Build the network: a repost is a reshared story there, a quote a medium with a mention."""
    return ground.network("INSTAGRAM", InstagramCustoms(ground.epoch), _MEMBER_SHARE)
