"""How a network names its things, and which acts it allows: X's customs unless told otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workers.sandbox.network import Account, Network, Post


class Customs:
    """The customs of X. Other networks override what is different there."""

    is_repost_replaced = False
    """Whether a second repost by the same account takes the place of the first, under a new id."""
    can_rename = True
    audience_source = "PUBLIC_API"

    def handle(self, stem: str) -> str:
        """Return the handle of a newcomer."""
        return stem

    def account_id(self, account: Account) -> str:
        """Return what the network calls an account for good."""
        return str(account.id)

    def full_handle(self, account: Account) -> str:
        """Return the handle by which the registry knows an account."""
        return account.handle

    def post_id(self, network: Network, post: Post) -> str:
        """Return what the network calls a post, a quote or a repost."""
        return str(post.id)

    def post_url(self, network: Network, post: Post) -> str:
        """Return the canonical address of a post."""
        return f"https://x.com/i/web/status/{post.id}"

    def find_post(self, network: Network, text: str) -> Post | None:
        """Return the post that an id or an address names."""
        return network.posts.get(int(text)) if text.isdigit() else None

    def more_truth(self, network: Network, share: Post) -> dict[str, Any]:
        """Return what the truth tells of a share beyond what it tells of those on X."""
        return {}
