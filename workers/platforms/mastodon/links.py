"""The `Link` header: the only way in which Mastodon tells that a list goes on."""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from workers.platforms.errors import ContractError

_LINK = re.compile(r"<(?P<url>[^<>]*)>(?P<parameters>[^,<]*)")
_IS_NEXT = re.compile(r""";\s*rel\s*=\s*["']?next\b""", re.IGNORECASE)
_LONGEST = 2_000


def continuation(headers: Mapping[str, str], asked_url: str) -> str | None:
    """Return the query of the next page of the list that was asked, None at its end.

    Raises:
        ContractError: the next page is on another host, or is of another list.
    """
    following = _following(headers.get("link", ""))
    if following is None:
        return None
    asked = urlsplit(asked_url)
    try:
        found = urlsplit(following)
    except ValueError:
        raise ContractError("The next page has no address.") from None
    if _origin(found) != _origin(asked):
        raise ContractError("The next page is on another host.")
    if found.path != asked.path or len(found.query) > _LONGEST:
        raise ContractError("The next page belongs to another list.")
    return urlencode([pair for pair in parse_qsl(found.query) if pair[0] != "limit"])


def parameters_of(cursor: str | None) -> dict[str, str]:
    """Return the parameters that a continuation adds to a request."""
    return dict(parse_qsl(cursor or ""))


def _following(header: str) -> str | None:
    links = (link for link in _LINK.finditer(header) if _IS_NEXT.search(link["parameters"]))
    return next((link["url"] for link in links), None)


def _origin(address: SplitResult) -> tuple[str, str]:
    return address.scheme.lower(), address.netloc.lower()
