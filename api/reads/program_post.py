"""Official posts of campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.domain.platform import Platform
from api.models import connection
from api.reads import scope
from api.reads.cursors import Kind
from api.reads.grouping import paged
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_PUBLICATION = Keyset(
    "posts.PUBLISHED_AT", (Key("x.published_at", Kind.TIME), Key("x.id", Kind.UUID))
)

_POST = """
x.id, x.campaign_id, x.platform, x.official_post_ref, x.url, x.title, x.text, x.source_url,
x.state, x.published_at, x.hashtags, x.disclosure_text,
(SELECT coalesce(jsonb_agg(jsonb_build_object('locale', v.locale, 'text', v.text)
        ORDER BY v.position), '[]') FROM post_variant v WHERE v.post_id = x.id) AS variants
"""


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


async def posts_of(
    viewer: Viewer, campaign_ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[PostRow]]:
    """Return one page of posts for each campaign that the caller already sees."""
    window = request.open(BY_PUBLICATION)
    visible = scope.posts(viewer, "x")
    statement = f"""
        SELECT parent.id AS parent_id, page.* FROM unnest($1::uuid[]) AS parent(id)
         CROSS JOIN LATERAL (
            SELECT {_POST}, {window.key_columns} FROM program_post x
             WHERE x.campaign_id = parent.id AND {visible.sql} AND {window.predicate(2)}
             ORDER BY {window.order_by} LIMIT {window.row_limit}) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(campaign_ids), *window.parameters)
    return paged(campaign_ids, records, window, PostRow.of)


async def count_posts_of(viewer: Viewer, campaign_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the number of posts of each campaign that the caller already sees."""
    statement = f"""
        SELECT x.campaign_id, count(*) AS total FROM program_post x
         WHERE x.campaign_id = ANY($1::uuid[]) AND {scope.posts(viewer, "x").sql} GROUP BY 1"""
    async with connection() as db:
        records = await db.fetch(statement, list(campaign_ids))
    return dict.fromkeys(campaign_ids, 0) | {r["campaign_id"]: r["total"] for r in records}


async def posts_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, PostRow]:
    """Return those of these posts that are in scope with their campaign."""
    visible = scope.campaigns(viewer, "c", "p", 2)
    statement = f"""
        SELECT {_POST} FROM program_post x
          JOIN campaign c ON c.id = x.campaign_id JOIN program p ON p.id = c.program_id
         WHERE x.id = ANY($1::uuid[]) AND {visible.sql} AND {scope.posts(viewer, "x").sql}"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: PostRow.of(record) for record in records}
