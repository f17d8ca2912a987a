"""Signed texts that people carry: reply tokens, which only Gema checks, and tickets for the door.

A ticket is signed with Ed25519, so that a device without a network checks it with the published
key. Both say by number which of the deployment's keys signed them; all keys are accepted.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.models.safe import derived
from api.settings import Secrets

NONCE_BYTES = 8

_REPLY = struct.Struct(">B16s16sII")
_TICKET = struct.Struct(">B16s16s8s")
_MAC_BYTES = 16
_MARK = "GEMA1"
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply token says: whose invitation, in which of its versions, until when."""

    event_id: UUID
    invitation_id: UUID
    version: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says."""

    event_id: UUID
    invitation_id: UUID
    nonce: bytes


@dataclass(frozen=True, slots=True)
class TicketOffice:
    """Signs and checks with the deployment's keys."""

    secrets: Secrets

    def reply_token(self, reply: Reply) -> str:
        """Return the token of a reply link."""
        keys = self.secrets.encryption_keys
        body = _REPLY.pack(
            len(keys),
            reply.event_id.bytes,
            reply.invitation_id.bytes,
            reply.version,
            int(reply.expires_at.timestamp()),
        )
        return _text(body + _mac(keys[0], body))

    def read_reply(self, token: str) -> Reply | None:
        """Return what a token says; None if it was not signed here."""
        raw = _bytes(token)
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        key = self._key(raw)
        if key is None or len(body) != _REPLY.size or not hmac.compare_digest(mac, _mac(key, body)):
            return None
        _, event, invitation, version, until = _REPLY.unpack(body)
        expires_at = datetime.fromtimestamp(until, UTC)
        return Reply(UUID(bytes=event), UUID(bytes=invitation), version, expires_at)

    def ticket(self, ticket: Ticket) -> str:
        """Return the text of a ticket: mark, content and signature, separated by dots."""
        keys = self.secrets.encryption_keys
        event, invitation = ticket.event_id.bytes, ticket.invitation_id.bytes
        body = _TICKET.pack(len(keys), event, invitation, ticket.nonce)
        return f"{_MARK}.{_text(body)}.{_text(_signer(keys[0]).sign(_signed(body)))}"

    def read_ticket(self, text: str) -> Ticket | None:
        """Return what a ticket says; None if it was not signed here or was changed."""
        mark, _, rest = text.partition(".")
        body, signature = (_bytes(part) for part in rest.partition(".")[::2])
        key = self._key(body)
        if mark != _MARK or key is None or len(body) != _TICKET.size:
            return None
        try:
            _signer(key).public_key().verify(signature, _signed(body))
        except InvalidSignature:
            return None
        _, event, invitation, nonce = _TICKET.unpack(body)
        return Ticket(UUID(bytes=event), UUID(bytes=invitation), nonce)

    def public_keys(self) -> list[dict[str, str]]:
        """Return the keys that check tickets, as JSON Web Keys; `kid` is the number in a ticket."""
        keys = self.secrets.encryption_keys
        return [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "kid": str(len(keys) - at),
                "x": _text(_signer(key).public_key().public_bytes_raw()),
            }
            for at, key in enumerate(keys)
        ]

    def _key(self, raw: bytes) -> str | None:
        keys = self.secrets.encryption_keys
        return keys[len(keys) - raw[0]] if raw and 1 <= raw[0] <= len(keys) else None


def _signer(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived(key, "ticket"))


def _signed(body: bytes) -> bytes:
    return _MARK.encode() + body


def _mac(key: str, body: bytes) -> bytes:
    return hmac.new(derived(key, "reply"), body, hashlib.sha256).digest()[:_MAC_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Return the bytes of a text; none where it is not spelt exactly as we spell it."""
    if not text.isascii() or len(text) > _LONGEST:
        return b""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
    return raw if _text(raw) == text else b""
