"""Handles: the public names of accounts, in the one form under which Gema keeps them."""

import re
from collections.abc import Mapping, Sequence

from api.domain.platform import Platform
from api.errors import Refusal

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?"
_SHAPES: Mapping[Platform, re.Pattern[str]] = {
    Platform.X: re.compile(r"[a-z0-9_]{1,15}"),
    Platform.INSTAGRAM: re.compile(r"(?!\.)(?!.*\.\.)[a-z0-9._]{1,30}(?<!\.)"),
    Platform.FACEBOOK: re.compile(r"(?!\.)(?!.*\.\.)[a-z0-9.]{5,50}(?<!\.)"),
    Platform.BLUESKY: re.compile(_DOMAIN),
    Platform.MASTODON: re.compile(rf"[a-z0-9_](?:[a-z0-9_.-]{{0,62}}[a-z0-9_])?@{_DOMAIN}"),
}
_SENTENCES: Mapping[Platform, str] = {
    Platform.X: "A handle on X has 1 to 15 letters, digits or underscores.",
    Platform.INSTAGRAM: "A handle on Instagram has 1 to 30 letters, digits, dots or underscores.",
    Platform.FACEBOOK: "A handle on Facebook has 5 to 50 letters, digits or dots.",
    Platform.BLUESKY: "A handle on Bluesky is a domain name, such as name.bsky.social.",
    Platform.MASTODON: "A handle on Mastodon is name@host.",
}
_LONGEST_LENGTH = 320


def normalise_handle(platform: Platform, text: str, *, field: Sequence[str] | None = None) -> str:
    """Return a handle without its @ and in lower case, since networks ignore the case.

    Raises:
        Refusal: code INVALID_HANDLE. The text is not repeated: it may hold a secret.
    """
    handle = text.strip(" ").removeprefix("@")
    if problem := _problem(platform, handle):
        raise Refusal(problem, code="INVALID_HANDLE", field=field)
    return handle.lower()


def _problem(platform: Platform, handle: str) -> str | None:
    if "/" in handle or ":" in handle:
        return "Give the handle only, not an address."
    if any(character.isspace() for character in handle):
        return "A handle contains no spaces."
    if not handle.isascii():
        return "A handle has plain Latin letters only: no emoji, no letters that look alike."
    if len(handle) > _LONGEST_LENGTH or not _SHAPES[platform].fullmatch(handle.lower()):
        return _SENTENCES[platform]
    return None
