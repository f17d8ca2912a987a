"""The shape of an answer without its content, for dead letters that a person reads."""

import re
from collections.abc import Mapping

import orjson

LONGEST_LENGTH = 2000
_DEEPEST = 6
_LONGEST_PAGE = 20_000
_TAG = re.compile(r"<(?P<name>/?[a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s>/])")
_MOST_ITEMS = 3
_OPEN_KEYS = frozenset(
    {
        "code",
        "error_subcode",
        "parameter",
        "resource_type",
        "result_count",
        "status",
        "title",
        "type",
    }
)


def redact(body: bytes) -> str:
    """Describe a body: keys, types and lengths stay; what people wrote and who they are goes."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return f"{len(body)} bytes, not JSON{_skeleton(body)}"
    return redact_json(content)


def _skeleton(body: bytes) -> str:
    """Return the bare tags of a page, by which a person tells a login from an outage."""
    text = body[:_LONGEST_PAGE].decode(errors="replace")
    tags = (f"<{match['name'].lower()}>" for match in _TAG.finditer(text))
    found = "".join(tags)
    return f": {found}"[:LONGEST_LENGTH] if found else ""


def redact_json(content: object) -> str:
    """Describe parsed JSON in the same way."""
    return orjson.dumps(_shape(content, 0)).decode()[:LONGEST_LENGTH]


def _shape(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {key: _member(key, item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        shown = [_shape(item, depth + 1) for item in value[:_MOST_ITEMS]]
        return [*shown, f"{len(value)} items"] if len(value) > _MOST_ITEMS else shown
    if isinstance(value, str):
        return f"text of {len(value)}"
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else value


def _member(key: str, value: object, depth: int) -> object:
    is_open = key in _OPEN_KEYS and isinstance(value, str | int)
    return value if is_open else _shape(value, depth)
