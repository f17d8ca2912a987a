"""What time does to events: half a day after their end they count as held."""

from api.actions.trail import Change, record
from api.domain.access import SYSTEM
from api.domain.event import EventStatus
from api.models import transaction

# As for people who stay away: devices at the door have synced by then.
_HELD = """
UPDATE event SET status = 'HELD', version = version + 1
 WHERE id IN (SELECT id FROM event
               WHERE status = 'PUBLISHED'
                 AND coalesce(ends_at, starts_at) + interval '12 hours' <= now()
               ORDER BY id FOR UPDATE SKIP LOCKED)
RETURNING id
"""


async def note_held_events() -> int:
    """Note which announced events were held; return how many."""
    async with transaction() as db:
        held = [row["id"] for row in await db.fetch(_HELD)]
        for key in held:
            before, after = EventStatus.PUBLISHED.value, EventStatus.HELD.value
            await record(db, SYSTEM, Change("hold_event", "Event", key, before, after))
    return len(held)
