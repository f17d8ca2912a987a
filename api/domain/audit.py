"""How audit rows are hashed and chained, so that a changed or missing row shows.

A row is hashed when it is written; its place in the chain is given later, in sealing order:

    row hash  = SHA-256 of the JSON list of the row's columns, as text
    link hash = SHA-256 of "sequence:previous link hash:row hash"

The first row follows `GENESIS`. The database can compute the same hashes (see `api.reads.audit`),
so whoever checks the chain does not depend on the code that wrote it.
"""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from api.domain.canonical import instant

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who did what to which object: ids and hashes, never values. The order is the hash's."""

    id: UUID
    at: datetime
    actor: str
    role: str
    agency_id: UUID | None
    action: str
    object_type: str
    object_id: UUID | None
    before_sha256: str | None
    after_sha256: str | None
    reason: str | None
    request_id: str | None
    operation: str | None
    document_sha256: str | None

    @property
    def row_hash(self) -> str:
        """Return the hash of everything that the row says."""
        columns = [_text(value) for value in astuple(self)]
        return _sha256(json.dumps(columns, ensure_ascii=False))


def link_hash(sequence: int, previous: str, row_hash: str) -> str:
    """Return the hash that the next row of the chain carries as its previous one."""
    return _sha256(f"{sequence}:{previous}:{row_hash}")


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return instant(value)
    return str(value.value) if isinstance(value, Enum) else str(value)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
