"""`/webhooks/{platform}`: networks prove themselves, and what they say is stored before it is read.

The signature is checked over the raw bytes. A wrong one leaves no row; a repeat adds none.
"""

import logging

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.actions.webhook import store_event
from api.domain.platform import Platform
from api.domain.webhooks import (
    SIGNATURE_HEADERS,
    event_key,
    is_signed,
    meta_challenge_response,
    x_challenge_response,
)
from api.http.answers import json_answer, json_error
from api.settings import Settings

logger = logging.getLogger("gema.webhooks")

LARGEST_BODY_BYTES = 1024 * 1024
_LONGEST_EVENT_ID = 100


class Webhooks:
    """Answers the challenges of networks and takes their events."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = {
            Platform.X: settings.x.consumer_secret,
            Platform.FACEBOOK: settings.facebook.app_secret,
            Platform.INSTAGRAM: settings.instagram.app_secret,
        }
        self._verify_tokens = {
            Platform.FACEBOOK: settings.facebook.verify_token,
            Platform.INSTAGRAM: settings.instagram.verify_token,
        }

    async def answer(self, request: Request) -> Response:
        """Answer a challenge, or take an event."""
        platform = _platform(request.path_params["platform"])
        if request.method == "GET":
            return self._challenge(platform, request)
        return await self._take(platform, request)

    def _challenge(self, platform: Platform, request: Request) -> Response:
        given = request.query_params
        if platform is Platform.X:
            token = x_challenge_response(given.get("crc_token", ""), self._secrets[platform])
            if token is not None:
                return json_answer({"response_token": token})
        else:
            text = meta_challenge_response(
                given.get("hub.mode", ""),
                given.get("hub.verify_token", ""),
                given.get("hub.challenge", ""),
                self._verify_tokens[platform],
            )
            if text is not None:
                return PlainTextResponse(text)
        return json_error("FORBIDDEN", "The challenge is not ours.", 403)

    async def _take(self, platform: Platform, request: Request) -> Response:
        body = await _body(request)
        signature = request.headers.get(SIGNATURE_HEADERS[platform])
        if not is_signed(platform, body, signature, self._secrets[platform]):
            logger.warning("an event of %s with a wrong signature was refused", platform)
            return json_error("UNAUTHENTICATED", "The signature is wrong.", 401)
        await store_event(platform, body, _key(platform, body))
        return Response(status_code=200)


def _platform(name: str) -> Platform:
    found = next((one for one in SIGNATURE_HEADERS if one.value.lower() == name), None)
    if found is None:
        raise HTTPException(404)
    return found


async def _body(request: Request) -> bytes:
    """Read the body; one that is too large is refused as soon as that is known."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > LARGEST_BODY_BYTES:
        raise HTTPException(413)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)


def _key(platform: Platform, body: bytes) -> str:
    """Return the network's own id of an event, else the hash of its body."""
    if platform is Platform.X:
        try:
            event_id = orjson.loads(body)["data"]["event_uuid"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            event_id = None
        if isinstance(event_id, str) and 0 < len(event_id) <= _LONGEST_EVENT_ID:
            return event_id
    return event_key(body)
