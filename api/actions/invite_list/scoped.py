"""The list of a change, locked, if it is in scope."""

from uuid import UUID

from asyncpg import Connection, Record

from api.domain.access import Viewer
from api.errors import NotFound
from api.reads import scope

_LIST = """
SELECT l.id, l.event_id, l.status, l.sha256, l.rules, l.outcome, l.seed, ev.starts_at, ev.capacity,
       ev.status AS event_status
  FROM invite_list l JOIN event ev ON ev.id = l.event_id
"""


async def locked_list(db: Connection, viewer: Viewer, list_id: UUID) -> Record:
    """Lock a list and return it.

    Raises:
        NotFound: the list is missing or out of scope.
    """
    visible = scope.invite_lists(viewer, "ev", 2)
    statement = f"{_LIST} WHERE l.id = $1 AND {visible.sql} FOR UPDATE OF l"
    row = await db.fetchrow(statement, list_id, *visible.parameters)
    if row is None:
        raise NotFound(field=["inviteListId"])
    return row
