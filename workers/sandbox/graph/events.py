"""Signed webhooks as Meta sends them: escaped or raw, right or wrong, once or often."""

import hashlib
import hmac
import json
from typing import Any

from workers.sandbox.graph.tokens import APP_SECRET

Json = dict[str, Any]
SIGNATURE_HEADER = "x-hub-signature-256"


def body_of(event: Json, form: str) -> bytes:
    """Write an event: with non-ASCII as lowercase escapes, or raw."""
    return json.dumps(event, ensure_ascii=form != "raw", separators=(",", ":")).encode()


def signature_of(event: Json) -> str:
    """Sign an event: always in its escaped form, whatever is sent."""
    digest = hmac.new(APP_SECRET.encode(), body_of(event, "escaped"), hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def wrong_signature_of(event: Json) -> str:
    """Return a signature of the right form that another secret made."""
    digest = hmac.new(b"another-secret", body_of(event, "raw"), hashlib.sha256).hexdigest()
    return f"sha256={digest}"
