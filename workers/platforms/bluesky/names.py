"""Names of the AT Protocol: DIDs, handles, and the addresses of records."""

import re
from datetime import datetime

from api.domain.matching import bluesky as post_ids
from workers.platforms import wire
from workers.platforms.paging import earliest

_DID = re.compile(r"did:(?:plc|web):[A-Za-z0-9._:%-]{1,200}")
_HANDLE = re.compile(r"(?=.{3,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]+")
_REPOST = re.compile(
    rf"at://(?P<actor>{_DID.pattern})/app\.bsky\.feed\.repost/[A-Za-z0-9._:~-]{{1,512}}"
)
_BROKEN_HANDLE = "handle.invalid"


def is_did(text: str | None) -> bool:
    """Tell whether a text names an account for good."""
    return text is not None and _DID.fullmatch(text) is not None


def is_handle(text: str) -> bool:
    """Tell whether a text can be a handle."""
    return _HANDLE.fullmatch(text) is not None


def is_post(text: str | None) -> bool:
    """Tell whether a text is the address of a post of an account that is named for good."""
    return text is not None and post_ids.is_id(text) and is_did(actor_of(text))


def is_repost_of(text: str | None, did: str) -> bool:
    """Tell whether a text is the address of a repost by this account."""
    match = _REPOST.fullmatch(text or "")
    return match is not None and match["actor"] == did


def actor_of(at_uri: str) -> str:
    """Return whose record an address names: a DID or a handle."""
    return at_uri.removeprefix(post_ids.AT_SCHEME).split("/", 1)[0]


def handle_of(profile: wire.Row) -> str | None:
    """Return the handle of a profile; one that does not lead back to its account is none."""
    handle = wire.text(profile, "handle")
    return None if handle == _BROKEN_HANDLE else handle


def made_at(record: wire.Row, latest: datetime | None) -> datetime | None:
    """Return when a record was made; its author's clock may run ahead of what others saw."""
    return earliest(wire.moment(record, "createdAt"), latest)
