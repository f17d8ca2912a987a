"""Who is on Facebook, what things are called there, and what can be known of a share."""

from typing import Any

from workers.sandbox.naming.graph import GraphCustoms
from workers.sandbox.network import Kind, Network, Post

_SITE = "https://www.facebook.com"


class FacebookCustoms(GraphCustoms):
    """A post is named by its author and a number; only shares of consenting people are told."""

    def handle(self, stem: str) -> str:
        return stem.lower().replace("_", ".")

    def post_id(self, network: Network, post: Post) -> str:
        return f"{post.author_id}_{post.id}"

    def post_url(self, network: Network, post: Post) -> str:
        return f"{_SITE}/{post.author_id}/posts/{post.id}"

    def find_post(self, network: Network, text: str) -> Post | None:
        number = text.rstrip("/").replace("_", "/").rsplit("/", 1)[-1]
        return network.posts.get(int(number)) if number.isdigit() else None

    def more_truth(self, network: Network, share: Post) -> dict[str, Any]:
        """Tell by what a share is knowable: the author's own timeline, or the list of shares."""
        author = network.accounts[share.author_id]
        is_told = self.has_login(network, author) and self.is_lasting(share)
        ways = ["OWN_POSTS"] * is_told + ["SHAREDPOSTS"] * (is_told and author.is_public)
        return {
            "isKnowable": bool(ways),
            "knowableBy": ways,
            "resharers": self._named_resharers(network, share),
            "reshareCount": len(_passes(network, share)),
        }

    def _named_resharers(self, network: Network, share: Post) -> list[str]:
        authors = {each.author_id for each in _passes(network, share)} - {share.author_id}
        accounts = (network.accounts[author_id] for author_id in authors)
        return sorted(
            each.handle for each in accounts if each.is_public and self.has_login(network, each)
        )


def _passes(network: Network, share: Post) -> list[Post]:
    passes = (network.every_pass(share.id, kind) for kind in (Kind.REPOST, Kind.QUOTE))
    return [each for some in passes for each in some if each.removed_at is None]
