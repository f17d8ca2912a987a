"""Accounts on networks: what their immutable ids look like, and the addresses of their profiles."""

import re
from collections.abc import Mapping, Sequence

from api.domain.platform import Platform
from api.errors import Refusal

_NUMBER = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_IDS: Mapping[Platform, re.Pattern[str]] = {
    Platform.X: _NUMBER,
    Platform.INSTAGRAM: _NUMBER,
    Platform.FACEBOOK: _NUMBER,
    Platform.BLUESKY: re.compile(r"did:(?:plc|web):[A-Za-z0-9._:%-]{1,115}"),
    Platform.MASTODON: re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/-]{0,127}"),
}


def check_platform_user_id(
    platform: Platform, text: str, *, field: Sequence[str] | None = None
) -> str:
    """Return the immutable id of an account if it looks like one of this network.

    Raises:
        Refusal: code INVALID. The text is not repeated.
    """
    if _IDS[platform].fullmatch(text):
        return text
    raise Refusal(f"Accounts on {platform} have no such ids.", code="INVALID", field=field)


def profile_url(platform: Platform, handle: str) -> str:
    """Return the address for people of the account with this normalised handle."""
    if platform is Platform.MASTODON:
        name, _, host = handle.partition("@")
        return f"https://{host}/@{name}"
    start = {
        Platform.X: "https://x.com/",
        Platform.INSTAGRAM: "https://www.instagram.com/",
        Platform.FACEBOOK: "https://www.facebook.com/",
        Platform.BLUESKY: "https://bsky.app/profile/",
    }
    return start[platform] + handle
