"""What Bluesky calls accounts and records: DIDs, record keys, at-uris and content ids."""

import base64
import re
from hashlib import blake2b

from workers.sandbox.customs import Customs
from workers.sandbox.network import Account, Kind, Network, Post
from workers.sandbox.snowflake import id_at, low_of

POSTS, REPOSTS = "app.bsky.feed.post", "app.bsky.feed.repost"
_DOMAIN = "bsky.contoh.id"
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_KEY_LENGTH = 13
_CLOCK_BITS, _SPARE_BITS = 10, 4
_CHECK_BYTES = 7
_AT_URI = re.compile(r"at://(?P<actor>[^/]+)/(?P<collection>[A-Za-z.]+)/(?P<key>[2-7a-z]{13})")
_PAGE = re.compile(r"https://bsky\.app/profile/(?P<actor>[^/]+)/post/(?P<key>[2-7a-z]{13})")
_DID = re.compile(r"did:plc:[2-7a-z]{24}")


class BlueskyCustoms(Customs):
    """Names are derived from the numbers inside, so that each leads back to its thing."""

    is_repost_replaced = True

    def handle(self, stem: str) -> str:
        return f"{stem.lower().replace('_', '-')}.{_DOMAIN}"

    def account_id(self, account: Account) -> str:
        return did(account.id)

    def post_id(self, network: Network, post: Post) -> str:
        return at_uri(post)

    def post_url(self, network: Network, post: Post) -> str:
        return f"https://bsky.app/profile/{did(post.author_id)}/post/{record_key(post.id)}"

    def find_post(self, network: Network, text: str) -> Post | None:
        match = _AT_URI.fullmatch(text) or _PAGE.fullmatch(text)
        return None if match is None else named_post(network, match["actor"], match["key"])


def did(account_id: int) -> str:
    """Return the immutable name of an account."""
    number = account_id.to_bytes(8, "big")
    check = blake2b(number, digest_size=_CHECK_BYTES).digest()
    return f"did:plc:{base64.b32encode(check + number).decode().lower()}"


def account_named(network: Network, actor: str) -> Account | None:
    """Return the account behind a DID or a handle."""
    if not _DID.fullmatch(actor):
        return network.by_handle(actor)
    sealed = base64.b32decode(actor.removeprefix("did:plc:").upper())
    account = network.accounts.get(int.from_bytes(sealed[_CHECK_BYTES:], "big"))
    return account if account is not None and did(account.id) == actor else None


def is_at_uri(text: str) -> bool:
    """Tell whether a text is an at-uri of a record."""
    return _AT_URI.fullmatch(text) is not None


def named_post(network: Network, actor: str, key: str) -> Post | None:
    """Return an account's record of any kind by its key, also one that is gone."""
    account, post = account_named(network, actor), network.posts.get(number_of(key))
    return post if post is not None and account and post.author_id == account.id else None


def at_uri(post: Post) -> str:
    """Return the network's own name of a record."""
    collection = REPOSTS if post.kind is Kind.REPOST else POSTS
    return f"at://{did(post.author_id)}/{collection}/{record_key(post.id)}"


def record_key(post_id: int) -> str:
    """Return a key of thirteen characters that tells its time and sorts by it."""
    at, low = low_of(post_id)
    spare = (1 << _SPARE_BITS) - 1
    number = ((at * 1_000_000 + (low >> _SPARE_BITS)) << _CLOCK_BITS) | (low & spare)
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_KEY_LENGTH)))


def number_of(key: str) -> int:
    """Return the number inside of the post with this key; no post has it if it is made up."""
    number = 0
    for digit in key:
        number = number << 5 | _DIGITS.index(digit)
    at, micro = divmod(number >> _CLOCK_BITS, 1_000_000)
    return id_at(at, micro << _SPARE_BITS | (number & (1 << _SPARE_BITS) - 1))


def content_id(uri: str) -> str:
    """Return the content id of a record."""
    digest = blake2b(uri.encode(), digest_size=32).digest()
    return "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().lower().rstrip("=")
