"""What happened to linked accounts, for their owners and those who see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope

_MOST = 20


@dataclass(frozen=True, slots=True)
class AccountChangeRow:
    """A change of name, a gap in access or a lost proof; `to_at` is None while a gap goes on."""

    kind: str
    before: str | None
    after: str | None
    from_at: datetime
    to_at: datetime | None


async def account_changes(
    viewer: Viewer, account_ids: Sequence[UUID]
) -> dict[UUID, list[AccountChangeRow]]:
    """Return the latest changes of each account whose owner is in scope, the newest first."""
    visible = scope.asns(viewer, "c.asn_id", 2)
    statement = f"""
        SELECT account_id, kind, before, after, from_at, to_at
          FROM (SELECT c.*, row_number() OVER (
                       PARTITION BY c.account_id ORDER BY c.from_at DESC, c.id DESC) AS place
                  FROM account_change c
                 WHERE c.account_id = ANY($1::uuid[]) AND {visible.sql}) latest
         WHERE place <= {_MOST} ORDER BY account_id, place"""
    async with connection() as db:
        records = await db.fetch(statement, list(account_ids), *visible.parameters)
    found: dict[UUID, list[AccountChangeRow]] = {}
    for record in records:
        found.setdefault(record["account_id"], []).append(AccountChangeRow(*tuple(record)[1:]))
    return found
