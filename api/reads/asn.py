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
from api.domain.names import sort_name
from api.domain.nip import EmploymentKind
from api.models import connection
from api.reads import scope
from api.reads.card import ACCOUNT, AccountRow, AsnRow, card
from api.reads.conditions import Condition, all_of, literally
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.reads.posting import posted_below, posted_in

BY_NAME = Keyset("asns.NAME", (Key("a.sort_name", Kind.TEXT), Key("a.id", Kind.UUID)))

_LATEST_OUTCOME = """
(SELECT e.outcome FROM eligibility_assessment e WHERE e.asn_id = a.id
  ORDER BY e.assessed_at DESC, e.id DESC LIMIT 1)
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

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `a` of asn."""
        is_held = "EXISTS (SELECT 1 FROM badge b WHERE b.asn_id = a.id AND b.state = {})"
        is_active = "EXISTS (SELECT 1 FROM badge b WHERE b.asn_id = a.id AND b.state = 'ACTIVE')"
        has_kind = """EXISTS (SELECT 1 FROM employee_number n
                       WHERE n.asn_id = a.id AND n.valid_to_on IS NULL AND n.kind = {})"""
        return all_of(
            start_index,
            (
                (posted_below("a.id", "{}::uuid"), self.agency_id),
                (posted_in("a.id", "{}::uuid"), self.province_id),
                (has_kind, self.employment_kind),
                (f"{is_active} = {{}}::bool", self.has_badge),
                (is_held, self.badge_status),
                (f"{_LATEST_OUTCOME} = {{}}", self.eligibility),
                ("a.sort_name LIKE '%' || {}::text || '%'", _searched(self.search)),
            ),
        )


def _searched(search: str | None) -> str | None:
    """Return text that LIKE takes literally, folded as sorted names are."""
    return None if search is None else literally(sort_name(search))


async def asns(
    viewer: Viewer, narrowed: AsnFilter, request: PageRequest, *, is_descending: bool
) -> Page[AsnRow]:
    """Return a page of the people in scope by name."""
    keyset = BY_NAME.directed(is_descending=is_descending)
    window = request.open(keyset, narrowed_by=narrowed)
    where = _reached(viewer, narrowed)
    statement = f"""
        SELECT {card(viewer)} AS card, {window.key_columns} FROM asn a
         WHERE {where.sql} AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, lambda record: AsnRow.of(record["card"]))


async def count_asns(viewer: Viewer, narrowed: AsnFilter) -> int:
    """Return how many people the same filter reaches."""
    where = _reached(viewer, narrowed)
    async with connection() as db:
        total: int = await db.fetchval(
            f"SELECT count(*) FROM asn a WHERE {where.sql}", *where.parameters
        )
    return total


def _reached(viewer: Viewer, narrowed: AsnFilter) -> Condition:
    visible = scope.asns(viewer, "a.id", 1)
    return visible.and_(narrowed.condition(1 + len(visible.parameters)))


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
    stop_due_at: datetime | None
    stopped_at: datetime | None
    account_id: UUID | None


async def consents(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, list[ConsentRow]]:
    """Return all consents of those of these people whom the viewer may see, oldest first."""
    visible = scope.asns(viewer, "c.asn_id", 2)
    statement = f"""
        SELECT c.asn_id, c.purpose, c.granted_at, c.withdrawn_at, c.stop_due_at,
               c.stopped_at, c.account_id FROM consent c
         WHERE c.asn_id = ANY($1::uuid[]) AND {visible.sql} ORDER BY c.granted_at, c.id"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    found: dict[UUID, list[ConsentRow]] = {}
    for record in records:
        asn_id, *columns = record
        found.setdefault(asn_id, []).append(ConsentRow(*columns))
    return found


async def accounts_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, AccountRow]:
    """Return those of these accounts whose owner is in scope and has not removed them."""
    visible = scope.asns(viewer, "sa.asn_id", 2)
    statement = f"""
        SELECT sa.id, {ACCOUNT} AS account FROM social_account sa
         WHERE sa.id = ANY($1::uuid[]) AND sa.verification <> 'REMOVED' AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: AccountRow.of(record["account"]) for record in records}
