"""The HTTP side of an answer: status, media type, headers and what stands in the body."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response

from api.schema.coded import CodedError
from api.schema.context import Bill
from api.schema.envelope import EVENTS, GRAPHQL_JSON, JSON
from api.schema.scalars import write_date_time

_STATUS = {
    "BAD_REQUEST": 400,
    "BATCHING_DISABLED": 400,
    "OPERATION_RESOLUTION_FAILURE": 400,
    "UNAUTHENTICATED": 401,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
    "TIMEOUT": 503,
    "SERVICE_UNAVAILABLE": 503,
}
# 200 under application/json, which older clients expect; 400 under the newer media type.
_DOCUMENT_CODES = frozenset(
    {
        "PERSISTED_QUERY_NOT_FOUND",
        "QUERY_NOT_IN_SAFELIST",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "QUERY_TOO_COMPLEX",
        "INTROSPECTION_DISABLED",
        "BAD_USER_INPUT",
    }
)
# These end the whole request when nothing else was answered.
_WHOLE_REQUEST_CODES = frozenset(
    {"UNAUTHENTICATED", "RATE_LIMITED", "TIMEOUT", "SERVICE_UNAVAILABLE"}
)


def answer(
    data: Mapping[str, Any] | None,
    errors: Sequence[CodedError],
    media_type: str,
    bill: Bill | None = None,
) -> Response:
    """Return the response to a question; without data it is a request error and has no `data`."""
    if data is not None and _is_lost(data, errors):
        data = None
    media_type = JSON if media_type == EVENTS else media_type
    status = 200 if data is not None else status_of(errors[0].code, media_type)
    headers = {"content-type": f"{media_type}; charset=utf-8", **_headers(errors)}
    return Response(orjson.dumps(body_of(data, errors, bill)), status, headers)


def body_of(
    data: Mapping[str, Any] | None, errors: Sequence[CodedError], bill: Bill | None = None
) -> dict[str, Any]:
    """Return an answer as every transport shows it; a request error has no `data`."""
    body: dict[str, Any] = {} if data is None else {"data": data}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    if bill is not None:
        body["extensions"] = {"cost": _cost(bill)}
    return body


def is_about_document(error: CodedError) -> bool:
    """Tell whether the document or its variables were refused, not the caller or the request."""
    return error.code in _DOCUMENT_CODES


def status_of(code: str, media_type: str) -> int:
    """Return the HTTP status of a request error."""
    if code in _DOCUMENT_CODES:
        return 400 if media_type == GRAPHQL_JSON else 200
    return _STATUS.get(code, 200)


def _is_lost(data: Mapping[str, Any], errors: Sequence[CodedError]) -> bool:
    is_empty = all(value is None for value in data.values())
    return is_empty and any(error.code in _WHOLE_REQUEST_CODES for error in errors)


def _headers(errors: Sequence[CodedError]) -> dict[str, str]:
    headers = {}
    for error in errors:
        if error.code == "METHOD_NOT_ALLOWED":
            headers["allow"] = "POST"
        if error.code == "UNAUTHENTICATED":
            headers["www-authenticate"] = "Bearer"
        if "retryAfter" in error.details:
            headers["retry-after"] = str(error.details["retryAfter"])
    return headers


def _cost(bill: Bill) -> dict[str, object]:
    return {
        "requested": bill.cost,
        "limit": bill.window.limit,
        "remaining": bill.window.remaining,
        "resetAt": write_date_time(bill.window.reset_at),
    }
