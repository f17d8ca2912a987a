"""JSON on every path, also for errors that no route has thought of."""

from http import HTTPStatus

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "PAYLOAD_TOO_LARGE"}


def json_answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def json_error(
    code: str, message: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    """Return an error in the shape that GraphQL errors have."""
    error = {"message": message, "extensions": {"code": code}}
    return json_answer({"errors": [error]}, status, headers)


async def http_error(_: Request, error: Exception) -> Response:
    """Show what the router refuses."""
    if not isinstance(error, HTTPException):
        raise TypeError("only HTTP errors come here")
    status = error.status_code
    message = f"{HTTPStatus(status).phrase}."
    return json_error(_CODES.get(status, "BAD_REQUEST"), message, status, dict(error.headers or {}))
