"""The sandbox calls back: it asks for a challenge and delivers signed events, to loopback only."""

import asyncio
import http.client
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox.chance import draw
from workers.sandbox.facebook.events import feed_event
from workers.sandbox.graph.events import (
    SIGNATURE_HEADER,
    body_of,
    signature_of,
    wrong_signature_of,
)
from workers.sandbox.instagram.events import mention_event
from workers.sandbox.network import Network, Post
from workers.sandbox.orders import Json, Unusable, as_list, read_object, whole_number
from workers.sandbox.stage import Stage
from workers.sandbox.stream import arriving, read_trouble
from workers.sandbox.x import events as x_events
from workers.sandbox.x.events import event_id, post_event, stream_events

_EVENTS: Mapping[str, Callable[[Network, Post, int], Json]] = {
    "FACEBOOK": feed_event,
    "INSTAGRAM": mention_event,
    "X": post_event,
}
_FORMS = ("escaped", "raw")
_TIMEOUT_SECONDS = 10
_LONGEST_ANSWER = 2_000
_OK = 200


def routes(stage: Stage) -> list[Route]:
    """Return the control address that makes the sandbox call back."""

    async def call_back(request: Request) -> Response:
        orders = as_list(read_object(await request.body()), "webhooks")
        answers = [answer for order in orders for answer in await _carry_out(stage, order)]
        return Response(orjson.dumps({"answers": answers}), media_type="application/json")

    return [Route("/webhooks", call_back, methods=["POST"])]


@dataclass(frozen=True, slots=True)
class _Message:
    method: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] | None = None


async def _carry_out(stage: Stage, order: Json) -> list[Json]:
    url = _callback(order)
    if order.get("do", "deliver") == "verify":
        return [await _verify(stage, url, order)]
    if order.get("do") == "replay":
        messages = _replay(stage, order)
    elif order.get("do") == "stream":
        messages = _stream(stage, order)
    else:
        messages = [_delivery(stage, order)] * whole_number(order, "times", at_least=1, default=1)
    return [await asyncio.to_thread(_send, url, message) for message in messages]


async def _verify(stage: Stage, url: SplitResult, order: Json) -> Json:
    challenge = str(int(draw(stage.spec.seed, "challenge", url.path) * 10**10))
    if order.get("platform") == "X":
        answer = await asyncio.to_thread(
            _send, url, _Message("GET", urlencode({"crc_token": challenge}))
        )
        wanted = {"response_token": x_events.signature_of(challenge.encode())}
        return answer | {"isVerified": answer["status"] == _OK and _is_json(answer, wanted)}
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": str(order.get("verifyToken", "")),
        "hub.challenge": challenge,
    }
    answer = await asyncio.to_thread(_send, url, _Message("GET", urlencode(query)))
    is_verified = answer["status"] == _OK and answer["body"] == challenge
    return answer | {"isVerified": is_verified}


def _delivery(stage: Stage, order: Json) -> _Message:
    platform = str(order.get("platform", ""))
    write, network = _EVENTS.get(platform), stage.world.network(platform)
    if write is None or network is None:
        raise Unusable(f"platform must be one of {', '.join(_EVENTS)}, in this world")
    share = network.customs.find_post(network, str(order.get("post", "")))
    if share is None:
        raise Unusable("post must name a share")
    form = str(order.get("form", "escaped"))
    if form not in _FORMS:
        raise Unusable(f"form must be one of {', '.join(_FORMS)}")
    event = write(network, share, stage.now())
    is_signed = order.get("isSigned", True) is True
    if platform == "X":
        return _of_x(event, form, is_signed=is_signed)
    signature = signature_of(event) if is_signed else wrong_signature_of(event)
    headers = {SIGNATURE_HEADER: signature, "content-type": "application/json"}
    return _Message("POST", body=body_of(event, form), headers=headers)


def _of_x(event: Json, form: str = "escaped", *, is_signed: bool = True) -> _Message:
    body = body_of(event, form)
    secret = x_events.CONSUMER_SECRET if is_signed else "another-secret"
    headers = {x_events.SIGNATURE_HEADER: x_events.signature_of(body, secret)}
    return _Message("POST", body=body, headers={**headers, "content-type": "application/json"})


def _stream(stage: Stage, order: Json) -> list[_Message]:
    """Return what X tells of all shares of official posts, with what goes wrong on the way.

    `lost`, `twice` and `late` are shares of the events; the late ones come with `part: late` alone.
    """
    network = _network_of_x(stage, order)
    told = sorted(
        (moment, event_id(event), event)
        for share in network.posts.values()
        if share.target_id in network.program_post_ids
        for moment, event in stream_events(network, share)
    )
    events = [(name, event) for _, name, event in told]
    is_late_part = order.get("part") == "late"
    sent = arriving(stage.spec.seed, events, read_trouble(order), is_late_part=is_late_part)
    return [_of_x(event) for event in sent]


def _network_of_x(stage: Stage, order: Json) -> Network:
    network = stage.world.network("X")
    if order.get("platform") != "X" or network is None:
        raise Unusable("only X tells of all shares, in this world")
    return network


def _replay(stage: Stage, order: Json) -> list[_Message]:
    """Return the events of all shares of official posts in a time, as X sends them again."""
    network = _network_of_x(stage, order)
    begin = whole_number(order, "from", at_least=0, default=0)
    end = whole_number(order, "to", at_least=0, default=stage.now())
    shares = (
        post
        for post in network.posts.values()
        if post.target_id in network.program_post_ids and begin <= post.at <= end
    )
    return [_of_x(post_event(network, share, stage.now())) for share in shares]


def _is_json(answer: Mapping[str, Any], wanted: Json) -> bool:
    try:
        return bool(orjson.loads(answer["body"]) == wanted)
    except orjson.JSONDecodeError:
        return False


def _callback(order: Json) -> SplitResult:
    url = urlsplit(str(order.get("url", "")))
    try:
        host = "127.0.0.1" if url.hostname == "localhost" else str(url.hostname)
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if url.scheme != "http" or not is_loopback:
        raise Unusable("url must start with http:// and stay on this machine")
    return url


def _send(url: SplitResult, message: _Message) -> dict[str, Any]:
    """Send once; status 0 says that nobody answered."""
    query = "&".join(part for part in (url.query, message.query) if part)
    path = (url.path or "/") + (f"?{query}" if query else "")
    connection = http.client.HTTPConnection(
        url.hostname or "", url.port or 80, timeout=_TIMEOUT_SECONDS
    )
    try:
        connection.request(message.method, path, message.body, dict(message.headers or {}))
        answer = connection.getresponse()
        body = answer.read(_LONGEST_ANSWER).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return {"status": 0, "body": ""}
    else:
        return {"status": answer.status, "body": body}
    finally:
        connection.close()
