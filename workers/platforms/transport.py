"""One HTTP client for each network: limits, budget, time-outs, tries, and no trace of secrets."""

import asyncio
import ipaddress
import logging
import random
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol, TypeVar

import httpx2
import orjson

from api.domain.platform import Platform
from api.telemetry.traces import Traces
from workers.platforms.base import APP, Auth
from workers.platforms.errors import (
    ContractError,
    PlatformError,
    RateLimited,
    Transient,
)
from workers.platforms.ledger import Ledger, PaidUnit, Reads, Reservation, UnmeteredLedger
from workers.platforms.limiter import Bucket, Clock, Limiter, Reading
from workers.platforms.meters import CallMeters
from workers.platforms.redaction import redact

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10.0
LARGEST_BODY_BYTES = 5 * 1024 * 1024
TRIES_COUNT = 3
_FIRST_PAUSE_SECONDS = 0.5
_OK, _FIRST_SERVER_ERROR = 200, 500
_WITHOUT_JSON = frozenset({408, 429})
_FREE = UnmeteredLedger()

_Error = TypeVar("_Error", bound=PlatformError)


@dataclass(frozen=True, slots=True)
class Call:
    """One read of a network, with the bucket that counts it and the most that it can cost."""

    family: str
    path: str
    bucket: Bucket
    auth: Auth = APP
    parameters: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, repr=False)
    token: str | None = field(default=None, repr=False)
    cost: Mapping[PaidUnit, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network answered; `body` is parsed JSON, None for an error without any."""

    status: int
    headers: Mapping[str, str]
    body: object = field(repr=False)


class Dialect(Protocol):
    """How one network states errors, limits and what was read."""

    def judge(self, answer: Answer, call: Call, now: datetime) -> None:
        """Raise the `PlatformError` that an answer stands for, if any."""

    def reading(self, headers: Mapping[str, str], now: datetime) -> Reading | None:
        """Read what the headers say about the window."""

    def reads(self, answer: Answer, call: Call) -> Reads:
        """List what a good answer contained, for the ledger."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def _system_lookup(host: str) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


@dataclass(frozen=True, slots=True)
class ClientTools:
    """What connectors are given from outside; `transport` and `lookup` replace it in tests."""

    limiter: Limiter
    ledger: Ledger
    clock: Clock = _utc_now
    jitter: Callable[[], float] = random.SystemRandom().random
    transport: httpx2.AsyncBaseTransport | None = None
    lookup: Callable[[str], Awaitable[Sequence[str]]] = _system_lookup
    traces: Traces = field(default_factory=Traces)
    meters: CallMeters = field(default_factory=CallMeters)

    @contextmanager
    def call(self, platform: Platform, family: str) -> Iterator[Callable[[int], None]]:
        """Time and count one request to a network; it is told the status of the answer."""
        status: int | None = None

        def answered(heard: int) -> None:
            nonlocal status
            status = heard
            span.tell(status=heard)

        with self.traces.span("platform call", platform=platform.value, family=family) as span:
            try:
                yield answered
            finally:
                self.meters.count(platform, family, status)


def is_loopback(url: str) -> bool:
    """Tell whether an address stays on this machine, as the sandbox does."""
    host = httpx2.URL(url).host
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_safe_scheme(url: str) -> bool:
    """Tell whether a base address is encrypted, or plain and on this machine."""
    return httpx2.URL(url).scheme == "https" or (
        httpx2.URL(url).scheme == "http" and is_loopback(url)
    )


class Transport:
    """Asks one network: a slot, a reservation, up to three tries, then the settled answer."""

    def __init__(
        self, platform: Platform, base_url: str, dialect: Dialect, tools: ClientTools
    ) -> None:
        self._platform = platform
        self._base_url = base_url
        self._dialect = dialect
        self._tools = tools
        self._client = open_client(base_url, tools.transport)

    @property
    def now(self) -> datetime:
        """Return the time of the clock that was handed in."""
        return self._tools.clock()

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, call: Call) -> Answer:
        """Ask once and answer with JSON that the dialect accepts.

        Raises:
            PlatformError: one of the closed set.
        """
        await self._tools.limiter.take(call.bucket)
        ledger = self._tools.ledger if call.cost else _FREE
        reservation = await ledger.reserve(self._platform, call.family, call.cost)
        answer = await self._try(call, reservation)
        await reservation.settle(self._dialect.reads(answer, call))
        return answer

    async def _try(self, call: Call, reservation: Reservation) -> Answer:
        is_unclear = False
        for number in range(1, TRIES_COUNT + 1):
            try:
                return await self._ask_again(call, number) if number > 1 else await self._ask(call)
            except PlatformError as error:
                is_unclear |= error.is_charge_unclear
                if isinstance(error, Transient) and number < TRIES_COUNT:
                    continue
                if not is_unclear:
                    await reservation.settle({})
                raise
        raise AssertionError("The last try answers or raises.")

    async def _ask_again(self, call: Call, number: int) -> Answer:
        longest_seconds = _FIRST_PAUSE_SECONDS * 2 ** (number - 1)
        await asyncio.sleep(longest_seconds * self._tools.jitter())
        await self._tools.limiter.take(call.bucket)
        return await self._ask(call)

    async def _ask(self, call: Call) -> Answer:
        with self._tools.call(self._platform, call.family) as answered:
            status, headers, raw = await self._receive(call)
            answered(status)
        if reading := self._dialect.reading(headers, self.now):
            self._tools.meters.note_left(self._platform, call.family, reading.remaining_count)
            await self._tools.limiter.correct(call.bucket, reading)
        answer = Answer(status, headers, _parse(status, raw))
        try:
            self._dialect.judge(answer, call, self.now)
        except RateLimited as limited:
            await self._tools.limiter.correct(call.bucket, Reading(0, limited.until))
            raise
        return answer

    async def _receive(self, call: Call) -> tuple[int, Mapping[str, str], bytes]:
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECONDS),
                self._client.stream(
                    "GET",
                    self._base_url + call.path,
                    params=dict(call.parameters),
                    headers={"authorization": f"Bearer {call.token}"} if call.token else {},
                ) as response,
            ):
                body = await read_body(response)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise Transient(type(error).__name__) from error
        except (httpx2.RequestError, TimeoutError) as error:
            raise _unclear(Transient(type(error).__name__)) from error
        logger.info("%s %s answered %d", self._platform, call.family, response.status_code)
        return response.status_code, response.headers, body


async def read_body(response: httpx2.Response) -> bytes:
    """Read a body, but not more than 5 MiB of it."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise _unclear(ContractError("The body is larger than 5 MiB."))
    return bytes(body)


def _parse(status: int, raw: bytes) -> object:
    """Parse JSON. A failing server may answer in HTML, as proxies do; nothing else may.

    A page that says "not found" in HTML is no word of the network: believed, it would remove what
    it does not even know.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as broken:
        if status != _OK and (status in _WITHOUT_JSON or status >= _FIRST_SERVER_ERROR or not raw):
            return None
        if status != _OK:
            raise ContractError(f"The body of status {status} is not JSON.", redact(raw)) from None
        if _is_cut(raw, broken):
            raise _unclear(Transient("The body ends too early.")) from None
        raise _unclear(ContractError("The body is not JSON.", redact(raw))) from None


def _is_cut(raw: bytes, broken: orjson.JSONDecodeError) -> bool:
    try:
        text = raw.decode()
    except UnicodeDecodeError as bad:
        return bad.reason == "unexpected end of data"
    return broken.pos >= len(text)


def _unclear(error: _Error) -> _Error:
    error.is_charge_unclear = True
    return error


def open_client(base_url: str, transport: httpx2.AsyncBaseTransport | None) -> httpx2.AsyncClient:
    """Return a client that follows no redirect, keeps no cookie and logs no address."""
    logging.getLogger("httpx2").addFilter(_hide_address)
    return httpx2.AsyncClient(
        transport=transport,
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"accept": "application/json", "user-agent": "gema"},
        trust_env=not is_loopback(base_url),
    )


def _hide_address(record: logging.LogRecord) -> bool:
    """Drop the client's own line for each request: it holds the query, and with it handles."""
    return record.levelno > logging.INFO
