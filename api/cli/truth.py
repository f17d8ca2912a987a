"""The sandbox's truth, read over HTTP from this machine only."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from api.errors import StartupFailure

_SECONDS = 10
_BATCH = 100
_TRIES = 5


def truth(sandbox_url: str) -> dict[str, Any]:
    """Return what really happened on the simulated network.

    Raises:
        StartupFailure: code SANDBOX_SILENT, it does not answer.
    """
    return _get(f"{sandbox_url}/_sandbox/truth", {})


def ids_of(sandbox_url: str, token: str, handles: Iterable[str]) -> dict[str, str]:
    """Return the id behind each handle; asked again where one answer leaves somebody out."""
    found: dict[str, str] = {}
    for _ in range(_TRIES):
        missing = sorted(set(handles) - found.keys())
        for start in range(0, len(missing), _BATCH):
            names = urlencode({"usernames": ",".join(missing[start : start + _BATCH])})
            headers = {"authorization": f"Bearer {token}"}
            page = _get(f"{sandbox_url}/x/2/users/by?{names}", headers)
            found |= {user["username"]: user["id"] for user in page.get("data", ())}
    return found


def _get(url: str, headers: dict[str, str]) -> dict[str, Any]:
    try:
        with urlopen(Request(url, headers=headers), timeout=_SECONDS) as answer:  # noqa: S310
            body: dict[str, Any] = json.loads(answer.read())
            return body
    except (URLError, TimeoutError, ValueError) as error:
        raise StartupFailure(
            "SANDBOX_SILENT", "The sandbox does not answer: is `gema run` up?"
        ) from error
