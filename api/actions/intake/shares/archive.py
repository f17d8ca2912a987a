"""The programme "Impor": where posts stand that were first met in a file of shares."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.kind import Importing
from api.actions.stage import Stage
from api.domain.matching import canonical_post_url
from api.domain.platform import Platform
from api.models import new_id

SLUG = "impor"
NAME = "Impor"
# Nobody has published these programmes with us, and the reserved ending says so.
SOURCE_URL = "https://impor.invalid/"
MAKER = "gema:import"
DISCLOSURE = "ASN · program pemerintah"

PostKey = tuple[str, str]
"""Platform and the id of the official post there."""

_POSTS = Stage(
    "imported_post_stage",
    {
        "id": "uuid",
        "campaign_id": "uuid",
        "platform": "text",
        "official_post_ref": "text",
        "url": "text",
        "title": "text",
        "facts": "jsonb",
        "source_url": "text",
        "disclosure_text": "text",
        "hashtags": "jsonb",
        "state": "text",
        "published_at": "timestamptz",
        "created_at": "timestamptz",
    },
)
_FIND_POSTS = """
SELECT p.platform, p.official_post_ref, p.id
  FROM program_post p JOIN unnest($1::text[], $2::text[]) AS asked(platform, ref)
    ON p.platform = asked.platform AND p.official_post_ref = asked.ref
"""
_PROGRAM = """
INSERT INTO program (id, slug, name, source_url, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (slug) DO NOTHING
"""
_FIND_PROGRAM = "SELECT id FROM program WHERE slug = $1"
_WIDEN = """
UPDATE campaign SET starts_at = least(starts_at, $3), ends_at = greatest(ends_at, $4)
 WHERE program_id = $1 AND created_by = $2 RETURNING id
"""
_CAMPAIGN = """
INSERT INTO campaign
       (id, program_id, title, status, version, starts_at, ends_at, disclosure_label, audience,
        created_by, last_edited_by, approved_by, approved_at, launched_at, closed_at, created_at)
VALUES ($1, $2, $3, 'CLOSED', 1, $4, $5, $6, $7, $8, $8, $9, $10, $4, $10, $10)
"""


async def posts_by_ref(db: Connection, keys: Iterable[PostKey]) -> dict[PostKey, UUID]:
    """Return the program posts that are known under these ids."""
    asked = list(set(keys))
    rows = await db.fetch(_FIND_POSTS, [key[0] for key in asked], [key[1] for key in asked])
    return {(row["platform"], row["official_post_ref"]): row["id"] for row in rows}


async def add_posts(
    db: Connection, first_shared_at: Mapping[PostKey, datetime], importing: Importing
) -> dict[PostKey, UUID]:
    """Add posts that were met for the first time, under a campaign that is over."""
    if not first_shared_at:
        return {}
    times = first_shared_at.values()
    campaign_id = await _campaign(db, min(times), max(times), importing)
    ids = {key: new_id() for key in first_shared_at}
    rows = [_post(ids[key], campaign_id, key, at, importing) for key, at in first_shared_at.items()]
    await _POSTS.add_to(db, "program_post", rows)
    return ids


def _post(
    post_id: UUID, campaign_id: UUID, key: PostKey, shared_at: datetime, importing: Importing
) -> tuple[object, ...]:
    platform, ref = key
    url = canonical_post_url(Platform(platform), ref)
    title = f"Kiriman {platform} {ref}"
    content: tuple[object, ...] = (url, title, [], url, DISCLOSURE, [], "EXPIRED")
    return (post_id, campaign_id, platform, ref, *content, shared_at, importing.now)


async def _campaign(
    db: Connection, first_at: datetime, last_at: datetime, importing: Importing
) -> UUID:
    await db.execute(_PROGRAM, new_id(), SLUG, NAME, SOURCE_URL, MAKER, importing.now)
    program_id = await db.fetchval(_FIND_PROGRAM, SLUG)
    ends_at = last_at + timedelta(seconds=1)
    known: UUID | None = await db.fetchval(_WIDEN, program_id, MAKER, first_at, ends_at)
    if known is not None:
        return known
    campaign_id = new_id()
    period: tuple[object, ...] = (first_at, ends_at, DISCLOSURE, {})
    checked = (MAKER, importing.viewer.subject, importing.now)
    await db.execute(_CAMPAIGN, campaign_id, program_id, NAME, *period, *checked)
    return campaign_id
