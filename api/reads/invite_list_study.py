"""What can be asked about a list as a whole: parity of groups, changes since another list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.domain.access import Viewer
from api.domain.selection.parity import Standing
from api.models import connection
from api.reads import scope

SHOWN_CHANGES = 50

# Whoever could have had a seat; the others are no part of the draw.
_POOL = """
SELECT e.facts->>'agency' AS agency, e.facts->>'province' AS province, e.seat
  FROM invite_list_entry e
 WHERE e.invite_list_id = $1 AND e.decision IN ('ADMITTED', 'WAITLISTED', 'QUOTA_FULL')
"""
_NAMES = """
SELECT id::text, name FROM province WHERE id = ANY($1::uuid[])
 UNION ALL
SELECT DISTINCT ON (n.agency_id) n.agency_id::text, n.name FROM agency_name n
 WHERE n.agency_id = ANY($1::uuid[]) ORDER BY 1
"""
_CHANGES = """
SELECT coalesce(now.asn_id, old.asn_id) AS asn_id, old.decision AS before, now.decision AS after,
       coalesce(now.reasons, old.reasons) AS reasons, now.seat IS NOT NULL AS is_in
  FROM (SELECT * FROM invite_list_entry WHERE invite_list_id = $1) now
  FULL JOIN (SELECT e.* FROM invite_list_entry e JOIN invite_list l ON l.id = e.invite_list_id
               JOIN event ev ON ev.id = l.event_id
              WHERE e.invite_list_id = $2 AND {visible}) old ON old.asn_id = now.asn_id
 WHERE (now.seat IS NULL) <> (old.seat IS NULL)
 ORDER BY is_in DESC, coalesce(now.rank, old.rank), 1
"""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Somebody who is on one of two lists and not on the other."""

    asn_id: UUID
    before: str | None
    after: str | None
    reasons: tuple[tuple[str, str], ...]
    is_in: bool


@dataclass(frozen=True, slots=True)
class ChangesRow:
    """What one list changed against another: how many, and the first of each side."""

    entered_count: int
    left_count: int
    changes: tuple[ChangeRow, ...]


async def pool_of(list_id: UUID) -> list[Standing]:
    """Return everybody who could have had a seat on a list that the caller already sees."""
    async with connection() as db:
        return [Standing(*row) for row in await db.fetch(_POOL, list_id)]


async def group_names(keys: list[str]) -> Mapping[str, str]:
    """Return the names of agencies and provinces."""
    async with connection() as db:
        rows = await db.fetch(_NAMES, [UUID(key) for key in keys])
    return {row["id"]: row["name"] for row in rows}


async def changes_since(viewer: Viewer, list_id: UUID, other_id: UUID) -> ChangesRow:
    """Compare a list that the caller already sees with another one in scope."""
    visible = scope.invite_lists(viewer, "ev", 3)
    statement = _CHANGES.format(visible=visible.sql)
    async with connection() as db:
        rows = await db.fetch(statement, list_id, other_id, *visible.parameters)
    sides = {is_in: [row for row in rows if row["is_in"] is is_in] for is_in in (True, False)}
    shown = [row for side in sides.values() for row in side[:SHOWN_CHANGES]]
    return ChangesRow(len(sides[True]), len(sides[False]), tuple(_change(row) for row in shown))


def _change(row: Mapping[str, Any]) -> ChangeRow:
    reasons = tuple((item["code"], item["message"]) for item in row["reasons"])
    return ChangeRow(row["asn_id"], row["before"], row["after"], reasons, row["is_in"])
