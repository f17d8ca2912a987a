"""X: post ids, the time inside them, and the addresses of posts."""

import re
from datetime import UTC, datetime, timedelta

from api.domain.matching.address import Address
from api.domain.matching.reference import NeedsRedirect, Parsed, PostRef, Reason, Refused
from api.domain.platform import Platform

HOSTS = frozenset(
    prefix + host for host in ("x.com", "twitter.com") for prefix in ("", "www.", "m.", "mobile.")
)
SHORT_HOSTS = frozenset({"t.co"})
EMBED_HOSTS = frozenset({"platform.twitter.com", "platform.x.com"})

_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_POST = re.compile(
    r"/(?:i/web/status|statuses|(?P<author>[A-Za-z0-9_]{1,15})/status(?:es)?)/(?P<id>[^/]+)"
    r"(?:/(?:photo|video)/[0-9]{1,2})?/?"
)
_SHORT = re.compile(r"/[A-Za-z0-9]{1,32}/?")
_EMBED = "/embed/Tweet.html"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MILLISECOND = 1_288_834_974_657


def is_id(text: str) -> bool:
    """Tell whether a text is an id of X as the service writes it: digits, no zero in front."""
    return _ID.fullmatch(text) is not None and not text.startswith("0")


def is_handle(text: str) -> bool:
    """Tell whether a text can be a handle of X."""
    return _HANDLE.fullmatch(text) is not None


def snowflake_time(native_id: str) -> datetime:
    """Return when X made a post, read from its id; an id from before 2010-11-04 answers that day.

    Raises:
        ValueError: the text is no id of X.
    """
    if not is_id(native_id):
        raise ValueError("Not an id of X.")
    return _EPOCH + timedelta(milliseconds=(int(native_id) >> 22) + _FIRST_MILLISECOND)


def canonical_url(native_id: str) -> str:
    """Return the one address under which Gema keeps a post of X."""
    return f"https://x.com/i/web/status/{native_id}"


def post(native_id: str, *, author: str | None = None) -> PostRef:
    """Name a post of X by its id."""
    return PostRef(Platform.X, native_id, canonical_url(native_id), author)


def parse(address: Address) -> Parsed:
    """Read an address on one of X's hosts."""
    if address.host in SHORT_HOSTS:
        return _short_link(address)
    if address.host in EMBED_HOSTS:
        return _embedded(address)
    match = _POST.fullmatch(address.path)
    if match is None:
        return Refused(Reason.NOT_A_POST)
    if not is_id(match["id"]):
        return Refused(Reason.BAD_ID)
    author = match["author"]
    return post(match["id"], author=None if author in (None, "i") else author)


def _embedded(address: Address) -> Parsed:
    native_id = address.parameter("id")
    if address.path != _EMBED or native_id is None:
        return Refused(Reason.NOT_A_POST)
    return post(native_id) if is_id(native_id) else Refused(Reason.BAD_ID)


def _short_link(address: Address) -> Parsed:
    if not _SHORT.fullmatch(address.path):
        return Refused(Reason.NOT_A_POST)
    return NeedsRedirect(Platform.X, f"https://{address.host}{address.path.rstrip('/')}")
