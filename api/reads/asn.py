"""Civil servants: the list, the card by id, and what a detail page shows beside the card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.badge import BadgeStatus
from api.domain.eligibility import Outcome
from api.domain.nip import EmploymentKind
from api.models import connection
from api.reads import scope
from api.reads.card import AsnRow, card
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.reads.posting import posted

BY_NAME = Keyset("asns.NAME", (Key("a.sort_name", Kind.TEXT), Key("a.id", Kind.UUID)))

_LATEST_OUTCOME = """
(SELECT e.outcome FROM eligibility_assessment e WHERE e.asn_id = a.id
  ORDER BY e.assessed_at DESC, e.id DESC LIMIT 1)
"""

_NARROWED = f"""
{posted("a.id", "$1", "$2")}
AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM employee_number n WHERE n.asn_id = a.id
                                    AND n.valid_to_on IS NULL AND n.kind = $3))
AND ($4::bool IS NULL OR $4 = EXISTS (SELECT 1 FROM badge b
                                       WHERE b.asn_id = a.id AND b.state = 'ACTIVE'))
AND ($5::text IS NULL OR EXISTS (SELECT 1 FROM badge b WHERE b.asn_id = a.id AND b.state = $5))
AND ($6::text IS NULL OR $6 = {_LATEST_OUTCOME})
AND ($7::text IS NULL OR a.sort_name LIKE '%' || $7 || '%')
"""


@dataclass(frozen=True, slots=True)
class AsnFilter:
    """Narrows the list; all parts are optional and combined by AND."""

    agency_id: UUID | None = None
    province_id: UUID | None = None
    employment_kind: EmploymentKind | None = None
    has_badge: bool | None = None
    badge_status: BadgeStatus | None = None
    eligibility: Outcome | None = None
    search: str | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """Return the values of the seven placeholders of the condition."""
        return (
            self.agency_id,
            self.province_id,
            self.employment_kind,
            self.has_badge,
            self.badge_status,
            self.eligibility,
            _escaped(self.search),
        )


def _escaped(search: str | None) -> str | None:
    """Return text that LIKE takes literally, folded as names are."""
    if search is None:
        return None
    folded = " ".join(search.casefold().split())
    return folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def asns(
    viewer: Viewer, narrowed: AsnFilter, request: PageRequest, *, is_descending: bool
) -> Page[AsnRow]:
    """Return a page of the people in scope by name."""
    keyset = BY_NAME.directed(is_descending=is_descending)
    window = request.open(keyset, narrowed_by=narrowed)
    visible = scope.asns(viewer, "a.id", 8)
    after = 8 + len(visible.parameters)
    statement = f"""
        SELECT {card(viewer)} AS card, {window.key_columns} FROM asn a
         WHERE {_NARROWED} AND {visible.sql} AND {window.predicate(after)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(
            statement, *narrowed.values, *visible.parameters, *window.parameters
        )
    return window.page(records, lambda record: AsnRow.of(record["card"]))


async def count_asns(viewer: Viewer, narrowed: AsnFilter) -> int:
    """Return how many people the same filter reaches."""
    visible = scope.asns(viewer, "a.id", 8)
    statement = f"SELECT count(*) FROM asn a WHERE {_NARROWED} AND {visible.sql}"
    async with connection() as db:
        total: int = await db.fetchval(statement, *narrowed.values, *visible.parameters)
    return total


async def cards(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, AsnRow]:
    """Return the cards of those of these people whom the viewer may see."""
    visible = scope.asns(viewer, "a.id", 2)
    statement = f"""
        SELECT a.id, {card(viewer)} AS card FROM asn a
         WHERE a.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: AsnRow.of(record["card"]) for record in records}


@dataclass(frozen=True, slots=True)
class EligibilityRow:
    """The latest assessment of a person."""

    outcome: str
    policy_code: str
    policy_version: int
    assessed_at: datetime
    reasons: tuple[dict[str, Any], ...]


async def eligibility(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, EligibilityRow]:
    """Return the latest assessment of those of these people whom the viewer may see."""
    visible = scope.asns(viewer, "e.asn_id", 2)
    statement = f"""
        SELECT DISTINCT ON (e.asn_id) e.asn_id, e.outcome, e.assessed_at, e.reasons, p.code,
               p.version
          FROM eligibility_assessment e JOIN eligibility_policy p ON p.id = e.policy_id
         WHERE e.asn_id = ANY($1::uuid[]) AND {visible.sql}
         ORDER BY e.asn_id, e.assessed_at DESC, e.id DESC"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["asn_id"]: _assessed(record) for record in records}


def _assessed(record: Record) -> EligibilityRow:
    return EligibilityRow(
        outcome=record["outcome"],
        policy_code=record["code"],
        policy_version=record["version"],
        assessed_at=record["assessed_at"],
        reasons=tuple(record["reasons"]),
    )


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent, standing or withdrawn."""

    purpose: str
    granted_at: datetime
    withdrawn_at: datetime | None


async def consents(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[ConsentRow]]:
    """Return all consents of those of these people whom the viewer may see, oldest first."""
    visible = scope.asns(viewer, "c.asn_id", 2)
    statement = f"""
        SELECT c.asn_id, c.purpose, c.granted_at, c.withdrawn_at FROM consent c
         WHERE c.asn_id = ANY($1::uuid[]) AND {visible.sql} ORDER BY c.granted_at, c.id"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    found: dict[UUID, list[ConsentRow]] = {}
    for record in records:
        row = ConsentRow(record["purpose"], record["granted_at"], record["withdrawn_at"])
        found.setdefault(record["asn_id"], []).append(row)
    return found
