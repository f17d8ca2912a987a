"""Bluesky: at-uris and the addresses of posts. A handle in them is resolved to a DID later."""

import re

from api.domain.matching.address import LONGEST_URL_LENGTH, Address
from api.domain.matching.reference import Parsed, PostRef, Reason, Refused
from api.domain.platform import Platform

HOSTS = frozenset({"bsky.app", "www.bsky.app"})
EMBED_HOSTS = frozenset({"embed.bsky.app"})
AT_SCHEME = "at://"

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ACTOR = rf"(?P<actor>did:(?:plc|web):[A-Za-z0-9._:%-]{{1,200}}|(?:{_LABEL}\.)+[A-Za-z]{{2,63}})"
_PAGE = re.compile(rf"/profile/{_ACTOR}/post/(?P<key>[^/]+)/?")
_EMBED = re.compile(rf"/embed/{_ACTOR}/app\.bsky\.feed\.post/(?P<key>[^/]+)/?")
_AT_URI = re.compile(rf"at://{_ACTOR}/app\.bsky\.feed\.post/(?P<key>[^/?#]+)")
_KEY = re.compile(r"[2-7a-z]{13}")


def is_id(text: str) -> bool:
    """Tell whether a text is the at-uri of a post."""
    match = _AT_URI.fullmatch(text) if len(text) <= LONGEST_URL_LENGTH else None
    return match is not None and _KEY.fullmatch(match["key"]) is not None


def canonical_url(at_uri: str) -> str:
    """Return the address for people of a post that an at-uri names."""
    actor, _, key = at_uri.removeprefix(AT_SCHEME).split("/")
    return f"https://bsky.app/profile/{actor}/post/{key}"


def parse(address: Address) -> Parsed:
    """Read an address on one of Bluesky's own hosts."""
    page = _EMBED if address.host in EMBED_HOSTS else _PAGE
    return _read(page.fullmatch(address.path))


def parse_at_uri(text: str) -> Parsed:
    """Read an at-uri, the network's own name for a post."""
    return _read(_AT_URI.fullmatch(text.strip()) if len(text) <= LONGEST_URL_LENGTH else None)


def _read(match: re.Match[str] | None) -> Parsed:
    if match is None:
        return Refused(Reason.NOT_A_POST)
    if not _KEY.fullmatch(match["key"]):
        return Refused(Reason.BAD_ID)
    actor = match["actor"] if match["actor"].startswith("did:") else match["actor"].lower()
    at_uri = f"at://{actor}/app.bsky.feed.post/{match['key']}"
    is_did = actor.startswith("did:")
    return PostRef(
        Platform.BLUESKY,
        at_uri,
        canonical_url(at_uri),
        author=None if is_did else actor,
        author_id=actor if is_did else None,
    )
