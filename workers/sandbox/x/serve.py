"""From a request to an answer: token, limits, troubles, endpoint, meter and log."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox.limits import Allowance
from workers.sandbox.log import Entry
from workers.sandbox.logins import TokenLost
from workers.sandbox.stage import Stage
from workers.sandbox.x import lists, lookups, search
from workers.sandbox.x.answer import Answer, Call, Unauthorized
from workers.sandbox.x.problems import (
    BadRequest,
    at_old_host,
    plain,
    too_many_requests,
    usage_capped,
)

APP_TOKEN = "sandbox-app-token"  # noqa: S105 - everybody may know it
USER_TOKEN_PREFIX = "sandbox-user-"  # noqa: S105 - a handle follows
_GARBAGE = (
    b"<html><head><title>502 Bad Gateway</title></head><body>upstream sent nothing</body></html>"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address, its limits for an app's token and for a user's, and what answers it."""

    address: str
    app_limit: int
    user_limit: int
    answer: Callable[[Call], Answer]


_ENDPOINTS = (
    Endpoint("/2/users", 300, 900, lookups.users),
    Endpoint("/2/users/me", 75, 75, lookups.me),
    Endpoint("/2/users/by", 300, 900, lookups.users_by),
    Endpoint("/2/users/{id}/tweets", 10_000, 900, lists.timeline),
    Endpoint("/2/tweets", 3_500, 5_000, lookups.posts),
    Endpoint("/2/tweets/search/recent", 450, 300, search.recent),
    Endpoint("/2/tweets/{id}", 450, 900, lookups.post),
    Endpoint("/2/tweets/{id}/retweets", 75, 75, lists.retweets),
    Endpoint("/2/tweets/{id}/retweeted_by", 75, 75, lists.retweeted_by),
    Endpoint("/2/tweets/{id}/quote_tweets", 75, 75, lists.quote_tweets),
)
_ELSEWHERE = "/{rest:path}"


def routes(stage: Stage) -> list[Route]:
    """Return X's addresses."""
    known = [Route(each.address, Desk(stage, each).serve, methods=["GET"]) for each in _ENDPOINTS]
    nowhere = Desk(stage, Endpoint(_ELSEWHERE, 75, 75, _nowhere))
    return [*known, Route(_ELSEWHERE, nowhere.serve, methods=["GET", "POST", "PUT", "DELETE"])]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes over the wire."""

    status: int
    content: bytes
    media_type: str = "application/json; charset=utf-8"


class NotThere(Exception):
    """X has no such address."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers requests for one endpoint."""

    stage: Stage
    endpoint: Endpoint

    async def serve(self, request: Request) -> Response:
        """Answer a request, slowly or broken off if a trouble says so."""
        path = request.url.path
        if slow := self.stage.faults.strike("slow", path):
            await asyncio.sleep(slow.seconds)
        token = self._bearer(request)
        allowance = self._allow(path, token)
        reply = self._reply(request, path, token, allowance)
        if "tweet.fields" in request.query_params:
            reply = replace(reply, content=at_old_host(reply.content))
        self._note(request, path, reply.status, allowance)
        headers = allowance.headers() | {"content-type": reply.media_type}
        headers["content-length"] = str(len(reply.content))
        is_cut = self.stage.faults.strike("cut_body", path) is not None
        content = reply.content[: len(reply.content) // 2] if is_cut else reply.content
        return Response(content, reply.status, headers)

    def _allow(self, path: str, token: str | None) -> Allowance:
        family, limits = self.endpoint.address, self.stage.limits
        if token is None:
            return limits.untouched(self.endpoint.app_limit)
        if strike := self.stage.faults.strike("rate_limit", path):
            limits.exhaust(family, token, strike.seconds)
        is_user = token.startswith(USER_TOKEN_PREFIX)
        limit = self.endpoint.user_limit if is_user else self.endpoint.app_limit
        return limits.take(family, token, limit)

    def _reply(self, request: Request, path: str, token: str | None, allowance: Allowance) -> Reply:
        if token is None:
            return _json(401, plain(401, "Unauthorized"))
        if allowance.is_refused:
            return _json(429, too_many_requests(self.stage.limits.refusal_count % 2 == 0))
        return self._trouble(path) or self._answer(request, path, token)

    def _trouble(self, path: str) -> Reply | None:
        faults = self.stage.faults
        if faults.strike("garbage", path):
            return Reply(502, _GARBAGE, "text/html")
        if faults.strike("html", path):
            return Reply(200, _GARBAGE, "text/html")
        if strike := faults.strike("server_error", path):
            return _json(strike.status, plain(strike.status, "Service Unavailable"))
        if strike := faults.strike("usage_capped", path):
            return _json(*usage_capped(strike.form == "credits"))
        return None

    def _answer(self, request: Request, path: str, token: str) -> Reply:
        object_id = str(request.path_params.get("id", ""))
        call = Call(self.stage, path, object_id, request.query_params, self.stage.now(), token)
        try:
            answer = self.endpoint.answer(call)
        except BadRequest as problem:
            return _json(400, problem.body)
        except Unauthorized:
            return _json(403, plain(403, "Forbidden", "This endpoint needs a user's own token."))
        except NotThere:
            return _json(404, plain(404, "Not Found"))
        self.stage.meter.charge(self.endpoint.address, "post", answer.post_ids)
        self.stage.meter.charge(self.endpoint.address, "user", answer.user_ids)
        return _json(200, answer.body)

    def _bearer(self, request: Request) -> str | None:
        """Return the token of a request if it is accepted: the app's, or a person's that stands."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        if token == APP_TOKEN:
            return token
        return token if token.startswith(USER_TOKEN_PREFIX) and self._stands(token) else None

    def _stands(self, token: str) -> bool:
        try:
            self.stage.logins.account(self.stage.world.x, token, self.stage.now())
        except TokenLost:
            return False
        return True

    def _note(self, request: Request, path: str, status: int, allowance: Allowance) -> None:
        at = round(self.stage.clock.real_at, 3)
        family = f"{request.method} {self.endpoint.address}"
        self.stage.log.note(Entry(at, request.method, path, family, status, allowance.is_early))


def _json(status: int, body: dict[str, Any]) -> Reply:
    return Reply(status, orjson.dumps(body))


def _nowhere(call: Call) -> Answer:
    raise NotThere(call.path)
