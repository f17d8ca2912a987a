"""Sealed cursors: what a cursor holds can be neither read nor changed, nor used on another list.

The default order of people is by name and nothing personal may stand in a cursor, so it is
encrypted, not only signed. AES-GCM-SIV (RFC 8452) keeps its promises under a fixed nonce: equal
rows give equal cursors.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.domain.canonical import canonical_json

_VERSION = b"\x01"
_NONCE = bytes(12)
_LONGEST = 1_024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Kind(Enum):
    """Type of a sort column; the value is its name in PostgreSQL."""

    TEXT = "text"
    INT = "bigint"
    NUMERIC = "numeric"
    TIME = "timestamptz"
    DATE = "date"
    UUID = "uuid"
    BOOLEAN = "boolean"

    @property
    def sql(self) -> str:
        """Return the name of the type for a cast."""
        return self.value


class CursorSeal:
    """Seals with the first key and opens with any, so that keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._ciphers = [AESGCMSIV(_derived(bytes.fromhex(key))) for key in keys]

    def seal(self, values: Sequence[object], binding: bytes) -> str:
        """Return the cursor of a row of the list that `binding` stands for."""
        sealed = self._ciphers[0].encrypt(_NONCE, orjson.dumps(list(values)), binding)
        return base64.urlsafe_b64encode(_VERSION + sealed).rstrip(b"=").decode()

    def open(self, cursor: str, binding: bytes) -> list[Any]:
        """Return the values of a cursor of this list.

        Raises:
            ValueError: it is not ours, was changed, or belongs to another list.
        """
        sealed = _unwrapped(cursor)
        for cipher in self._ciphers:
            try:
                values = orjson.loads(cipher.decrypt(_NONCE, sealed, binding))
            except InvalidTag:
                continue
            return list(values)
        raise ValueError("not a cursor of this list")


def _derived(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"gema/cursor/v1").derive(secret)


def _unwrapped(cursor: str) -> bytes:
    if not 0 < len(cursor) <= _LONGEST:
        raise ValueError("not a cursor")
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        raw = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not a cursor") from error
    if raw[:1] != _VERSION:
        raise ValueError("not a cursor")
    return raw[1:]


def storable(values: Sequence[Any], kinds: Sequence[Kind]) -> list[object]:
    """Return key values as exact JSON: times in microseconds, decimals as text."""
    return [
        None if value is None else _stored(value, kind)
        for value, kind in zip(values, kinds, strict=True)
    ]


def _stored(value: Any, kind: Kind) -> object:  # noqa: ANN401
    if kind is Kind.TIME:
        return (value - _EPOCH) // timedelta(microseconds=1)
    if kind is Kind.DATE:
        return value.isoformat()
    return str(value) if kind in {Kind.NUMERIC, Kind.UUID} else value


def restored(values: Sequence[Any], kinds: Sequence[Kind]) -> tuple[Any, ...]:
    """Return the key values of an opened cursor as asyncpg wants them."""
    pairs = zip(values, kinds, strict=True)
    return tuple(None if value is None else _restored(value, kind) for value, kind in pairs)


def _restored(value: Any, kind: Kind) -> object:  # noqa: ANN401
    if kind is Kind.TIME:
        return _EPOCH + timedelta(microseconds=value)
    if kind is Kind.DATE:
        return date.fromisoformat(value)
    if kind is Kind.NUMERIC:
        return Decimal(value)
    return UUID(value) if kind is Kind.UUID else value


def fingerprint(value: object) -> bytes:
    """Return a hash that is equal for equal filters: absent and null alike, sets in any order."""
    return hashlib.sha256(canonical_json(_without_nulls(value)).encode()).digest()


def _without_nulls(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        value = {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_nulls(item) for item in value]
    return value
