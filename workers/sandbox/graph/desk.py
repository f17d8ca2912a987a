"""From a request to an answer: troubles, token, usage, node or edge, and log."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox.graph.errors import GraphError, unsupported
from workers.sandbox.graph.pages import Pager
from workers.sandbox.graph.tokens import Holder, Token, accept
from workers.sandbox.graph.usage import Usage, take
from workers.sandbox.log import Entry
from workers.sandbox.network import Network
from workers.sandbox.sheets import Cutter
from workers.sandbox.stage import Stage

Json = dict[str, Any]
_VERSION = re.compile(r"v[0-9]{1,2}\.[0-9]")
_GARBAGE = b"<html><head><title>Sorry, something went wrong.</title></head></html>"
_JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `subject` is `me` or an id, empty for the root."""

    stage: Stage
    network: Network
    token: Token
    path: str
    url: str
    subject: str
    values: dict[str, str]
    now: int

    def pager(self) -> Pager:
        """Return what cuts this answer's list into pages."""
        cutter = Cutter(self.stage.faults, self.stage.spec.seed, self.path, self.subject)
        return Pager(cutter, self.path, self.url, self.values)


Handler = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Site:
    """One network's part of the graph."""

    platform: str
    kind: str
    """What the business header calls this use."""
    node: Handler
    edges: Mapping[str, Handler]
    roots: Mapping[str, Handler] = field(default_factory=dict)
    """What has no node before it, by name; the empty name is the root itself."""
    is_all_business: bool = False


@dataclass(slots=True)
class _Reply:
    status: int
    content: bytes
    media_type: str = _JSON
    headers: dict[str, str] = field(default_factory=dict)
    is_early: bool = False


def routes(stage: Stage, site: Site) -> list[Route]:
    """Return the addresses of a network: every path is a node or an edge of one."""
    return [Route("/{rest:path}", Desk(stage, site).serve, methods=["GET"])]


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers requests for one network."""

    stage: Stage
    site: Site

    async def serve(self, request: Request) -> Response:
        """Answer a request, slowly or broken off if a trouble says so."""
        path = request.url.path
        if slow := self.stage.faults.strike("slow", path):
            await asyncio.sleep(slow.seconds)
        reply = self._reply(request, path)
        at = round(self.stage.clock.real_at, 3)
        entry = Entry(at, "GET", path, f"GET {self._family(request)}", reply.status, reply.is_early)
        self.stage.log.note(entry)
        headers = reply.headers | {
            "content-type": reply.media_type,
            "content-length": str(len(reply.content)),
        }
        is_cut = self.stage.faults.strike("cut_body", path) is not None
        content = reply.content[: len(reply.content) // 2] if is_cut else reply.content
        return Response(content, reply.status, headers)

    def _reply(self, request: Request, path: str) -> _Reply:
        if self.stage.faults.strike("garbage", path):
            return _Reply(502, _GARBAGE, "text/html")
        if self.stage.faults.strike("html", path):
            return _Reply(200, _GARBAGE, "text/html")
        usage: Usage | None = None
        try:
            network, token = self._admitted(request)
            is_business = self.site.is_all_business or token.holder is Holder.PAGE
            usage = take(self.stage, network, token, path, is_business=is_business)
            self._check_troubles(path, usage)
            reply = _Reply(200, orjson.dumps(self._answer(request, path, network, token)))
        except GraphError as error:
            reply = _Reply(error.status, orjson.dumps(error.body(path, len(request.url.query))))
        if usage is not None:
            reply.headers, reply.is_early = usage.headers(self.site.kind), usage.is_early
        return reply

    def _admitted(self, request: Request) -> tuple[Network, Token]:
        network = self.stage.world.network(self.site.platform)
        if network is None:
            raise GraphError(2, "This world has no such network")
        authorization = request.headers.get("authorization", "")
        logins, now = self.stage.logins, self.stage.now()
        return network, accept(network, logins, request.query_params, authorization, now)

    def _check_troubles(self, path: str, usage: Usage) -> None:
        if usage.is_refused:
            raise usage.refusal()
        if strike := self.stage.faults.strike("server_error", path):
            error = GraphError(2)
            error.status = strike.status
            raise error
        if strike := self.stage.faults.strike("graph_error", path):
            code, _, subcode = strike.form.partition("/")
            raise GraphError(int(code or 1), None, int(subcode) if subcode else None)

    def _answer(self, request: Request, path: str, network: Network, token: Token) -> Json:
        subject, edge = _place(request)
        now = self.stage.now()
        values = dict(request.query_params)
        url = str(request.url.replace(query="", fragment=""))
        call = Call(self.stage, network, token, path, url, subject, values, now)
        if handler := self.site.roots.get(subject) if not edge else None:
            return self._with_extras(handler(call), path)
        if not subject:
            raise unsupported("")
        handler = self.site.edges.get(edge) if edge else self.site.node
        if handler is None:
            raise GraphError(2500, f"Unknown path components: /{edge}")
        return self._with_extras(handler(call), path)

    def _with_extras(self, body: Json, path: str) -> Json:
        if self.stage.faults.strike("extra_fields", path):
            body["__field_of_tomorrow"] = {"level": 1, "values": [None, "baru"]}
        return body

    def _family(self, request: Request) -> str:
        try:
            subject, edge = _place(request)
        except GraphError:
            return f"{self.site.platform}:?"
        known = subject in self.site.roots or subject == "me"
        return f"{self.site.platform}:{subject if known else '{id}'}/{edge}"


def _place(request: Request) -> tuple[str, str]:
    """Return subject and edge of a path; a slash at its end means nothing."""
    version, *rest = str(request.path_params["rest"]).strip("/").split("/")
    if not _VERSION.fullmatch(version):
        raise GraphError(2500, f"Unknown path components: /{version}")
    subject, *edges = rest or [""]
    return subject, "/".join(edges)
