"""Corrections as a post and a person show them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from api.reads import correction as reads
from api.schema.context import Info
from api.schema.identity import encode_id
from api.schema.loading import loader


@strawberry.type(description="A published correction of a post.")
class Correction:
    """A correction."""

    old_fact: str = strawberry.field(description="What the post said.")
    new_fact: str = strawberry.field(description="What is right.")
    created_at: datetime = strawberry.field(description="Timestamp of the correction.")
    notified_count: int = strawberry.field(description="People who had shared and were told.")
    acknowledged_count: int = strawberry.field(description="Of them, who have read it.")
    deleted_count: int = strawberry.field(description="Of them, who took their shares down.")

    @classmethod
    def of(cls, row: reads.CorrectionRow) -> Self:
        """Show a row."""
        return cls(
            old_fact=row.old_fact,
            new_fact=row.new_fact,
            created_at=row.created_at,
            notified_count=row.notified_count,
            acknowledged_count=row.acknowledged_count,
            deleted_count=row.deleted_count,
        )


@strawberry.type(description="A person who had shared a post was told of its correction.")
class CorrectionNotice:
    """A notice."""

    id: strawberry.ID = strawberry.field(description="Opaque id, for correctionAcknowledge.")
    post_id: strawberry.ID = strawberry.field(description="The corrected post.")
    old_fact: str = strawberry.field(description="What the post said.")
    new_fact: str = strawberry.field(description="What is right.")
    notified_at: datetime = strawberry.field(description="Timestamp of the notice.")
    acknowledged_at: datetime | None = strawberry.field(
        description="Timestamp at which it was read; null before."
    )

    @classmethod
    def of(cls, row: reads.NoticeRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("CorrectionNotice", row.id),
            post_id=encode_id("ProgramPost", row.post_id),
            old_fact=row.old_fact,
            new_fact=row.new_fact,
            notified_at=row.notified_at,
            acknowledged_at=row.acknowledged_at,
        )


async def corrections_of(info: Info, post_id: UUID) -> list[Correction]:
    """Return the corrections of a post that the caller already sees."""
    found = await loader(info, "post.corrections", reads.corrections_of).load(post_id)
    return [Correction.of(row) for row in found or ()]


async def notices_of(info: Info, asn_id: UUID) -> list[CorrectionNotice]:
    """Return what a person was told, if the caller may see it."""
    viewer = info.context.caller
    found = loader(info, "asn.notices", lambda ids: reads.notices_of(viewer, ids))
    return [CorrectionNotice.of(row) for row in await found.load(asn_id) or ()]
