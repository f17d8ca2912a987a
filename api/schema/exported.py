"""Exports."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.actions.exports import request_export
from api.domain.access import Role, Viewer
from api.domain.export import ExportFormat, ExportStatus
from api.reads import export as reads
from api.schema.context import Info, Shared
from api.schema.enums import described
from api.schema.identity import IdArgument, Node, encode_id, uuid_of
from api.schema.keyed import Keyed
from api.schema.node import findable
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.refusal import Payload, Refusable
from api.schema.scalars import URL

described(
    ExportFormat,
    "What kind of file.",
    {
        "CSV": "Comma-separated values in UTF-8.",
        "XLSX": "A workbook.",
        "JSONL": "One JSON object a line.",
        "ICS": "A calendar file of the event.",
    },
)
described(
    ExportStatus,
    "Where an export stands.",
    {
        "REQUESTED": "Waits for a worker.",
        "RUNNING": "Is being built.",
        "READY": "Can be fetched.",
        "FAILED": "Could not be built; ask again.",
        "EXPIRED": "Is gone, a day after it was ready.",
    },
)


@strawberry.type(description="A file that somebody asked for; only they see it.")
class Export(Node):
    """An export."""

    key: strawberry.Private[UUID]
    status: ExportStatus = strawberry.field(description="Where the export stands.")
    format: ExportFormat = strawberry.field(description="What kind of file.")
    row_count: int | None = strawberry.field(description="Rows; null until the file is ready.")
    sha256: str | None = strawberry.field(
        description="Hash of the file; null until the file is ready."
    )
    expires_at: datetime | None = strawberry.field(
        description="Timestamp at which the file goes; null until it is ready."
    )

    @strawberry.field(
        description="Where the file is fetched with the requester's token; null unless ready."
    )
    def url(self, info: Info) -> URL | None:
        """Point to the file."""
        if self.status is not ExportStatus.READY:
            return None
        return URL(f"{info.context.settings.public_url}/exports/{self.key}")

    @classmethod
    def of(cls, row: reads.ExportRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("Export", row.id),
            key=row.id,
            status=ExportStatus(row.status),
            format=ExportFormat(row.format),
            row_count=row.row_count,
            sha256=row.sha256,
            expires_at=row.expires_at,
        )


@findable("Export")
async def find_exports(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Export]:
    """Return those of these exports that the caller asked for."""
    found = await reads.exports_by_id(info.context.caller, keys)
    return {key: Export.of(row) for key, row in found.items()}


@strawberry.input(description="A list and the kind of file wanted.")
class InviteListExportInput(Keyed):
    """A wish for a file."""

    invite_list_id: strawberry.ID = strawberry.field(description="The list.")
    format: ExportFormat = strawberry.field(description="What kind of file.")


@strawberry.type(description="Result of inviteListExport.")
class InviteListExportPayload(Payload):
    """Result of inviteListExport."""

    export: Export | None = strawberry.field(default=None, description="The export.")


@strawberry.type
class ExportQuery:
    """Root fields about exports."""

    @strawberry.field(
        description="An export that you asked for.", extensions=[Requires(*SIGNED_IN)]
    )
    async def export(self, info: Info, id: IdArgument) -> Export | None:  # noqa: A002
        """Read one export."""
        key = uuid_of(id, "Export")
        return (await find_exports(info, [key])).get(key)


@strawberry.type
class ExportMutation:
    """Mutations about exports."""

    @strawberry.mutation(
        description="Asks for the file of a list; the same unfinished request is the same export.",
        extensions=[Refusable(), Requires(Role.ADMIN, Role.EVENT_ORGANISER, Role.AUDITOR)],
    )
    async def invite_list_export(
        self,
        info: Info,
        input: InviteListExportInput,  # noqa: A002
    ) -> InviteListExportPayload | None:
        """Ask for a file and read the export back."""
        await info.context.shared.require_counters()
        wanted = uuid_of(input.invite_list_id, "InviteList", "inviteListId")
        key = await request_export(info.context.caller, wanted, input.format, input.attempt_key)
        return InviteListExportPayload(export=(await find_exports(info, [key])).get(key))


@strawberry.type
class ExportSubscription:
    """Subscriptions about exports."""

    @strawberry.subscription(
        description="How an export that you asked for stands: now, and whenever that changes. "
        "Null, and the end, when it is missing or somebody else's.",
        extensions=[Requires(*SIGNED_IN)],
    )
    async def export_updated(
        self,
        info: Info,
        id: IdArgument,  # noqa: A002
    ) -> AsyncGenerator[Export | None, None]:
        """Watch an export."""
        return _states(info.context.caller, info.context.shared, uuid_of(id, "Export"))


async def _states(viewer: Viewer, shared: Shared, key: UUID) -> AsyncGenerator[Export | None, None]:
    """Yield the states of an export of the viewer's own."""
    if not await reads.exports_by_id(viewer, [key]):
        yield None
        return
    async with aclosing(shared.exports.states(key)) as states:
        async for row in states:
            if row is None:
                break
            yield Export.of(row)
    yield None
