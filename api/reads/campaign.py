"""Programmes, campaigns and their posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.campaign import CampaignStatus
from api.domain.platform import Platform
from api.models import connection
from api.reads import scope
from api.reads.card import AGENCY, AgencyRow
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_START = Keyset("campaigns.STARTS_AT", (Key("c.starts_at", Kind.TIME), Key("c.id", Kind.UUID)))
BY_PUBLICATION = Keyset(
    "posts.PUBLISHED_AT", (Key("x.published_at", Kind.TIME), Key("x.id", Kind.UUID))
)

_PROGRAM = f"""
jsonb_build_object('id', p.id, 'slug', p.slug, 'name', p.name, 'summary', p.summary,
    'source_url', p.source_url,
    'agency', (SELECT {AGENCY} FROM agency ag WHERE ag.id = p.agency_id))
"""
_CAMPAIGN = f"""
c.id, c.title, c.brief, c.status, c.version, c.starts_at, c.ends_at, c.disclosure_label,
c.goal_share_count, c.launched_at, c.approved_at, {_PROGRAM} AS program
"""
_POST = """
x.id, x.campaign_id, x.platform, x.official_post_ref, x.url, x.title, x.text, x.source_url,
x.state, x.published_at, x.hashtags, x.disclosure_text,
(SELECT coalesce(jsonb_agg(jsonb_build_object('locale', v.locale, 'text', v.text)
        ORDER BY v.position), '[]') FROM post_variant v WHERE v.post_id = x.id) AS variants
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
        return cls(**{**data, "id": UUID(data["id"]), "agency": AgencyRow.of(data["agency"])})


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
class PostRow:
    """An official post; variants are (locale, text)."""

    id: UUID
    campaign_id: UUID
    platform: Platform
    url: str
    title: str
    text: str | None
    source_url: str
    state: str
    published_at: datetime
    hashtags: tuple[str, ...]
    disclosure_text: str
    variants: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, record: Record) -> "PostRow":
        """Read `_POST`."""
        return cls(
            id=record["id"],
            campaign_id=record["campaign_id"],
            platform=Platform(record["platform"]),
            url=record["url"],
            title=record["title"],
            text=record["text"],
            source_url=record["source_url"],
            state=record["state"],
            published_at=record["published_at"],
            hashtags=tuple(record["hashtags"]),
            disclosure_text=record["disclosure_text"],
            variants=tuple((item["locale"], item["text"]) for item in record["variants"]),
        )


_NARROWED = """
($1::uuid IS NULL OR c.program_id = $1) AND ($2::text IS NULL OR c.status = $2)
AND ($3::text IS NULL OR c.title ILIKE '%' || $3 || '%')
AND ($4::uuid IS NULL OR p.agency_id = $4)
"""
_VALUES = 5


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """Narrows campaigns; all parts are optional and combined by AND."""

    program_id: UUID | None = None
    agency_id: UUID | None = None
    status: CampaignStatus | None = None
    search: str | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        """Return the values of the four placeholders of the condition."""
        text = self.search
        if text is not None:
            text = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self.program_id, self.status, text, self.agency_id


async def campaigns(
    viewer: Viewer, narrowed: CampaignFilter, request: PageRequest, *, is_descending: bool
) -> Page[CampaignRow]:
    """Return a page of the campaigns in scope by start."""
    window = request.open(BY_START.directed(is_descending=is_descending), narrowed_by=narrowed)
    visible = scope.campaigns(viewer, "c", "p", _VALUES)
    after = _VALUES + len(visible.parameters)
    statement = f"""
        SELECT {_CAMPAIGN}, {window.key_columns}
          FROM campaign c JOIN program p ON p.id = c.program_id
         WHERE {_NARROWED} AND {visible.sql} AND {window.predicate(after)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    values = (*narrowed.values, *visible.parameters, *window.parameters)
    async with connection() as db:
        records = await db.fetch(statement, *values)
    return window.page(records, CampaignRow.of)


async def count_campaigns(viewer: Viewer, narrowed: CampaignFilter) -> int:
    """Return how many campaigns the same filter reaches."""
    visible = scope.campaigns(viewer, "c", "p", _VALUES)
    statement = f"""
        SELECT count(*) FROM campaign c JOIN program p ON p.id = c.program_id
         WHERE {_NARROWED} AND {visible.sql}"""
    async with connection() as db:
        total: int = await db.fetchval(statement, *narrowed.values, *visible.parameters)
    return total


async def campaigns_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, CampaignRow]:
    """Return those of these campaigns that are in scope."""
    visible = scope.campaigns(viewer, "c", "p", 2)
    statement = f"""
        SELECT {_CAMPAIGN} FROM campaign c JOIN program p ON p.id = c.program_id
         WHERE c.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: CampaignRow.of(record) for record in records}


async def programs_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ProgramRow]:
    """Return those of these programmes whose agency is in scope."""
    visible = scope.agencies(viewer, "p.agency_id", 2)
    statement = f"""
        SELECT p.id, {_PROGRAM} AS program FROM program p
         WHERE p.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: ProgramRow.of(record["program"]) for record in records}


async def posts_of(ids: Sequence[UUID], request: PageRequest) -> dict[UUID, Page[PostRow]]:
    """Return one page of posts for each campaign that the caller already sees."""
    window = request.open(BY_PUBLICATION)
    statement = f"""
        SELECT parent.id AS parent_id, page.* FROM unnest($1::uuid[]) AS parent(id)
         CROSS JOIN LATERAL (
            SELECT {_POST}, {window.key_columns} FROM program_post x
             WHERE x.campaign_id = parent.id AND {window.predicate(2)}
             ORDER BY {window.order_by} LIMIT {window.row_limit}) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *window.parameters)
    grouped: dict[UUID, list[Record]] = {key: [] for key in ids}
    for record in records:
        grouped[record["parent_id"]].append(record)
    return {key: window.page(rows, PostRow.of) for key, rows in grouped.items()}


async def count_posts_of(ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the number of posts of each campaign."""
    statement = """
        SELECT campaign_id, count(*) AS total FROM program_post
         WHERE campaign_id = ANY($1::uuid[]) GROUP BY 1"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids))
    return dict.fromkeys(ids, 0) | {r["campaign_id"]: r["total"] for r in records}


async def posts_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, PostRow]:
    """Return those of these posts whose campaign is in scope."""
    visible = scope.campaigns(viewer, "c", "p", 2)
    statement = f"""
        SELECT {_POST} FROM program_post x
          JOIN campaign c ON c.id = x.campaign_id JOIN program p ON p.id = c.program_id
         WHERE x.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: PostRow.of(record) for record in records}
