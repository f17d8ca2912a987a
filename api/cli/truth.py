"""The sandbox's truth, read over HTTP from this machine only."""

import json
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from api.errors import StartupFailure

_SECONDS = 120


def truth(sandbox_url: str) -> dict[str, Any]:
    """Return what really happened on the simulated network.

    Raises:
        StartupFailure: code SANDBOX_SILENT, it does not answer.
    """
    return _get(f"{sandbox_url}/_sandbox/truth")


def _get(url: str) -> dict[str, Any]:
    try:
        with urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310
            body: dict[str, Any] = json.loads(answer.read())
            return body
    except (URLError, TimeoutError, ValueError) as error:
        raise StartupFailure(
            "SANDBOX_SILENT", "The sandbox does not answer: is `gema run` up?"
        ) from error
