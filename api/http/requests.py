"""What every request and response has: an id, safe headers and, for a crash, JSON."""

import logging
import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.answers import json_error
from api.telemetry.lines import REQUEST_ID, place_of

logger = logging.getLogger("gema.errors")

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_DEFAULTS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class RequestEdge:
    """The outermost layer: nothing gets past it without an id, and no crash without JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id
        REQUEST_ID.set(request_id)
        sender = _Sender(send, request_id)
        try:
            await self._app(scope, receive, sender)
        except Exception as error:  # noqa: BLE001 (the edge of the process)
            error_id = uuid4().hex
            told = {"error_id": error_id, "error_class": type(error).__qualname__}
            logger.error("request failed", extra={**told, "place": place_of(error)})  # noqa: TRY400
            if not sender.has_started:
                crash = json_error("INTERNAL_SERVER_ERROR", "Internal error.", 500)
                await crash(scope, receive, sender)


class _Sender:
    """Adds the headers when the response starts."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.has_started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_started = True
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            for name, value in _DEFAULTS.items():
                headers.setdefault(name, value)
        await self._send(message)


def request_id_of(given: str | None) -> str:
    """Return the caller's id if it is plain, else a new one."""
    return given if given and _REQUEST_ID.fullmatch(given) else uuid4().hex
