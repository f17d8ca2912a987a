"""From a request to an answer on the networks beside X: limits, troubles, endpoint and log."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox.limits import Allowance
from workers.sandbox.log import Entry
from workers.sandbox.network import Network
from workers.sandbox.stage import Stage

_GARBAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body>upstream sent nothing</body></html>"
)
_TOO_MANY, _NOT_FOUND = 429, 404


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


class Declined(Exception):
    """The network answers with an error."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status)
        self.reply = Reply(status, body)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a network that this world has."""

    stage: Stage
    network: Network
    path: str
    url: str
    """The address as the caller wrote it, without its query."""
    place: Mapping[str, str]
    values: Mapping[str, str]
    many: Callable[[str], list[str]]
    token: str | None
    now: int


class Manners(Protocol):
    """How one network speaks of limits and failures."""

    platform: str
    limit: int

    def headers(self, allowance: Allowance, stage: Stage, path: str) -> dict[str, str]:
        """Return the headers that tell how much is left."""

    def failure(self, status: int) -> object:
        """Return the body of an answer that only has a status to tell."""


Answer = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers requests for one endpoint."""

    stage: Stage
    manners: Manners
    family: str
    answer: Answer

    async def serve(self, request: Request) -> Response:
        """Answer a request, slowly or broken off if a trouble says so."""
        path = request.url.path
        if slow := self.stage.faults.strike("slow", path):
            await asyncio.sleep(slow.seconds)
        token = _bearer(request)
        allowance = self._allow(path, token or "address")
        reply = self._reply(request, path, token, allowance)
        self._note(request, path, reply.status, allowance)
        is_html = isinstance(reply.body, bytes)
        content = reply.body if isinstance(reply.body, bytes) else orjson.dumps(reply.body)
        headers = self.manners.headers(allowance, self.stage, path) | dict(reply.headers)
        headers["content-type"] = "text/html" if is_html else "application/json; charset=utf-8"
        headers["content-length"] = str(len(content))
        is_cut = self.stage.faults.strike("cut_body", path) is not None
        return Response(content[: len(content) // 2] if is_cut else content, reply.status, headers)

    def _allow(self, path: str, caller: str) -> Allowance:
        limits, family = self.stage.short_limits, self.manners.platform
        if strike := self.stage.faults.strike("rate_limit", path):
            limits.exhaust(family, caller, strike.seconds)
        return limits.take(family, caller, self.manners.limit)

    def _reply(self, request: Request, path: str, token: str | None, allowance: Allowance) -> Reply:
        now = self.stage.now()
        network = self.stage.world.network(self.manners.platform)
        if network is None:
            return Reply(_NOT_FOUND, self.manners.failure(_NOT_FOUND))
        if allowance.is_refused:
            return Reply(_TOO_MANY, self.manners.failure(_TOO_MANY))
        if trouble := self._trouble(path):
            return trouble
        values = request.query_params
        address = str(request.url.replace(query=""))
        place = request.path_params
        call = Call(self.stage, network, path, address, place, values, values.getlist, token, now)
        try:
            return self.answer(call)
        except Declined as problem:
            return problem.reply

    def _trouble(self, path: str) -> Reply | None:
        if self.stage.faults.strike("garbage", path):
            return Reply(502, _GARBAGE)
        if self.stage.faults.strike("html", path):
            return Reply(200, _GARBAGE)
        if strike := self.stage.faults.strike("server_error", path):
            return Reply(strike.status, self.manners.failure(strike.status))
        return None

    def _note(self, request: Request, path: str, status: int, allowance: Allowance) -> None:
        at = round(self.stage.clock.real_at, 3)
        family = f"{request.method} {self.family}"
        self.stage.log.note(Entry(at, request.method, path, family, status, allowance.is_early))


def routes(stage: Stage, manners: Manners, answers: Mapping[str, Answer]) -> list[Route]:
    """Return the addresses of a network; what it does not have, its last answer declines."""
    return [
        Route(address, Desk(stage, manners, address, answer).serve, methods=["GET"])
        for address, answer in answers.items()
    ]


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None
