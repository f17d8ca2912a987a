"""What a post leads to: the ids, codes and addresses by which it may pass a program post on."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.domain.matching.reference import Parsed, PostRef
from api.domain.platform import ShareKind

T = TypeVar("T")
Parser = Callable[[str], Parsed]

_CODE = re.compile(r"/r/(?P<code>[A-Za-z0-9_-]{8,24})")


@dataclass(frozen=True, slots=True)
class Leads:
    """Where a post leads; `passed_on` are the posts that it reposts or quotes, by their ids."""

    passed_on: tuple[tuple[ShareKind, str], ...]
    links: tuple[str, ...]
    link_kind: ShareKind


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """The program posts that may be meant: by id on the network, by link code, by address."""

    by_ref: Mapping[str, T]
    by_code: Mapping[str, T]
    by_url: Mapping[str, T]


def link_code(link: str, public_url: str) -> str | None:
    """Return the code of a tracked link of ours, None for any other address."""
    if not link.startswith(f"{public_url}/r/"):
        return None
    match = _CODE.fullmatch(link.removeprefix(public_url).split("?")[0].split("#")[0])
    return match["code"] if match else None


def addresses(links: Iterable[str], parse: Parser) -> tuple[str, ...]:
    """Return the addresses of links as program posts have them: canonical where one is a post."""
    found: dict[str, None] = {}
    for link in links:
        parsed = parse(link)
        found[parsed.url if isinstance(parsed, PostRef) else link.strip()] = None
    return tuple(found)


def match_program_post(
    leads: Leads, codes: Collection[str], urls: Collection[str], known: Known[T]
) -> tuple[T, ShareKind] | None:
    """Return the program post that a post passes on, and how; similar text never decides.

    In this order: the network's own reference, the code of a tracked link, a canonical address.
    """
    for kind, post_id in leads.passed_on:
        if post_id in known.by_ref:
            return known.by_ref[post_id], kind
    for table, names in ((known.by_code, codes), (known.by_url, urls)):
        for name in names:
            if name in table:
                return table[name], leads.link_kind
    return None
