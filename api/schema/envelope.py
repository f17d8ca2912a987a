"""The HTTP side of a question: method, media types, size, JSON and envelope, in that order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import OperationType
from starlette.requests import Request

from api.schema.coded import refused
from api.schema.persisted import named_digest
from api.schema.question import ALL_KINDS, STREAMED_KINDS, Question

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
EVENTS = "text/event-stream"
MOST_BODY_BYTES = 262_144

# A page of another site cannot send these without being asked first.
_PREFLIGHT_HEADERS = ("apollo-require-preflight", "x-apollo-operation-name", "authorization")
_KEYS = ("query", "variables", "operationName", "extensions", "documentId")
_CHARSETS = ("utf-8", '"utf-8"', "utf8")


def check_method(request: Request, *, is_get_allowed: bool) -> None:
    """Refuse every method but POST, and GET where it is switched on."""
    if request.method == "POST" or (request.method == "GET" and is_get_allowed):
        return
    raise refused("METHOD_NOT_ALLOWED", "Send the operation with POST.")


def media_type_of(accept: str | None) -> str:
    """Return the media type of the answer.

    Raises:
        RequestErrors: NOT_ACCEPTABLE; the client takes none of ours.
    """
    if not (accept or "").strip():
        return JSON
    ranges = dict(_ranges(accept or ""))
    plain, graphql = (_quality(ranges, media) for media in (JSON, GRAPHQL_JSON))
    if ranges.get(EVENTS, 0.0) > max(plain, graphql):
        return EVENTS
    if graphql > 0 and (plain == 0 or (GRAPHQL_JSON in ranges and graphql >= plain)):
        return GRAPHQL_JSON
    if plain > 0:
        return JSON
    raise refused("NOT_ACCEPTABLE", f"The answer is {JSON}, {GRAPHQL_JSON} or {EVENTS}.")


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for item in accept.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        weights = [text[2:] for text in parameters if text.startswith("q=")]
        yield name, _weight(weights[0]) if weights else 1.0


def _weight(text: str) -> float:
    return float(text) if text.replace(".", "", 1).isdigit() and text.isascii() else 0.0


def _quality(ranges: Mapping[str, float], media: str) -> float:
    for name in (media, "application/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0


def ranks_html_first(accept: str | None) -> bool:
    """Tell whether the client is a browser that wants a page."""
    ranges = dict(_ranges(accept or ""))
    html = ranges.get("text/html", 0.0)
    return html > 0 and html >= max(_quality(ranges, media) for media in (JSON, GRAPHQL_JSON))


def check_content_type(header: str | None) -> None:
    """Refuse every body but JSON in UTF-8."""
    name, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    has_charset = all(
        key.strip() == "charset" and value.strip() in _CHARSETS
        for key, _, value in (parameter.partition("=") for parameter in parameters)
    )
    if name != JSON or len(parameters) > 1 or not has_charset:
        raise refused("UNSUPPORTED_MEDIA_TYPE", f"Send the operation as {JSON} in UTF-8.")


def check_preflight(headers: Mapping[str, str]) -> None:
    """Refuse a GET that a page on another site could send without being asked first."""
    if not any(name in headers for name in _PREFLIGHT_HEADERS):
        raise refused("BAD_REQUEST", f"A GET needs the header {_PREFLIGHT_HEADERS[0]}.")


async def read_body(request: Request) -> bytes:
    """Return the body, and stop reading where it grows too large."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > MOST_BODY_BYTES:
        raise _too_large()
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise _too_large()
    return bytes(body)


def _too_large() -> Exception:
    message = f"The body is over {MOST_BODY_BYTES} bytes."
    return refused("PAYLOAD_TOO_LARGE", message, limit=MOST_BODY_BYTES)


@dataclass(frozen=True, slots=True)
class _Envelope:
    query: object
    variables: object
    operation_name: object
    extensions: object
    document_id: object = None

    def question(self, kinds: frozenset[OperationType] | None = None) -> Question:
        if not isinstance(self.operation_name, str | None):
            raise refused("BAD_REQUEST", "operationName must be text or null.")
        if not isinstance(self.extensions, dict | None):
            raise refused("BAD_REQUEST", "extensions must be an object or null.")
        if not isinstance(self.variables, dict | None):
            raise refused("BAD_REQUEST", "variables must be an object or null.")
        named = named_digest(self.document_id, self.extensions or {})
        query = self._query(is_named=named is not None)
        kinds = ALL_KINDS if kinds is None else kinds
        return Question(query, self.variables or {}, self.operation_name, kinds, named)

    def _query(self, *, is_named: bool) -> str:
        if self.query is None and is_named:
            return ""
        if not isinstance(self.query, str) or not self.query:
            raise refused("BAD_REQUEST", "query must be text that is not empty.")
        return self.query


def question_of_body(body: bytes, kinds: frozenset[OperationType] | None = None) -> Question:
    """Return the question in a POST's body; `kinds` widens what the transport may carry."""
    sent = _decoded(body)
    if isinstance(sent, list):
        raise refused("BATCHING_DISABLED", "Send one operation a request.")
    if not isinstance(sent, dict):
        raise refused("BAD_REQUEST", "The body must be a JSON object.")
    return _Envelope(*(sent.get(name) for name in _KEYS)).question(kinds)


def question_of_payload(sent: Mapping[str, object]) -> Question:
    """Return the question in a message of a socket."""
    return _Envelope(*(sent.get(name) for name in _KEYS)).question(STREAMED_KINDS)


def question_of_parameters(parameters: Mapping[str, str]) -> Question:
    """Return the question in a GET's address."""
    variables, extensions = (
        _decoded(parameters[name].encode()) if parameters.get(name) else None
        for name in ("variables", "extensions")
    )
    name = parameters.get("operationName") or None
    named = parameters.get("documentId")
    envelope = _Envelope(parameters.get("query"), variables, name, extensions, named)
    return envelope.question(frozenset({OperationType.QUERY}))


def _decoded(body: bytes) -> Any:  # noqa: ANN401
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise refused("BAD_REQUEST", "The body is not JSON in UTF-8.") from None
