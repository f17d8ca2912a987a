"""The audit row that every change of an action carries."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from asyncpg import Connection

from api.domain.access import Viewer
from api.domain.audit import AuditRecord
from api.models import new_id

_INSERT = """
INSERT INTO audit_event
       (id, at, actor, role, agency_id, action, object_type, object_id, before_sha256,
        after_sha256, reason, request_id, operation, document_sha256, row_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
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
    row = AuditRecord(
        id=new_id(),
        at=datetime.now(UTC),
        actor=viewer.subject,
        role=viewer.role.value,
        agency_id=viewer.agency_id,
        action=change.action,
        object_type=change.object_type,
        object_id=change.object_id,
        before_sha256=_sha256(change.before),
        after_sha256=_sha256(change.after),
        reason=change.reason,
        request_id=viewer.request_id,
        operation=viewer.operation,
        document_sha256=viewer.document_sha256,
    )
    await transaction.execute(_INSERT, *astuple(row), row.row_hash)


def _sha256(value: object) -> str | None:
    if value is None:
        return None
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
