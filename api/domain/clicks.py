"""Which visits of a tracked link count: people, once a day; machines and doubts are told apart.

Nothing is dropped: each visit keeps its class and its reason, so that a new version of this filter
can be replayed. A change of any rule here is a new FILTER_VERSION.
"""

import hashlib
import ipaddress
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

FILTER_VERSION = 1
FIRST_SECONDS = timedelta(seconds=10)
BURST_PROBABILITY = 1e-6
BURST_NETWORKS = 3
"""A burst from more networks than this is what a popular post looks like."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ClickClass(StrEnum):
    """Who seems to have visited; only HUMAN counts."""

    HUMAN = "HUMAN"
    SUSPECT = "SUSPECT"
    BOT = "BOT"


class ClickReason(StrEnum):
    """Why a visit does not count."""

    HEAD = "HEAD"
    EMPTY_AGENT = "EMPTY_AGENT"
    PREFETCH = "PREFETCH"
    CRAWLER = "CRAWLER"
    DATA_CENTRE = "DATA_CENTRE"
    NEW_LINK = "NEW_LINK"
    BURST = "BURST"
    REPEAT = "REPEAT"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a tracked link; the address never leaves memory."""

    method: str
    agent: str
    purpose: str
    address: str
    age: timedelta
    """How old the link was."""


@dataclass(frozen=True, slots=True)
class KnownMachines:
    """What the filter is given: a question for crawlers, and networks of data centres."""

    is_crawler: Callable[[str], object]
    data_centres: Collection[Network] = ()


@dataclass(frozen=True, slots=True)
class ClickVerdict:
    """The class of a visit and the reason why it does not count."""

    click_class: ClickClass
    reason: ClickReason | None = None


def classify(hit: Hit, machines: KnownMachines) -> ClickVerdict:
    """Tell people from machines by what one request says of itself."""
    if (reason := _machine_reason(hit, machines)) is not None:
        return ClickVerdict(ClickClass.BOT, reason)
    if hit.age < FIRST_SECONDS:
        return ClickVerdict(ClickClass.SUSPECT, ClickReason.NEW_LINK)
    return ClickVerdict(ClickClass.HUMAN)


def _machine_reason(hit: Hit, machines: KnownMachines) -> ClickReason | None:
    if hit.method == "HEAD":
        return ClickReason.HEAD
    if not hit.agent.strip():
        return ClickReason.EMPTY_AGENT
    if any(word in hit.purpose.lower() for word in ("prefetch", "preview", "prerender")):
        return ClickReason.PREFETCH
    if machines.is_crawler(hit.agent):
        return ClickReason.CRAWLER
    return ClickReason.DATA_CENTRE if _is_in_data_centre(hit.address, machines) else None


def _is_in_data_centre(address: str, machines: KnownMachines) -> bool:
    if not machines.data_centres:
        return False
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(at in network for network in machines.data_centres)


def is_burst(recent_count: int, hour_count: int, network_count: int) -> bool:
    """Tell whether ten minutes hold more visits than the hour before makes believable.

    The upper tail of a Poisson count; many networks excuse a burst.
    """
    if network_count > BURST_NETWORKS:
        return False
    expected = max(1.0, hour_count / 6)
    return _poisson_tail(recent_count, expected) < BURST_PROBABILITY


def _poisson_tail(count: int, expected: float) -> float:
    term = math.exp(-expected)
    below = 0.0
    for k in range(count):
        below += term
        term *= expected / (k + 1)
    return max(0.0, 1.0 - below)


def network_of(address: str) -> str:
    """Return the network by which a visitor is known: IPv4 /24, IPv6 /48, else one for all."""
    try:
        at = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    prefix = 24 if at.version == 4 else 48  # noqa: PLR2004 (versions of the protocol)
    return str(ipaddress.ip_network(f"{at}/{prefix}", strict=False))


def visitor(salt: bytes, address: str, agent: str) -> bytes:
    """Return the pseudonym of a visitor for one day; without the day's salt it says nothing."""
    text = f"{network_of(address)}\n{agent}".encode()
    return hashlib.blake2b(text, key=salt, digest_size=16).digest()


def with_utm(target: str, parameters: Mapping[str, str]) -> str:
    """Return an address with campaign parameters; those that it has already stay."""
    parts = urlsplit(target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    present = {name for name, _ in query}
    added = [(name, value) for name, value in parameters.items() if name not in present]
    return urlunsplit(parts._replace(query=urlencode([*query, *added])))
