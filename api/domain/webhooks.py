"""Webhooks of the networks: answers to their challenges, and checks of their signatures.

Everything is decided over the raw bytes and in constant time. Sources: X's account activity
documentation (CRC), Meta's webhook documentation (`hub.challenge`, `X-Hub-Signature-256`).
"""

import base64
import hashlib
import hmac
import re

from api.domain.platform import Platform

X_SIGNATURE_HEADER = "x-twitter-webhooks-signature"
META_SIGNATURE_HEADER = "x-hub-signature-256"
SIGNATURE_HEADERS = {
    Platform.X: X_SIGNATURE_HEADER,
    Platform.FACEBOOK: META_SIGNATURE_HEADER,
    Platform.INSTAGRAM: META_SIGNATURE_HEADER,
}
"""In which header each network that calls us back signs its events."""

_START = "sha256="
_LONGEST_TOKEN = 1_000
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def x_challenge_response(crc_token: str, consumer_secret: str) -> str | None:
    """Return the `response_token` for X's challenge; None for a token that X would not send."""
    if not crc_token or len(crc_token) > _LONGEST_TOKEN or not consumer_secret:
        return None
    return _START + _base64_digest(crc_token.encode("utf-8", "surrogatepass"), consumer_secret)


def meta_challenge_response(
    mode: str, verify_token: str, challenge: str, expected_token: str
) -> str | None:
    """Return the text that Meta wants to read back; None if the caller is not Meta."""
    is_ours = bool(expected_token) and _is_same(verify_token, expected_token)
    is_asked = mode == "subscribe" and 0 < len(challenge) <= _LONGEST_TOKEN
    return challenge if is_ours and is_asked else None


def is_signed(platform: Platform, body: bytes, signature: str | None, secret: str) -> bool:
    """Tell whether a body carries a network's signature; without a secret nothing does.

    Meta signs the form of a body in which every non-ASCII character is escaped, whatever it sends:
    the raw bytes are tried first, then, only if they hold such characters, that form.
    """
    if not secret or signature is None:
        return False
    match platform:
        case Platform.X:
            return _is_same(signature, _START + _base64_digest(body, secret))
        case Platform.FACEBOOK | Platform.INSTAGRAM:
            return _is_signed_by_meta(body, signature, secret)
        case _:
            return False


def event_key(body: bytes) -> str:
    """Return the name under which a body without an event id of its own is stored once."""
    return hashlib.sha256(body).hexdigest()


def _is_signed_by_meta(body: bytes, signature: str, secret: str) -> bool:
    if _is_same(signature, _START + _hex_digest(body, secret)):
        return True
    escaped = _escaped(body)
    return escaped is not None and _is_same(signature, _START + _hex_digest(escaped, secret))


def _escaped(body: bytes) -> bytes | None:
    """Return a body with every non-ASCII character as a lowercase escape, None if it holds none."""
    if body.isascii():
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return _NON_ASCII.sub(_escape, text).encode()


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs)


def _base64_digest(content: bytes, secret: str) -> str:
    return base64.b64encode(_digest(content, secret)).decode()


def _hex_digest(content: bytes, secret: str) -> str:
    return _digest(content, secret).hex()


def _digest(content: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def _is_same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), wanted.encode("utf-8", "surrogatepass")
    )
