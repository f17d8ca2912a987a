"""What media and accounts are called on Instagram, and what can be known of a share."""

import base64
import re
from typing import Any

from workers.sandbox.chance import draw
from workers.sandbox.naming.graph import GraphCustoms
from workers.sandbox.network import Account, Kind, Network, Post

_SITE = "https://www.instagram.com"
_PROFESSIONALS, _TAGGERS = 0.7, 0.4
_CODE = re.compile(r"[A-Za-z0-9_-]{11}")
_MEDIA_PREFIX = "17"


class InstagramCustoms(GraphCustoms):
    """A medium has a code in its address and another number in the API."""

    def handle(self, stem: str) -> str:
        return f"{stem.lower()}.ig"

    def post_id(self, network: Network, post: Post) -> str:
        return base64.urlsafe_b64encode(post.id.to_bytes(8, "big")).decode().rstrip("=")

    def post_url(self, network: Network, post: Post) -> str:
        return f"{_SITE}/p/{self.post_id(network, post)}/"

    def find_post(self, network: Network, text: str) -> Post | None:
        code = text.rstrip("/").rsplit("/", 1)[-1]
        if not _CODE.fullmatch(code):
            return None
        return network.posts.get(int.from_bytes(base64.urlsafe_b64decode(f"{code}="), "big"))

    def more_truth(self, network: Network, share: Post) -> dict[str, Any]:
        """Tell by what a share is knowable. A reshared story is in no list."""
        ways = self._ways(network, share) if self.is_lasting(share) else []
        return {
            "kind": kind_of(share),
            "mediaId": media_id(share),
            "isKnowable": bool(ways),
            "knowableBy": ways,
            "resharers": [],
            "reshareCount": reshare_count(network, share),
        }

    def _ways(self, network: Network, share: Post) -> list[str]:
        author = network.accounts[share.author_id]
        if share.kind is Kind.REPOST or author.is_suspended:
            return []
        has_own = self.has_login(network, author) and is_professional(network, author)
        public = "TAGS" if has_tag(share) else "MENTIONS"
        return ["OWN_MEDIA"] * has_own + [public] * author.is_public


def kind_of(share: Post) -> str:
    """Return how a share passes a medium on."""
    if share.kind is Kind.REPOST:
        return "STORY_MENTION"
    return "TAG" if has_tag(share) else "MENTION"


def has_tag(share: Post) -> bool:
    """Tell whether a medium tags the ministry; else its caption mentions it."""
    return draw("tag", share.id) < _TAGGERS


def is_professional(network: Network, account: Account) -> bool:
    """Tell whether an account is professional; personal ones cannot be counted."""
    is_owner = any(
        network.posts[each].author_id == account.id for each in network.program_post_ids[:100]
    )
    return is_owner or draw("professional", account.id) < _PROFESSIONALS


def media_id(post: Post) -> str:
    """Return the number of a medium in the API; no address shows it."""
    return f"{_MEDIA_PREFIX}{post.id}"


def find_media(network: Network, native_id: str) -> Post | None:
    """Return the medium with this number."""
    number = native_id.removeprefix(_MEDIA_PREFIX)
    is_id = native_id.startswith(_MEDIA_PREFIX) and number.isdigit()
    return network.posts.get(int(number)) if is_id else None


def reshare_count(network: Network, post: Post) -> int:
    """Return how often a medium was passed on: a total without names."""
    passes = (network.every_pass(post.id, kind) for kind in (Kind.REPOST, Kind.QUOTE))
    return sum(each.removed_at is None for some in passes for each in some)
