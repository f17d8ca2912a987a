"""`/r/{code}`: a raw ASGI callable in front of the router that redirects and remembers the visit.

The target of a code comes from a bounded cache and the visit goes to a log that is stored in
batches, so a redirect waits for no database while its target is known.
"""

import time
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from crawleruseragents import is_crawler
from starlette.types import ASGIApp, Receive, Scope, Send

from api.actions.link import NewClick, salt_of
from api.domain.campaign import quiet_periods_on
from api.domain.clicks import (
    FIRST_SECONDS,
    ClickVerdict,
    Hit,
    KnownMachines,
    classify,
    visitor,
    with_utm,
)
from api.http.clicks import ClickLog
from api.http.link_pages import (
    EXPIRED,
    UNKNOWN,
    WITHDRAWN,
    LinkPage,
    correction_page,
    quiet_page,
)
from api.reads.link import LinkTarget, link_target

PREFIX = "/r/"
CACHE_SIZE = 10_000
FRESH_SECONDS = 30.0
_LONGEST_CODE = 24
_AGENT_LENGTH = 512
_OK = 200
_HEADERS = ((b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"))
_PAGE_HEADERS = (
    *_HEADERS,
    (b"content-type", b"text/html; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
)
_PURPOSE = frozenset({b"purpose", b"sec-purpose"})
_MACHINES = KnownMachines(is_crawler)


class _Known(NamedTuple):
    """What a code leads to: a page where there is one, else the location."""

    target: LinkTarget | None
    location: bytes
    page: LinkPage | None
    until: float

    @property
    def is_visited(self) -> bool:
        """Tell whether a visit is one of the post: it stands, perhaps behind a notice."""
        return self.page is None or self.page.status == _OK


_NOWHERE = _Known(None, b"", UNKNOWN, 0.0)


class LinkRedirect:
    """Answers `/r/{code}` itself and hands everything else to the application."""

    def __init__(self, app: ASGIApp, log: ClickLog, zone: str) -> None:
        self._app = app
        self._log = log
        self._zone = ZoneInfo(zone)
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._day = _NO_DAY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect, or pass on."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, (b"allow", b"GET, HEAD"))
            return
        known = await self._target(unquote(scope["path"][len(PREFIX) :]))
        if known.target is not None and known.is_visited:
            await self._remember(scope, known.target)
        if known.page is None:
            await _answer(send, 302, (b"location", known.location))
        else:
            await _page(send, known.page)

    async def _target(self, code: str) -> _Known:
        known = self._known.get(code)
        if known is not None and known.until > time.monotonic():
            return known
        if not (0 < len(code) <= _LONGEST_CODE and code.isascii() and code.isprintable()):
            return _NOWHERE
        target = await link_target(code)
        location = _location(target)
        page = _page_of(target, location.decode(), datetime.now(self._zone).date())
        known = _Known(target, location, page, time.monotonic() + FRESH_SECONDS)
        self._known[code] = known
        self._known.move_to_end(code)
        if len(self._known) > CACHE_SIZE:
            self._known.popitem(last=False)
        return known

    async def _remember(self, scope: Scope, target: LinkTarget) -> None:
        now = datetime.now(UTC)
        if not self._day.start <= now < self._day.end:
            self._day = await _day_of(now, self._zone)
        asked = _asked(scope)
        by, settled = _seen(self._day.salt, *asked)
        age = now - target.created_at
        verdict = settled if age >= FIRST_SECONDS else classify(_hit(asked, age), _MACHINES)
        link = target.asn_id, target.link_id
        await self._log.add(NewClick.now_at(link, by, self._day.on, now, verdict))


class _Day(NamedTuple):
    """A day of the programme's time zone, with the salt of its visitors."""

    on: date
    start: datetime
    end: datetime
    salt: bytes


_NO_DAY = _Day(date.min, datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), b"")


async def _day_of(now: datetime, zone: ZoneInfo) -> _Day:
    on = now.astimezone(zone).date()
    start, end = (
        datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
        for day in (on, on + timedelta(days=1))
    )
    _seen.cache_clear()
    return _Day(on, start, end, await salt_of(on))


def _asked(scope: Scope) -> tuple[str, bytes, bytes, str]:
    """Return method, agent, purpose and address of a request."""
    agent = purpose = b""
    for name, text in scope["headers"]:
        if name == b"user-agent":
            agent = text
        elif name in _PURPOSE:
            purpose = text
    client = scope.get("client")
    return scope["method"], agent, purpose, client[0] if client else ""


@lru_cache(maxsize=4096)
def _seen(
    salt: bytes, method: str, agent: bytes, purpose: bytes, address: str
) -> tuple[bytes, ClickVerdict]:
    """Return the visitor of a request and what is thought of it at a link that is not new."""
    hit = _hit((method, agent, purpose, address), FIRST_SECONDS)
    return visitor(salt, address, hit.agent), classify(hit, _MACHINES)


def _hit(asked: tuple[str, bytes, bytes, str], age: timedelta) -> Hit:
    method, agent, purpose, address = asked
    return Hit(
        method=method,
        agent=agent.decode("latin-1")[:_AGENT_LENGTH],
        purpose=purpose.decode("latin-1"),
        address=address,
        age=age,
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
    all_headers = [*_HEADERS, (b"content-length", b"0"), *headers]
    start = {"type": "http.response.start", "status": status, "headers": all_headers}
    await send(start)
    await send({"type": "http.response.body", "body": b""})


def _page_of(target: LinkTarget | None, location: str, today: date) -> LinkPage | None:
    """Return what to show instead of leading on, None where the link simply leads on."""
    if target is None:
        return UNKNOWN
    if target.is_expired:
        return EXPIRED
    if target.correction is not None:
        return correction_page(target.correction, None if target.is_withdrawn else location)
    if target.is_withdrawn:
        return WITHDRAWN
    quiet = quiet_periods_on(target.quiet_periods, today, target.province_ids)
    return quiet_page(max(quiet, key=lambda each: each.to_on), location) if quiet else None


async def _page(send: Send, page: LinkPage) -> None:
    headers = [*_PAGE_HEADERS, (b"content-length", str(len(page.body)).encode())]
    await send({"type": "http.response.start", "status": page.status, "headers": headers})
    await send({"type": "http.response.body", "body": page.body})
