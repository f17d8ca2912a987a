"""Who may draw lots: the people whom the chances of an earlier draft found level."""

from uuid import UUID

from asyncpg import Connection

from api.domain.selection import Lot
from api.domain.uncertainty import LEVEL_FROM, LEVEL_TO
from api.errors import InvalidState, NotFound

FIELD = ["lotAmongLevelOf"]

_RUN = "SELECT score_run_id FROM invite_list WHERE id = $1 AND event_id = $2"
_CHANCES = """
SELECT asn_id, top_count BETWEEN $3 AND $4 AS is_level FROM rank_uncertainty
 WHERE score_run_id = $1 AND seed_id = $2
"""


async def run_of_draft(db: Connection, list_id: UUID, event_id: UUID) -> UUID:
    """Return the run behind a list of the event.

    Raises:
        NotFound: the event has no such list.
    """
    run_id: UUID | None = await db.fetchval(_RUN, list_id, event_id)
    if run_id is None:
        raise NotFound(field=FIELD)
    return run_id


async def lot_among_level(db: Connection, list_id: UUID, run_id: UUID) -> Lot:
    """Return who draws lots.

    Raises:
        InvalidState: the chances of that list are not known, or not yet.
    """
    rows = await db.fetch(_CHANCES, run_id, list_id, LEVEL_FROM, LEVEL_TO)
    if not rows:
        raise InvalidState("The chances of that list are not drawn yet.", field=FIELD)
    return Lot(list_id, frozenset(row["asn_id"] for row in rows if row["is_level"]))
