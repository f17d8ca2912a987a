"""What posts and accounts are called across hosts; a number belongs to one host only."""

import re
from urllib.parse import urlsplit

from api.domain.matching import mastodon as post_ids
from api.domain.matching.address import Address
from api.domain.matching.reference import PostRef
from workers.platforms import wire

_LONGEST = 500
_NUMBER = re.compile(r"[0-9]{1,20}")
_POST = re.compile(r"https?://(?P<host>[^/]+)/@[^/]+/(?P<number>[0-9]{1,20})")
_BOOST = "/activity"
_ACCOUNT = re.compile(r"https?://(?P<host>[^/]+)/(?:users/|@)(?P<name>[A-Za-z0-9_.-]{1,64})")
_NUMBERED = re.compile(r"https?://(?P<host>[^/]+)/ap/users/(?P<number>[0-9]{1,20})")
_ACCT = re.compile(r"@?(?P<name>[A-Za-z0-9_.-]{1,64})(?:@(?P<host>[A-Za-z0-9.:-]{1,253}))?")


def is_number(text: str | None) -> bool:
    """Tell whether a text can be an id on one host."""
    return text is not None and _NUMBER.fullmatch(text) is not None


def post_name(status: wire.Row) -> str | None:
    """Return what a post is called everywhere: its canonical address, else its `uri`.

    The page address counts only if it is on the host of the `uri`, which the author's host vouches
    for.
    """
    uri = _address(status, "uri")
    if uri is None:
        return None
    url = _address(status, "url")
    is_same_host = url is not None and urlsplit(url).netloc == urlsplit(uri).netloc
    page = _canonical(url) if url is not None and is_same_host else None
    return page or _canonical(uri.removesuffix(_BOOST)) or uri


def place_of(post_id: str) -> tuple[str, str] | None:
    """Return the host and the number of a post that has a canonical address."""
    match = _POST.fullmatch(post_id)
    return (match["host"].lower(), match["number"]) if match else None


def account_name(account: wire.Row, host: str) -> str | None:
    """Return what an account is called everywhere: its `uri`; old servers tell its page only."""
    if uri := _address(account, "uri"):
        return uri
    if match := _ACCOUNT.fullmatch(_address(account, "url") or ""):
        return f"https://{match['host']}/users/{match['name']}"
    match = _ACCT.fullmatch(wire.text(account, "acct") or "")
    return f"https://{match['host'] or host}/users/{match['name']}" if match else None


def account_handle(account: wire.Row, host: str) -> str | None:
    """Return the handle of an account with its host, as people of other hosts write it."""
    match = _ACCT.fullmatch(wire.text(account, "acct") or "")
    return f"{match['name']}@{match['host'] or host}" if match else None


def acct_of(name: str) -> tuple[str | None, str] | None:
    """Return host and user name that an account's id or handle tells; the host may be missing."""
    match = _ACCOUNT.fullmatch(name) or _ACCT.fullmatch(name)
    return (match["host"] and match["host"].lower(), match["name"]) if match else None


def numbered_account(name: str) -> tuple[str, str] | None:
    """Return host and number of an account whose id tells no user name."""
    match = _NUMBERED.fullmatch(name)
    return (match["host"].lower(), match["number"]) if match else None


def _address(source: wire.Row, name: str) -> str | None:
    found = wire.text(source, name)
    is_web = found is not None and len(found) <= _LONGEST and re.match(r"https?://\S+$", found)
    return found if is_web else None


def _canonical(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    parsed = post_ids.parse(Address(parts.netloc.lower(), parts.path, ""))
    return parsed.id if parts.scheme == "https" and isinstance(parsed, PostRef) else None
