"""Development tokens: signed by a key that never leaves this installation."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey

from api.domain.access import Role
from api.settings import Access

ALGORITHM = "ES256"
TOKEN_TYPES = ("at+jwt", "application/at+jwt")


def development_key(file: Path) -> ECKey:
    """Return the key of this installation; the first call makes it, readable by its owner only."""
    if not file.exists():
        _make(file)
    return ECKey.import_key(orjson.loads(file.read_bytes()))


def _make(file: Path) -> None:
    """Write a new key under its name at once, and keep the one of whoever was faster."""
    file.parent.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig"})
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(orjson.dumps(key.as_dict(private=True)))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def issue_dev_token(  # noqa: PLR0913 (each argument is a claim)
    access: Access,
    role: Role,
    *,
    now: datetime,
    ttl: timedelta = timedelta(hours=1),
    agency_code: str | None = None,
    asn_id: UUID | None = None,
    subject: str | None = None,
    name: str | None = None,
) -> str:
    """Return a signed token that this installation's API accepts until `now + ttl`."""
    key = development_key(access.dev_key_file)
    claims = {
        "iss": access.issuer,
        "aud": access.audience,
        "sub": subject or _subject(role, agency_code, asn_id),
        "iat": int(now.timestamp()),
        "exp": int((now + ttl).timestamp()),
        "role": role.value,
        "agency": agency_code,
        "asn": None if asn_id is None else str(asn_id),
        "name": name or f"Development {role.value}",
    }
    header = {"alg": ALGORITHM, "typ": TOKEN_TYPES[0], "kid": key.kid}
    known = {claim: value for claim, value in claims.items() if value is not None}
    return jwt.encode(header, known, key, algorithms=[ALGORITHM])


def _subject(role: Role, agency_code: str | None, asn_id: UUID | None) -> str:
    parts = ["dev", role.value.lower(), agency_code, str(asn_id) if asn_id else None]
    return ":".join(part for part in parts if part)
