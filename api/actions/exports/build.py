"""What a worker notes while it builds a file, and when the file has had its time."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.outbox import Lease
from api.actions.trail import Change, record
from api.domain.access import SYSTEM, Role, Viewer
from api.domain.export import ExportFormat
from api.models.safe import file_safe
from api.queue import Job, enqueue
from api.settings import Secrets

LIFETIME = timedelta(hours=24)

_ROW = """
SELECT format, request, requested_by, status, expires_at <= now() AS is_past
  FROM export WHERE id = $1 FOR UPDATE
"""
_RUN = "UPDATE export SET status = 'RUNNING', error_code = NULL WHERE id = $1"
_EXPIRE = "UPDATE export SET status = 'EXPIRED', content = NULL WHERE id = $1"
_READY = """
UPDATE export SET status = 'READY', content = $2, row_count = $3, sha256 = $4, ready_at = now(),
       expires_at = now() + $5
 WHERE id = $1 AND status = 'RUNNING' RETURNING id
"""
_FAIL = "UPDATE export SET status = 'FAILED', error_code = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Build:
    """A file to build, of what its requester may see."""

    export_id: UUID
    list_id: UUID
    format: ExportFormat
    viewer: Viewer


async def begin_export(lease: Lease, export_id: UUID) -> Build | None:
    """Say that a file is being built; None if none is needed. A file past its time goes."""
    async with lease.transaction() as db:
        row = await db.fetchrow(_ROW, export_id)
        if row is None or row["status"] in {"EXPIRED", "READY"}:
            if row is not None and row["is_past"]:
                await db.execute(_EXPIRE, export_id)
            await lease.finish(db)
            return None
        await db.execute(_RUN, export_id)
        request = row["request"]
        agency_id = request["agency_id"]
        viewer = Viewer(
            subject=row["requested_by"],
            role=Role(request["role"]),
            name="",
            agency_id=None if agency_id is None else UUID(agency_id),
        )
        key, wanted = UUID(request["list_id"]), ExportFormat(row["format"])
        return Build(export_id, key, wanted, viewer)


async def finish_export(
    lease: Lease, build: Build, secrets: Secrets, content: bytes, row_count: int
) -> None:
    """Seal the file and keep it for a day; the database never sees what is in it."""
    sealed = file_safe(secrets).seal(f"export:{build.export_id}", content)
    digest = hashlib.sha256(content).hexdigest()
    async with lease.transaction() as db:
        key = build.export_id
        if await db.fetchval(_READY, key, sealed, row_count, digest, LIFETIME) is not None:
            await _ask_to_expire(db, key)
            await record(db, SYSTEM, Change("build_export", "Export", key, after=digest))
        await lease.finish(db)


async def fail_export(lease: Lease, build: Build, code: str) -> None:
    """Say that a file cannot be built; asking again makes a new export."""
    async with lease.transaction() as db:
        await db.execute(_FAIL, build.export_id, code)
        await record(db, SYSTEM, Change("fail_export", "Export", build.export_id, reason=code))
        await lease.finish(db)


async def _ask_to_expire(db: Connection, key: UUID) -> None:
    await enqueue(
        db,
        Job.BUILD_EXPORT,
        {"export_id": str(key)},
        key=f"{Job.BUILD_EXPORT}:{key}:expire",
        delay=LIFETIME,
    )
