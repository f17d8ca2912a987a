"""Which post an address names, and what a share is called: ids, canonical addresses, identity."""

from collections.abc import Callable, Collection, Mapping, Sequence

from api.domain.matching import bluesky, facebook, instagram, mastodon, x
from api.domain.matching.address import Address, read_address, refuse_host
from api.domain.matching.reference import (
    NeedsRedirect,
    Parsed,
    PostRef,
    ProfileRef,
    Reason,
    Refused,
)
from api.domain.matching.x import snowflake_time
from api.domain.platform import Platform, ShareKind
from api.errors import Refusal

__all__ = [
    "NeedsRedirect",
    "Parsed",
    "PostRef",
    "ProfileRef",
    "Reason",
    "Refused",
    "canonical_post_url",
    "parse_post_url",
    "post_from_id",
    "post_from_url",
    "share_key",
    "snowflake_time",
]

_PARSERS: Mapping[str, Callable[[Address], Parsed]] = {
    **dict.fromkeys(x.HOSTS | x.SHORT_HOSTS | x.EMBED_HOSTS, x.parse),
    **dict.fromkeys(facebook.HOSTS | facebook.SHORT_HOSTS, facebook.parse),
    **dict.fromkeys(instagram.HOSTS, instagram.parse),
    **dict.fromkeys(bluesky.HOSTS | bluesky.EMBED_HOSTS, bluesky.parse),
}
_IDS: Mapping[Platform, tuple[Callable[[str], bool], Callable[[str], str]]] = {
    Platform.X: (x.is_id, x.canonical_url),
    Platform.FACEBOOK: (facebook.is_id, facebook.canonical_url),
    Platform.INSTAGRAM: (instagram.is_id, instagram.canonical_url),
    Platform.BLUESKY: (bluesky.is_id, bluesky.canonical_url),
    Platform.MASTODON: (mastodon.is_id, mastodon.canonical_url),
}
_SENTENCES: Mapping[Reason, str] = {
    Reason.MALFORMED: "This is not a web address.",
    Reason.NOT_HTTPS: "The address must start with https://.",
    Reason.USER_INFO: "The address must not contain a user name or a password.",
    Reason.PORT: "The address must not contain a port.",
    Reason.PRIVATE_ADDRESS: "The address must be on a public network.",
    Reason.LOOK_ALIKE_HOST: "This host only looks like that of a network; copy the address again.",
    Reason.UNKNOWN_HOST: "This host is not one of the networks that Gema follows.",
    Reason.NOT_A_POST: "The address does not lead to one post.",
    Reason.BAD_ID: "The id of the post in the address cannot be right.",
}


def parse_post_url(url: str, *, mastodon_hosts: Collection[str] = ()) -> Parsed:
    """Say which post an address names, that its redirect must be asked, or why it is refused."""
    if url.strip().startswith(bluesky.AT_SCHEME):
        return bluesky.parse_at_uri(url)
    address = read_address(url)
    if isinstance(address, Refused):
        return address
    if parser := _PARSERS.get(address.host):
        return parser(address)
    if address.host in mastodon_hosts:
        return mastodon.parse(address)
    return refuse_host(address.host, _PARSERS)


def post_from_url(
    url: str,
    *,
    platform: Platform | None = None,
    field: Sequence[str] | None = None,
    mastodon_hosts: Collection[str] = (),
) -> PostRef | NeedsRedirect:
    """Read the address of a post that a person typed, on the platform that they named.

    Raises:
        Refusal: code INVALID_URL. The address is not repeated: it may hold a secret.
    """
    parsed = parse_post_url(url, mastodon_hosts=mastodon_hosts)
    if isinstance(parsed, Refused):
        raise Refusal(_SENTENCES[parsed.reason], code="INVALID_URL", field=field)
    if platform not in (None, parsed.platform):
        raise Refusal("The address leads to another network.", code="INVALID_URL", field=field)
    return parsed


def canonical_post_url(platform: Platform, native_id: str) -> str:
    """Return the address for people of a post whose id is known.

    Raises:
        Refusal: code INVALID_URL, when the network has no such ids.
    """
    is_id, canonical_url = _IDS[platform]
    if not is_id(native_id):
        raise Refusal(_SENTENCES[Reason.BAD_ID], code="INVALID_URL")
    return canonical_url(native_id)


def post_from_id(platform: Platform, native_id: str) -> PostRef:
    """Name a post whose id is known; refuses like `canonical_post_url`."""
    return PostRef(platform, native_id, canonical_post_url(platform, native_id))


def share_key(
    platform: Platform, kind: ShareKind, *, post_id: str, actor_id: str, native_id: str | None
) -> str:
    """Return what makes a share one share, however often and by whatever way it is seen.

    A repost exists once for an account and a post, and its own id may arrive later or change.
    Every other kind is a post of its own and is known by its id.
    """
    if kind is ShareKind.REPOST:
        return f"{platform}:{kind}:{post_id}:{actor_id}"
    if native_id is None:
        raise ValueError("Only a repost is known without an id of its own.")
    return f"{platform}:{kind}:{native_id}"
