"""Mastodon: addresses of posts on the hosts that are allowed. Ids belong to one host."""

import re

from api.domain.matching.address import Address
from api.domain.matching.reference import Parsed, PostRef, Reason, Refused
from api.domain.platform import Platform

_USER = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?"
_PAGE = re.compile(
    rf"(?:/web|/deck)?/@(?P<user>{_USER}(?:@[A-Za-z0-9.-]{{1,253}})?)/(?P<id>[0-9]{{1,20}})"
    r"(?:/embed)?/?"
)
_STATUS = re.compile(rf"/users/(?P<user>{_USER})/statuses/(?P<id>[0-9]{{1,20}})/?")
_CANONICAL = re.compile(
    rf"https://[a-z0-9.-]{{1,253}}/@{_USER}(?:@[A-Za-z0-9.-]{{1,253}})?/[0-9]{{1,20}}"
)


def is_id(text: str) -> bool:
    """Tell whether a text is the canonical address that stands for a post."""
    return _CANONICAL.fullmatch(text) is not None


def canonical_url(native_id: str) -> str:
    """Return the address of a post: it is its id."""
    return native_id


def parse(address: Address) -> Parsed:
    """Read an address on an allowed host."""
    match = _PAGE.fullmatch(address.path) or _STATUS.fullmatch(address.path)
    if match is None:
        return Refused(Reason.NOT_A_POST)
    url = f"https://{address.host}/@{match['user']}/{match['id']}"
    return PostRef(Platform.MASTODON, url, url, author=match["user"])
