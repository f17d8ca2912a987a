"""`/r/{code}`: a raw ASGI callable in front of the router that redirects and remembers the visit.

The target of a code comes from a bounded cache and the visit goes to a log that is stored in
batches, so a redirect waits for no database while its target is known.
"""

import time
from collections import OrderedDict
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from crawleruseragents import is_crawler
from starlette.types import ASGIApp, Receive, Scope, Send

from api.actions.link import NewClick, salt_of
from api.domain.clicks import Hit, KnownMachines, classify, visitor, with_utm
from api.http.clicks import ClickLog
from api.reads.link import LinkTarget, link_target

PREFIX = "/r/"
CACHE_SIZE = 10_000
FRESH_SECONDS = 30.0
_LONGEST_CODE = 24
_AGENT_LENGTH = 512
_PAGE = b"""<!doctype html><html lang="id"><meta charset="utf-8"><title>Tautan tidak berlaku</title>
<body style="font:1rem/1.5 system-ui;max-width:36rem;margin:3rem auto;padding:0 1rem">
<h1>Tautan ini tidak (lagi) berlaku</h1>
<p>Periksa kembali alamatnya, atau cari informasinya di situs resmi instansi.</p>
<p lang="en">This link is not (or no longer) valid. Check the address, or look for the information
on the agency's official site.</p></body></html>"""
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_MACHINES = KnownMachines(lru_cache(maxsize=4096)(is_crawler))


class _Known(NamedTuple):
    target: LinkTarget | None
    location: bytes
    until: float


class LinkRedirect:
    """Answers `/r/{code}` itself and hands everything else to the application."""

    def __init__(self, app: ASGIApp, log: ClickLog, zone: str) -> None:
        self._app = app
        self._log = log
        self._zone = ZoneInfo(zone)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._salt: tuple[date, bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, or pass on."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, (b"allow", b"GET, HEAD"))
            return
        known = await self._target(unquote(scope["path"][len(PREFIX) :]))
        if known.target is None or known.target.is_expired:
            await _page(send, 404 if known.target is None else 410)
            return
        await self._remember(scope, known.target)
        await _answer(send, 302, (b"location", known.location))

    async def _target(self, code: str) -> _Known:
        known = self._known.get(code)
        if known is not None and known.until > time.monotonic():
            return known
        is_possible = 0 < len(code) <= _LONGEST_CODE and code.isascii() and code.isprintable()
        target = await link_target(code) if is_possible else None
        known = _Known(target, _location(target), time.monotonic() + FRESH_SECONDS)
        self._known[code] = known
        self._known.move_to_end(code)
        if len(self._known) > CACHE_SIZE:
            self._known.popitem(last=False)
        return known

    async def _remember(self, scope: Scope, target: LinkTarget) -> None:
        now = datetime.now(UTC)
        day_on = now.astimezone(self._zone).date()
        hit = _hit(scope, target, now)
        verdict = classify(hit, _MACHINES)
        await self._log.add(
            NewClick(
                asn_id=target.asn_id,
                link_id=target.link_id,
                visitor=visitor(await self._salt_of(day_on), hit.address, hit.agent),
                day_on=day_on,
                clicked_at=now,
                click_class=verdict.click_class,
                reason=verdict.reason,
            )
        )

    async def _salt_of(self, day_on: date) -> bytes:
        if self._salt is None or self._salt[0] != day_on:
            self._salt = day_on, await salt_of(day_on)
        return self._salt[1]


def _hit(scope: Scope, target: LinkTarget, now: datetime) -> Hit:
    headers = dict(scope["headers"])
    purpose = headers.get(b"sec-purpose", b"") or headers.get(b"purpose", b"")
    client = scope.get("client")
    return Hit(
        method=scope["method"],
        agent=headers.get(b"user-agent", b"").decode("latin-1")[:_AGENT_LENGTH],
        purpose=purpose.decode("latin-1"),
        address=client[0] if client else "",
        at=now,
        link_created_at=target.created_at,
    )


def _location(target: LinkTarget | None) -> bytes:
    if target is None:
        return b""
    parameters = {
        "utm_source": target.platform.lower(),
        "utm_medium": "asn-share",
        "utm_campaign": target.program_slug,
        "utm_content": str(target.post_id),
    }
    return with_utm(target.url, parameters).encode("ascii", "ignore")


async def _answer(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    start = {"type": "http.response.start", "status": status, "headers": [*_HEADERS, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": b""})


async def _page(send: Send, status: int) -> None:
    kind = (b"content-type", b"text/html; charset=utf-8")
    start = {"type": "http.response.start", "status": status, "headers": [*_HEADERS, kind]}
    await send(start)
    await send({"type": "http.response.body", "body": _PAGE})
