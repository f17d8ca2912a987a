"""Observations: how large an account's audience was, as one source saw it at one time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.cells import Cells
from api.actions.intake.kind import Columns, Importing, Kind
from api.actions.intake.registry import (
    AccountKey,
    Owner,
    account_owners,
    ask_for_assessments,
    read_account,
)
from api.actions.intake.report import Outcome
from api.actions.stage import Stage
from api.domain.platform import AudienceKind, AudienceSource, Platform
from api.models import new_id

_STAGE = Stage(
    "observation_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "account_id": "uuid",
        "kind": "text",
        "count": "bigint",
        "source": "text",
        "observed_at": "timestamptz",
    },
)
# An agreement that was withdrawn stops every observation; where nobody has been asked yet, figures
# that an office has reviewed may come in before the answer.
_WITHDRAWN = """
SELECT account_id FROM (
       SELECT account_id, withdrawn_at FROM consent
        WHERE account_id = ANY($1::uuid[]) AND purpose = 'ACCOUNT_TRACKING'
        ORDER BY id FOR SHARE) c
 GROUP BY account_id HAVING bool_and(withdrawn_at IS NOT NULL)
"""
_STORED = """
SELECT o.account_id, o.kind, o.source, o.observed_at, o.count
  FROM audience_observation o
  JOIN unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
    AS g(asn_id, account_id, kind, source, observed_at)
    ON o.asn_id = g.asn_id AND o.account_id = g.account_id AND o.kind = g.kind
   AND o.source = g.source AND o.observed_at = g.observed_at
"""

Figure = tuple[UUID, str, str, datetime]


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of the file."""

    line: int = field(compare=False)
    account: AccountKey
    kind: str
    count: int
    source: str
    observed_at: datetime

    def figure(self, account_id: UUID) -> Figure:
        """Return what may be observed once only."""
        return account_id, self.kind, self.source, self.observed_at


def read(cells: Cells, importing: Importing) -> Observation:
    """Read one row."""
    del importing
    platform = cells.choice("platform", Platform)
    return Observation(
        line=cells.line,
        account=(platform.value, read_account(cells, platform, "platform_user_id")),
        kind=cells.choice("kind", AudienceKind).value,
        count=cells.count("count"),
        source=cells.choice("source", AudienceSource).value,
        observed_at=cells.moment("observed_at"),
    )


async def store(db: Connection, rows: Sequence[Observation], importing: Importing) -> Outcome:
    """Append what is not known yet; nothing that was observed is ever changed."""
    del importing
    outcome = Outcome()
    found = await _resolve(db, rows, outcome)
    known = await _stored(db, found)
    fresh: list[tuple[object, ...]] = []
    holders: set[UUID] = set()
    for row, owner in found:
        figure = row.figure(owner.account_id)
        earlier = known.get(figure)
        if earlier is None:
            known[figure] = row.count
            account = (new_id(), owner.asn_id, owner.account_id)
            fresh.append((*account, row.kind, row.count, row.source, row.observed_at))
            holders.add(owner.asn_id)
        elif earlier == row.count:
            outcome.unchanged_count += 1
        else:
            reason = "The same source has given another figure for the same time."
            outcome.refuse(row.line, "count", "CONFLICT", reason)
    outcome.new_count = await _STAGE.add_to(db, "audience_observation", fresh)
    outcome.unchanged_count += len(fresh) - outcome.new_count
    await ask_for_assessments(db, holders)
    return outcome


async def _resolve(
    db: Connection, rows: Sequence[Observation], outcome: Outcome
) -> list[tuple[Observation, Owner]]:
    owners = await account_owners(db, (row.account for row in rows))
    stopped = await _stopped(db, (owner.account_id for owner in owners.values()))
    found: list[tuple[Observation, Owner]] = []
    for row in rows:
        owner = owners.get(row.account)
        if owner is None:
            reason = "Nobody has linked this account."
            outcome.refuse(row.line, "platform_user_id", "NOT_FOUND", reason)
        elif owner.account_id in stopped:
            reason = "The owner has withdrawn the consent ACCOUNT_TRACKING for this account."
            outcome.refuse(row.line, "platform_user_id", "CONSENT_MISSING", reason)
        else:
            found.append((row, owner))
    return found


async def _stopped(db: Connection, account_ids: Iterable[UUID]) -> frozenset[UUID]:
    rows = await db.fetch(_WITHDRAWN, list(account_ids))
    return frozenset(row["account_id"] for row in rows)


async def _stored(db: Connection, found: Sequence[tuple[Observation, Owner]]) -> dict[Figure, int]:
    rows = await db.fetch(
        _STORED,
        [owner.asn_id for _, owner in found],
        [owner.account_id for _, owner in found],
        [row.kind for row, _ in found],
        [row.source for row, _ in found],
        [row.observed_at for row, _ in found],
    )
    return {
        (row["account_id"], row["kind"], row["source"], row["observed_at"]): row["count"]
        for row in rows
    }


KIND = Kind(
    name="observations",
    columns=Columns(
        required=("platform", "platform_user_id", "kind", "count", "source", "observed_at")
    ),
    read=read,
    store=store,
)
