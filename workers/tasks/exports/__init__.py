"""Builds the files that people asked for: sheet (CSV, XLSX), lines (JSONL), agenda (ICS)."""

import asyncio
import logging
from uuid import UUID

from api.actions.exports import Build, begin_export, fail_export, finish_export
from api.domain.export import ExportFormat
from api.reads.export import list_head, list_rows
from workers.tasks.exports.content import Content
from workers.tasks.exports.files import csv_file, ics_file, jsonl_file, xlsx_file
from workers.tasks.kit import Kit, Work

logger = logging.getLogger(__name__)

_FILES = {
    ExportFormat.CSV: csv_file,
    ExportFormat.XLSX: xlsx_file,
    ExportFormat.JSONL: jsonl_file,
    ExportFormat.ICS: ics_file,
}


async def build_export(kit: Kit, work: Work) -> None:
    """Build and seal the file of one export; a file past its time is forgotten."""
    build = await begin_export(work.lease, UUID(work.args["export_id"]))
    if build is None:
        return
    content = await _content(build, kit.settings.eligibility_policy)
    if content is None:
        await fail_export(work.lease, build, "NOT_FOUND")
        return
    file = await asyncio.to_thread(_FILES[build.format], content)
    await finish_export(work.lease, build, kit.settings.secrets, file, len(content.rows))


async def _content(build: Build, policy_code: str) -> Content | None:
    head = await list_head(build.viewer, build.list_id, policy_code)
    if head is None:
        return None
    return Content.of(dict(head), await list_rows(build.viewer, build.list_id), build.viewer)
