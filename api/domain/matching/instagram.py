"""Instagram: the addresses of posts and stories, joined with the API on the shortcode."""

import re

from api.domain.matching.address import Address
from api.domain.matching.reference import NeedsRedirect, Parsed, PostRef, Reason, Refused
from api.domain.platform import Platform

HOSTS = frozenset(
    prefix + host for host in ("instagram.com", "instagr.am") for prefix in ("", "www.", "m.")
)

_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HANDLE = r"[A-Za-z0-9._]{1,30}"
_POST = re.compile(
    rf"(?:/(?P<author>{_HANDLE}))?/(?:p|tv|reel|reels)/(?P<code>[A-Za-z0-9_-]{{1,64}})"
    r"(?:/embed(?:/captioned)?)?/?"
)
# A highlight is a collection, whatever its address looks like.
_STORY = re.compile(rf"/stories/(?!highlights/)(?P<author>{_HANDLE})/(?P<id>[0-9]{{1,32}})/?")
_SHARE = re.compile(r"/share/(?:(?:p|reel)/)?[A-Za-z0-9_-]{1,64}/?")


def is_id(text: str) -> bool:
    """Tell whether a text can be a shortcode."""
    return _CODE.fullmatch(text) is not None


def canonical_url(code: str) -> str:
    """Return the one address under which Gema keeps a post of Instagram."""
    return f"https://www.instagram.com/p/{code}/"


def parse(address: Address) -> Parsed:
    """Read an address on one of Instagram's hosts."""
    if _SHARE.fullmatch(address.path):
        return NeedsRedirect(Platform.INSTAGRAM, f"https://www.instagram.com{address.path}")
    if match := _POST.fullmatch(address.path):
        return PostRef(
            Platform.INSTAGRAM, match["code"], canonical_url(match["code"]), match["author"]
        )
    if match := _STORY.fullmatch(address.path):
        url = f"https://www.instagram.com/stories/{match['author']}/{match['id']}/"
        return PostRef(Platform.INSTAGRAM, match["id"], url, match["author"])
    return Refused(Reason.NOT_A_POST)
