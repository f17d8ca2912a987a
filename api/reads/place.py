"""Agencies and provinces; the structure of the state is no secret."""

from collections.abc import Sequence
from uuid import UUID

from api.models import connection
from api.reads.card import AGENCY, PROVINCE, AgencyRow, ProvinceRow
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_CODE = Keyset("agencies.CODE", (Key("ag.code", Kind.TEXT), Key("ag.id", Kind.UUID)))


async def agencies(request: PageRequest) -> Page[AgencyRow]:
    """Return a page of the present agencies by code."""
    window = request.open(BY_CODE)
    statement = f"""
        SELECT {AGENCY} AS agency, {window.key_columns} FROM agency ag
         WHERE ag.valid_to_on IS NULL AND {window.predicate(1)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *window.parameters)
    return window.page(records, lambda record: AgencyRow.of(record["agency"]))


async def count_agencies() -> int:
    """Return the number of present agencies."""
    async with connection() as db:
        total: int = await db.fetchval("SELECT count(*) FROM agency WHERE valid_to_on IS NULL")
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
