"""The audit row of a change that was refused: what was asked, of what, and the code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import NotFound, Refusal
from api.models import transaction


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked, and of which object if it is known."""

    action: str
    object_type: str
    object_id: UUID | None = None
    notes_denial: bool = False
    """Whether a missing or foreign object is noted here; for mutations the endpoint does it."""


@asynccontextmanager
async def noted(viewer: Viewer, asked: Refused) -> AsyncIterator[None]:
    """Note a refusal of the block in a transaction of its own, as the block's is rolled back."""
    try:
        yield
    except Refusal as refusal:
        if isinstance(refusal, NotFound) and not asked.notes_denial:
            raise
        change = Change(asked.action, asked.object_type, asked.object_id, reason=refusal.code)
        async with transaction() as db:
            await record(db, viewer, change)
        raise
