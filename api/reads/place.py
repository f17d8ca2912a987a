"""Agencies and provinces; the structure of the state is no secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from api.domain.agency import AgencyKind
from api.models import connection
from api.reads.card import AGENCY, PROVINCE, AgencyRow, ProvinceRow
from api.reads.conditions import Condition, all_of, searched
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

_NAMED = """
ag.code ILIKE '%' || {}::text || '%' OR EXISTS (
    SELECT 1 FROM agency_name n WHERE n.agency_id = ag.id AND n.name ILIKE '%' || {}::text || '%')
"""
BY_CODE = Keyset("agencies.CODE", (Key("ag.code", Kind.TEXT), Key("ag.id", Kind.UUID)))


@dataclass(frozen=True, slots=True)
class AgencyFilter:
    """Narrows agencies; all parts are optional and combined by AND."""

    kind: AgencyKind | None = None
    province_id: UUID | None = None
    search: str | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `ag` of agency."""
        return all_of(
            start_index,
            (
                ("ag.kind = {}", self.kind),
                ("ag.province_id = {}::uuid", self.province_id),
                (_NAMED, searched(self.search)),
            ),
        )


async def agencies(narrowed: AgencyFilter, request: PageRequest) -> Page[AgencyRow]:
    """Return a page of the present agencies by code."""
    window = request.open(BY_CODE, narrowed_by=narrowed)
    where = narrowed.condition(1)
    statement = f"""
        SELECT {AGENCY} AS agency, {window.key_columns} FROM agency ag
         WHERE ag.valid_to_on IS NULL AND {where.sql}
           AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, lambda record: AgencyRow.of(record["agency"]))


async def count_agencies(narrowed: AgencyFilter) -> int:
    """Return how many present agencies the same filter reaches."""
    where = narrowed.condition(1)
    statement = f"SELECT count(*) FROM agency ag WHERE ag.valid_to_on IS NULL AND {where.sql}"
    async with connection() as db:
        total: int = await db.fetchval(statement, *where.parameters)
    return total


async def agencies_by_id(ids: Sequence[UUID]) -> dict[UUID, AgencyRow]:
    """Return these agencies, present and past."""
    statement = f"SELECT ag.id, {AGENCY} AS agency FROM agency ag WHERE ag.id = ANY($1::uuid[])"
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return {record["id"]: AgencyRow.of(record["agency"]) for record in records}


async def provinces() -> list[ProvinceRow]:
    """Return the 38 provinces by Kemendagri code."""
    statement = f"SELECT {PROVINCE} AS province FROM province pr ORDER BY pr.kemendagri_code"
    async with connection() as db:
        records = await db.fetch(statement)
    return [ProvinceRow.of(record["province"]) for record in records]


async def provinces_by_id(ids: Sequence[UUID]) -> dict[UUID, ProvinceRow]:
    """Return these provinces."""
    statement = (
        f"SELECT pr.id, {PROVINCE} AS province FROM province pr WHERE pr.id = ANY($1::uuid[])"
    )
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return {record["id"]: ProvinceRow.of(record["province"]) for record in records}
