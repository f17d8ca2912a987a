"""What really happened: every share of a program post, whether or not an API tells of it."""

from collections.abc import Iterable, Iterator
from typing import Any

from workers.sandbox.clock import rfc3339
from workers.sandbox.network import Kind, Network, Post
from workers.sandbox.world import World


def truth(world: World) -> dict[str, Any]:
    """Return all shares of all program posts, oldest first."""
    return {
        "posts": [
            _post(network, world.spec.epoch, post_id)
            for network in world.networks
            for post_id in network.program_post_ids
        ]
    }


def _post(network: Network, epoch: int, post_id: int) -> dict[str, Any]:
    shares = sorted(_shares(network, post_id), key=lambda share: share.id)
    return {
        "platform": network.platform,
        "url": network.customs.post_url(network, network.posts[post_id]),
        "shares": [_share(network, epoch, share) for share in shares],
    }


def _shares(network: Network, post_id: int) -> Iterator[Post]:
    yield from _latest_by_author(network.every_pass(post_id, Kind.REPOST))
    yield from network.every_pass(post_id, Kind.QUOTE)


def _latest_by_author(reposts: Iterable[Post]) -> Iterable[Post]:
    """A repost that was undone and done again is one share, known by its newest id."""
    return {repost.author_id: repost for repost in reposts}.values()


def _share(network: Network, epoch: int, share: Post) -> dict[str, Any]:
    actor = network.accounts[share.author_id]
    is_removed = share.removed_at is not None
    has_vanished_early = share.removed_at is not None and share.removed_at < epoch
    told = {
        "actor": actor.handle,
        "actorId": network.customs.account_id(actor),
        "kind": share.kind.value,
        "id": network.customs.post_id(network, share),
        "at": rfc3339(share.at),
        "isConsenting": actor.is_consenting,
        "isKnowable": actor.is_public and not has_vanished_early,
        "isRemoved": is_removed,
        "resharers": _resharers(network, share),
        **network.customs.more_truth(network, share),
    }
    people = (network.by_handle(handle) for handle in told["resharers"])
    told["resharerIds"] = [network.customs.account_id(each) for each in people if each]
    return told


def _resharers(network: Network, share: Post) -> list[str]:
    """Return who passed a share on, of those whom the network shows."""
    passes = (
        *network.every_pass(share.id, Kind.REPOST),
        *network.every_pass(share.id, Kind.QUOTE),
    )
    authors = {each.author_id for each in passes if each.removed_at is None}
    accounts = (network.accounts[author_id] for author_id in authors - {share.author_id})
    return sorted(account.handle for account in accounts if account.is_public)
