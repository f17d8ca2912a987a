"""An address that is safe to look at: https, a plain host name, nothing hidden in it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl

from api.domain.matching.reference import Reason, Refused

LONGEST_URL_LENGTH = 2048

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>[^/?#]*)(?P<path>[^?#]*)(\?(?P<query>[^#]*))?(#.*)?",
    re.IGNORECASE,
)
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_HIDDEN = re.compile(r"[\s\x00-\x1f\x7f\\\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBERS = re.compile(r"\[.*|[0-9.]+|0x[0-9a-fx.]*")
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
_BRANDS = ("twitter", "instagram", "facebook", "bsky")


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an https address; the host in lower case."""

    host: str
    path: str
    query: str

    def parameter(self, name: str) -> str | None:
        """Return a query parameter that is given exactly once, else None."""
        values = [value for key, value in parse_qsl(self.query) if key == name]
        return values[0] if len(values) == 1 else None


def read_address(text: str) -> Address | Refused:
    """Split an https address, or say why it cannot be trusted.

    The split is strict on purpose: where a lenient parser and a browser disagree about the host, a
    look-alike address gets through.
    """
    text = text.strip()
    if len(text) > LONGEST_URL_LENGTH or _HIDDEN.search(text):
        return Refused(Reason.MALFORMED)
    match = _URL.fullmatch(text)
    if match is None:
        return Refused(Reason.NOT_HTTPS if _OTHER_SCHEME.match(text) else Reason.MALFORMED)
    if match["scheme"].lower() != "https":
        return Refused(Reason.NOT_HTTPS)
    if reason := _host_problem(match["host"]):
        return Refused(reason)
    return Address(match["host"].lower(), match["path"], match["query"] or "")


def refuse_host(host: str, known: Collection[str]) -> Refused:
    """Say why a host outside the fixed list is refused: it imitates a known one, or is another."""
    imitates = any(brand in host for brand in _BRANDS) or any(
        host.startswith((f"{name}.", f"{name}-")) or host.endswith(f"-{name}") for name in known
    )
    is_encoded = any(label.startswith("xn--") for label in host.split("."))
    return Refused(Reason.LOOK_ALIKE_HOST if imitates or is_encoded else Reason.UNKNOWN_HOST)


def _host_problem(host: str) -> Reason | None:
    if "@" in host:
        return Reason.USER_INFO
    if not host.isascii():
        return Reason.LOOK_ALIKE_HOST
    name = host.lower().split(":", 1)[0].rstrip(".")
    if name.endswith(_LOCAL_NAMES) or _NUMBERS.fullmatch(name):
        return Reason.PRIVATE_ADDRESS
    if ":" in host:
        return Reason.PORT
    return None if _HOST.fullmatch(host.lower()) else Reason.MALFORMED
