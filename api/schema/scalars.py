"""The three scalars beside the standard ones: DateTime, URL, BigInt.

A value that cannot be read is BAD_USER_INPUT and names the form. `URL` has one exception: text that
is not an absolute https address becomes a `MalformedUrl`, and the mutation it was sent to answers
with `userErrors` of code INVALID_URL and the field's path (see `refusal.py`).
"""

import re
from datetime import UTC, datetime
from typing import Any, NewType
from urllib.parse import urlsplit

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.errors import BadUserInput

BigInt = NewType("BigInt", int)
URL = NewType("URL", str)

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,19}")
_LARGEST = 2**63 - 1
_LONGEST_URL = 2_048


class MalformedUrl(str):
    """Text that was sent as a URL and is none."""

    __slots__ = ()


def read_date_time(value: object) -> datetime:
    """Return the moment that RFC 3339 text names, in UTC."""
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise BadUserInput("A DateTime looks like 2026-11-23T09:00:00+07:00: RFC 3339 with an offset.")


def write_date_time(value: datetime) -> str:
    """Return RFC 3339 text in UTC with `Z`."""
    if value.tzinfo is None:
        raise ValueError("a moment without an offset cannot be shown")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_big_int(value: object) -> int:
    """Return a whole number of 64 bits from an integer or decimal text."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    raise BadUserInput("A BigInt is a whole number up to 9223372036854775807, as text or integer.")


def read_url(value: object) -> str:
    """Return the text of an absolute https address, else a `MalformedUrl`."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL:
        raise BadUserInput("A URL is text such as https://example.go.id/berita/1, up to 2048 long.")
    return value if _is_absolute_https(value) else MalformedUrl(value)


def _is_absolute_https(text: str) -> bool:
    if not text.isprintable() or " " in text or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        has_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme == "https" and has_address and "@" not in parts.netloc


_DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment: RFC 3339 with an offset, shown in UTC.",
    serialize=write_date_time,
    parse_value=read_date_time,
)
_URL = strawberry.scalar(
    name="URL",
    description="An absolute https address.",
    serialize=str,
    parse_value=read_url,
)
_BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number of 64 bits: decimal text out, text or integer in.",
    serialize=str,
    parse_value=read_big_int,
)

_SCALARS: dict[Any, Any] = {datetime: _DATE_TIME, URL: _URL, BigInt: _BIG_INT}


def schema_config() -> StrawberryConfig:
    """Return the configuration that gives Python types their scalars."""
    return StrawberryConfig(scalar_map=_SCALARS)
