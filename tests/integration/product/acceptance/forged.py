"""Tokens that nobody should believe, made by somebody who knows the published key."""

import base64
import hmac
import json
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from api.http.tokens import development_key
from api.settings import Settings


def claims_of(settings: Settings, **changes: object) -> dict[str, Any]:
    now = int(time.time())
    access = settings.access
    whole = {"iss": access.issuer, "aud": access.audience, "sub": "s", "role": "ADMIN"}
    return {**whole, "iat": now, "exp": now + 600, **changes}


def signed(settings: Settings, header: dict[str, object] | None = None, **changes: object) -> str:
    key = development_key(settings.access.dev_key_file)
    full = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid, **(header or {})}
    return jwt.encode(full, claims_of(settings, **changes), key, algorithms=["ES256"])


def forgeries(settings: Settings) -> dict[str, str]:
    """Return tokens with the reason of their refusal."""
    key = development_key(settings.access.dev_key_file)
    header = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}
    claims, now = claims_of(settings), int(time.time())
    head, body, signature = signed(settings).split(".")
    confused = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    mac = hmac.digest(key.as_pem(private=False), confused.encode(), "sha256")
    stranger = ECKey.generate_key("P-256", {"kid": key.kid})
    return {
        signed(settings, exp=now - 60): "expired",
        signed(settings, nbf=now + 600): "not_yet_valid",
        signed(settings, aud="another"): "wrong_audience",
        signed(settings, iss="https://evil.example"): "wrong_issuer",
        f"{part({**header, 'alg': 'none'})}.{body}.": "bad_signature",
        f"{confused}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}": "bad_signature",
        f"{head}.{part({**claims, 'role': 'AUDITOR'})}.{signature}": "bad_signature",
        jwt.encode(header, claims, stranger, algorithms=["ES256"]): "bad_signature",
        signed(settings, {"kid": "elsewhere"}): "unknown_key",
        signed(settings, {"typ": "JWT"}): "wrong_type",
        "garbage": "malformed",
    }


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
