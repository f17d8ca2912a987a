"""Asks for the file of an invite list."""

from uuid import UUID

from asyncpg import Connection

from api.actions.idempotency import Attempt, answer_with, first_result
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.canonical import sha256_of
from api.domain.export import ExportFormat
from api.errors import NotFound
from api.models import new_id, transaction
from api.queue import Job, enqueue
from api.reads import scope

KIND = "INVITE_LIST"

_LIST = "SELECT l.id FROM invite_list l JOIN event ev ON ev.id = l.event_id WHERE l.id = $1"
_INSERT = """
INSERT INTO export (id, kind, format, request, request_sha256, requested_by, status, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, 'REQUESTED', now())
ON CONFLICT (requested_by, kind, format, request_sha256)
      WHERE status IN ('REQUESTED', 'RUNNING') DO NOTHING
RETURNING id
"""
_UNFINISHED = """
SELECT id FROM export
 WHERE requested_by = $1 AND kind = $2 AND format = $3 AND request_sha256 = $4
   AND status IN ('REQUESTED', 'RUNNING')
"""


async def request_export(
    viewer: Viewer, list_id: UUID, file_format: ExportFormat, idempotency_key: str | None = None
) -> UUID:
    """Ask for a file; while the same request is not finished, it is the same export.

    Raises:
        NotFound: the list is missing or out of scope.
        IdempotencyMismatch: the key was used with other input.
    """
    attempt = Attempt("inviteListExport", idempotency_key, [list_id, file_format])
    asked = Refused("request_export", "InviteList", list_id)
    async with noted(viewer, asked), transaction() as db:
        await _require_list(db, viewer, list_id)
        key = new_id()
        stands = await first_result(db, viewer, attempt, key)
        if stands != key:
            return stands
        request = {
            "list_id": str(list_id),
            "role": viewer.role.value,
            "agency_id": None if viewer.agency_id is None else str(viewer.agency_id),
        }
        same = (KIND, file_format.value, sha256_of(request))
        columns = (key, KIND, file_format.value, request, same[2], viewer.subject)
        if await db.fetchval(_INSERT, *columns) is None:
            unfinished: UUID = await db.fetchval(_UNFINISHED, viewer.subject, *same)
            await answer_with(db, viewer, attempt, unfinished)
            return unfinished
        await ask_to_build(db, key)
        await record(db, viewer, Change("request_export", "Export", key, after=request))
        return key


async def ask_to_build(db: Connection, key: UUID) -> None:
    """Ask a worker for the file."""
    await enqueue(db, Job.BUILD_EXPORT, {"export_id": str(key)}, key=f"{Job.BUILD_EXPORT}:{key}")


async def _require_list(db: Connection, viewer: Viewer, list_id: UUID) -> None:
    visible = scope.invite_lists(viewer, "ev", 2)
    if await db.fetchval(f"{_LIST} AND {visible.sql}", list_id, *visible.parameters) is None:
        raise NotFound(field=["inviteListId"])
