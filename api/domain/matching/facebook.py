"""Facebook: the addresses of posts. The final address is the one that the API gives."""

import re

from api.domain.matching.address import Address, read_address
from api.domain.matching.reference import NeedsRedirect, Parsed, PostRef, Reason, Refused
from api.domain.platform import Platform

_PREFIXES = ("", "www.", "m.", "web.", "mbasic.", "touch.", "id-id.")
HOSTS = frozenset(f"{prefix}facebook.com" for prefix in _PREFIXES) | {"fb.com", "www.fb.com"}
SHORT_HOSTS = frozenset({"fb.watch"})

_WHO = r"(?P<who>[A-Za-z0-9.-]{1,100})"
_ID = r"(?P<id>[0-9]{1,32}|pfbid[A-Za-z0-9]{1,200})"
_IS_ID = re.compile(_ID)
_IS_PAGE_POST = re.compile(r"[0-9]{1,32}(_[0-9]{1,32})?|pfbid[A-Za-z0-9]{1,200}")
_PATHS = (
    re.compile(rf"/{_WHO}/posts/(?:[^/]+/)?{_ID}/?"),
    re.compile(rf"/{_WHO}/videos/(?:[^/]+/)?{_ID}/?"),
    re.compile(rf"/{_WHO}/photos/(?:[^/]+/)?{_ID}/?"),
    re.compile(rf"/reel/{_ID}/?"),
    re.compile(rf"/groups/(?P<group>[A-Za-z0-9.]{{1,100}})/(?:posts|permalink)/{_ID}/?"),
    re.compile(rf"/events/{_ID}/?"),
)
_QUERIES = {
    "/permalink.php": "story_fbid",
    "/story.php": "story_fbid",
    "/photo.php": "fbid",
    "/photo": "fbid",
    "/watch": "v",
    "/watch/live": "v",
}
_EMBEDS = frozenset({"/plugins/post.php", "/plugins/video.php"})
_SHARE = re.compile(r"/share/[pvr]/[A-Za-z0-9_-]{1,64}/?")
_SHORT = re.compile(r"/[A-Za-z0-9_-]{1,64}/?")


def is_id(text: str) -> bool:
    """Tell whether a text can be the id of a post: digits, page and post, or an opaque `pfbid`."""
    return _IS_PAGE_POST.fullmatch(text) is not None


def canonical_url(native_id: str) -> str:
    """Return an address that leads to the post; the API's own permanent address replaces it."""
    return f"https://www.facebook.com/{native_id}"


def parse(address: Address) -> Parsed:
    """Read an address on one of Facebook's hosts."""
    is_short = address.host in SHORT_HOSTS and _SHORT.fullmatch(address.path)
    if is_short or (address.host in HOSTS and _SHARE.fullmatch(address.path)):
        return NeedsRedirect(Platform.FACEBOOK, f"https://{address.host}{address.path.rstrip('/')}")
    if address.host in SHORT_HOSTS:
        return Refused(Reason.NOT_A_POST)
    if address.path in _EMBEDS:
        return _embedded(address)
    return _shown(address)


def _shown(address: Address) -> Parsed:
    if name := _QUERIES.get(address.path.rstrip("/")):
        return _from_query(address, name)
    return _from_path(address.path)


def _embedded(address: Address) -> Parsed:
    """Read the address inside that of an embedded post; it is checked as if it had been typed."""
    inner = read_address(address.parameter("href") or "")
    if isinstance(inner, Refused) or inner.host not in HOSTS:
        return Refused(Reason.NOT_A_POST)
    return _shown(inner)


def _from_query(address: Address, name: str) -> Parsed:
    native_id = address.parameter(name)
    if native_id is None:
        return Refused(Reason.NOT_A_POST)
    if not _IS_ID.fullmatch(native_id):
        return Refused(Reason.BAD_ID)
    return _post(native_id, address.parameter("id") if name == "story_fbid" else None)


def _from_path(path: str) -> Parsed:
    for pattern in _PATHS:
        if match := pattern.fullmatch(path):
            return _post(match["id"], match.groupdict().get("who"))
    return Refused(Reason.NOT_A_POST)


def _post(native_id: str, who: str | None) -> PostRef:
    is_page_post = who is not None and who.isdigit() and native_id.isdigit()
    full_id = f"{who}_{native_id}" if is_page_post else native_id
    return PostRef(Platform.FACEBOOK, full_id, canonical_url(full_id), who)
