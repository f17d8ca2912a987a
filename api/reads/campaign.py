"""Programmes and their campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.campaign import CampaignStatus
from api.models import connection
from api.reads import scope
from api.reads.card import AGENCY, AgencyRow, if_known
from api.reads.conditions import Condition, all_of, searched
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_SLUG = Keyset("programs.SLUG", (Key("p.slug", Kind.TEXT), Key("p.id", Kind.UUID)))
BY_START = Keyset("campaigns.STARTS_AT", (Key("c.starts_at", Kind.TIME), Key("c.id", Kind.UUID)))

_PROGRAM = f"""
jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'summary', p.summary,
    'source_url', p.source_url,
    'agency', (SELECT {AGENCY} FROM agency ag WHERE ag.id = p.agency_id))
"""
_CAMPAIGN = f"""
c.id, c.title, c.brief, c.status, c.version, c.starts_at, c.ends_at, c.disclosure_label,
c.goal_share_count, c.launched_at, c.approved_at, {_PROGRAM} AS program
"""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """A programme."""

    id: UUID
    slug: str
    name: str
    summary: str | None
    source_url: str
    agency: AgencyRow | None

    @classmethod
    def of(cls, data: dict[str, Any]) -> "ProgramRow":
        """Read `_PROGRAM`."""
        return cls(
            **{**data, "id": UUID(data["id"]), "agency": if_known(AgencyRow.of, data["agency"])}
        )


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign with its programme."""

    id: UUID
    title: str
    brief: str | None
    status: CampaignStatus
    version: int
    starts_at: datetime
    ends_at: datetime
    disclosure_label: str
    goal_share_count: int | None
    launched_at: datetime | None
    approved_at: datetime | None
    program: ProgramRow

    @classmethod
    def of(cls, record: Record) -> "CampaignRow":
        """Read `_CAMPAIGN`."""
        return cls(
            id=record["id"],
            title=record["title"],
            brief=record["brief"],
            status=CampaignStatus(record["status"]),
            version=record["version"],
            starts_at=record["starts_at"],
            ends_at=record["ends_at"],
            disclosure_label=record["disclosure_label"],
            goal_share_count=record["goal_share_count"],
            launched_at=record["launched_at"],
            approved_at=record["approved_at"],
            program=ProgramRow.of(record["program"]),
        )


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """Narrows campaigns; all parts are optional and combined by AND."""

    program_id: UUID | None = None
    agency_id: UUID | None = None
    status: CampaignStatus | None = None
    search: str | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `c` of campaign and `p` of program."""
        return all_of(
            start_index,
            (
                ("c.program_id = {}::uuid", self.program_id),
                ("p.agency_id = {}::uuid", self.agency_id),
                ("c.status = {}", self.status),
                ("c.title ILIKE '%' || {}::text || '%'", searched(self.search)),
            ),
        )


async def campaigns(
    viewer: Viewer, narrowed: CampaignFilter, request: PageRequest, *, is_descending: bool
) -> Page[CampaignRow]:
    """Return a page of the campaigns in scope by start."""
    window = request.open(BY_START.directed(is_descending=is_descending), narrowed_by=narrowed)
    where = _reached(viewer, narrowed)
    statement = f"""
        SELECT {_CAMPAIGN}, {window.key_columns}
          FROM campaign c JOIN program p ON p.id = c.program_id
         WHERE {where.sql} AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, CampaignRow.of)


async def count_campaigns(viewer: Viewer, narrowed: CampaignFilter) -> int:
    """Return how many campaigns the same filter reaches."""
    where = _reached(viewer, narrowed)
    statement = f"""
        SELECT count(*) FROM campaign c JOIN program p ON p.id = c.program_id WHERE {where.sql}"""
    async with connection() as db:
        total: int = await db.fetchval(statement, *where.parameters)
    return total


def _reached(viewer: Viewer, narrowed: CampaignFilter) -> Condition:
    visible = scope.campaigns(viewer, "c", "p", 1)
    return visible.and_(narrowed.condition(1 + len(visible.parameters)))


async def campaigns_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, CampaignRow]:
    """Return those of these campaigns that are in scope."""
    visible = scope.campaigns(viewer, "c", "p", 2)
    statement = f"""
        SELECT {_CAMPAIGN} FROM campaign c JOIN program p ON p.id = c.program_id
         WHERE c.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: CampaignRow.of(record) for record in records}


@dataclass(frozen=True, slots=True)
class ProgramFilter:
    """Narrows programmes; all parts are optional and combined by AND."""

    agency_id: UUID | None = None
    search: str | None = None

    def condition(self, start_index: int) -> Condition:
        """Return the condition on rows `p` of program."""
        return all_of(
            start_index,
            (
                ("p.agency_id = {}::uuid", self.agency_id),
                ("p.name ILIKE '%' || {}::text || '%'", searched(self.search)),
            ),
        )


async def programs(
    viewer: Viewer, narrowed: ProgramFilter, request: PageRequest
) -> Page[ProgramRow]:
    """Return a page of the programmes in scope by slug, which begins with the name."""
    window = request.open(BY_SLUG, narrowed_by=narrowed)
    where = _programs_reached(viewer, narrowed)
    statement = f"""
        SELECT {_PROGRAM} AS program, {window.key_columns} FROM program p
         WHERE {where.sql} AND {window.predicate(1 + len(where.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as db:
        records = await db.fetch(statement, *where.parameters, *window.parameters)
    return window.page(records, lambda record: ProgramRow.of(record["program"]))


async def count_programs(viewer: Viewer, narrowed: ProgramFilter) -> int:
    """Return how many programmes the same filter reaches."""
    where = _programs_reached(viewer, narrowed)
    async with connection() as db:
        total: int = await db.fetchval(
            f"SELECT count(*) FROM program p WHERE {where.sql}", *where.parameters
        )
    return total


def _programs_reached(viewer: Viewer, narrowed: ProgramFilter) -> Condition:
    visible = scope.programs(viewer, "p", 1)
    return visible.and_(narrowed.condition(1 + len(visible.parameters)))


async def programs_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ProgramRow]:
    """Return those of these programmes that are in scope."""
    visible = scope.programs(viewer, "p", 2)
    statement = f"""
        SELECT p.id, {_PROGRAM} AS program FROM program p
         WHERE p.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: ProgramRow.of(record["program"]) for record in records}
