"""Hands a file to whoever asked for it, and to nobody else."""

from dataclasses import dataclass
from uuid import UUID

from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.export import ExportFormat
from api.errors import NotFound
from api.models import transaction
from api.models.safe import file_safe
from api.settings import Secrets

_FILE = """
SELECT content, format, sha256 FROM export
 WHERE id = $1 AND requested_by = $2 AND status = 'READY' AND expires_at > now()
"""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file."""

    content: bytes
    format: ExportFormat


async def fetch_export(viewer: Viewer, secrets: Secrets, export_id: UUID) -> ExportedFile:
    """Return a file to its requester; every fetch and every refused one is noted.

    Raises:
        NotFound: it is unknown, of another person, not ready, or past its time.
    """
    asked = Refused("fetch_export", "Export", export_id, notes_denial=True)
    async with noted(viewer, asked), transaction() as db:
        row = await db.fetchrow(_FILE, export_id, viewer.subject)
        if row is None:
            raise NotFound
        await record(db, viewer, Change("fetch_export", "Export", export_id, after=row["sha256"]))
    content = file_safe(secrets).open(f"export:{export_id}", row["content"])
    return ExportedFile(content, ExportFormat(row["format"]))
