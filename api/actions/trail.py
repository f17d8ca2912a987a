"""The audit row that every change of an action carries."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from asyncpg import Connection

from api.domain.access import Viewer
from api.models import new_id

_INSERT = """
INSERT INTO audit_event
       (id, at, actor, role, action, object_type, object_id, before_sha256, after_sha256, reason,
        request_id, row_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to which object; `before` and `after` are hashed, never stored."""

    action: str
    object_type: str
    object_id: UUID | None
    before: object = None
    after: object = None
    reason: str | None = None


async def record(transaction: Connection, viewer: Viewer, change: Change) -> None:
    """Write the audit row of a change in the transaction of the change."""
    row = (
        new_id(),
        datetime.now(UTC),
        viewer.subject,
        viewer.role.value,
        change.action,
        change.object_type,
        change.object_id,
        _sha256(change.before),
        _sha256(change.after),
        change.reason,
        viewer.request_id,
    )
    digest = hashlib.sha256("\x1f".join(str(value) for value in row).encode()).hexdigest()
    await transaction.execute(_INSERT, *row, digest)


def _sha256(value: object) -> str | None:
    if value is None:
        return None
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
