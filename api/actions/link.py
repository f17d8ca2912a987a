"""Makes tracked links, and stores the visits of them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.clicks import FILTER_VERSION, ClickClass, ClickReason, is_burst
from api.errors import ConsentMissing, InvalidState, NotFound
from api.models import new_id, transaction
from api.reads import scope

# 72 bits at least, so that nobody finds a link by trying.
CODE_BYTES = 9
SALT_BYTES = 32

_POST = """
SELECT p.id, p.platform, p.state FROM program_post p JOIN campaign c ON c.id = p.campaign_id
 WHERE p.id = $1 AND c.status IN ('ACTIVE', 'PAUSED')
"""
_TRACKED = """
SELECT c.id FROM consent c WHERE c.account_id = $1 AND c.purpose = 'ACCOUNT_TRACKING'
   AND c.withdrawn_at IS NULL FOR SHARE
"""
_INSERT = """
INSERT INTO tracked_link (id, asn_id, program_post_id, account_id, code, created_at)
VALUES ($1, $2, $3, $4, $5, now())
ON CONFLICT (asn_id, program_post_id, account_id) DO NOTHING RETURNING id
"""
_STANDING = """
SELECT id FROM tracked_link WHERE asn_id = $1 AND program_post_id = $2 AND account_id = $3
"""
_CODE = "INSERT INTO link_code (code, asn_id, link_id) VALUES ($1, $2, $3)"


async def create_link(viewer: Viewer, post_id: UUID, account_id: UUID) -> UUID:
    """Make the personal link of one account for one post, or return the one that stands.

    Raises:
        NotFound: the post is not live, or the account is missing or out of scope.
        ConsentMissing: the owner does not agree to be followed.
    """
    async with transaction() as db:
        visible = scope.asns(viewer, "sa.asn_id", 2)
        asn_id = await db.fetchval(
            "SELECT sa.asn_id FROM social_account sa WHERE sa.id = $1"
            f" AND sa.verification = 'VERIFIED' AND {visible.sql}",
            account_id,
            *visible.parameters,
        )
        if asn_id is None:
            raise NotFound(field=["accountId"])
        await _require_live(db, post_id)
        if await db.fetchval(_TRACKED, account_id) is None:
            raise ConsentMissing("ACCOUNT_TRACKING is needed for a tracked link.")
        return await _stand(db, viewer, (asn_id, post_id, account_id))


async def _require_live(db: Connection, post_id: UUID) -> None:
    post = await db.fetchrow(_POST, post_id)
    if post is None:
        raise NotFound(field=["postId"])
    if post["state"] != "PUBLISHED":
        raise InvalidState(f"A post that is {post['state']} is not shared.")


async def _stand(db: Connection, viewer: Viewer, key: tuple[UUID, UUID, UUID]) -> UUID:
    link_id, code = new_id(), secrets.token_urlsafe(CODE_BYTES)
    if await db.fetchval(_INSERT, link_id, *key, code) is None:
        standing: UUID = await db.fetchval(_STANDING, *key)
        return standing
    await db.execute(_CODE, code, key[0], link_id)
    await record(db, viewer, Change("create_link", "TrackedLink", link_id))
    return link_id


@dataclass(frozen=True, slots=True)
class NewClick:
    """One visit; `id` is made when it happens, so that storing it twice stores it once."""

    asn_id: UUID
    link_id: UUID
    visitor: bytes
    day_on: date
    clicked_at: datetime
    click_class: ClickClass
    reason: ClickReason | None
    id: UUID = field(default_factory=new_id)


_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS click_stage (
    id uuid, asn_id uuid, link_id uuid, visitor bytea, bucket_on date, clicked_at timestamptz,
    click_class text, filtered_reason text
) ON COMMIT DROP
"""
_COLUMNS = (
    "id",
    "asn_id",
    "link_id",
    "visitor",
    "bucket_on",
    "clicked_at",
    "click_class",
    "filtered_reason",
)
_PACE = """
SELECT g.link_id, count(DISTINCT g.visitor) AS network_count,
       count(*) + (SELECT count(*) FROM click c WHERE c.asn_id = g.asn_id AND c.link_id = g.link_id
                      AND c.click_class = 'HUMAN' AND c.clicked_at > now() - interval '10 minutes')
           AS recent_count,
       (SELECT count(*) FROM click c WHERE c.asn_id = g.asn_id AND c.link_id = g.link_id
           AND c.click_class = 'HUMAN' AND c.clicked_at BETWEEN now() - interval '70 minutes'
           AND now() - interval '10 minutes') AS hour_count
  FROM click_stage g WHERE g.click_class = 'HUMAN' GROUP BY g.asn_id, g.link_id
"""
_DOUBT = """
UPDATE click_stage SET click_class = 'SUSPECT', filtered_reason = 'BURST'
 WHERE link_id = ANY($1::uuid[]) AND click_class = 'HUMAN'
"""
# Only links whose owner still agrees get rows; the consent is locked until the commit.
_AGREED = """
SELECT c.id FROM consent c JOIN tracked_link l ON l.account_id = c.account_id
  JOIN (SELECT DISTINCT asn_id, link_id FROM click_stage) g
    ON g.asn_id = l.asn_id AND g.link_id = l.id
 WHERE c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL ORDER BY c.id FOR SHARE OF c
"""
_FORGET = """
DELETE FROM click_stage g USING tracked_link l
 WHERE l.asn_id = g.asn_id AND l.id = g.link_id AND NOT EXISTS (
       SELECT 1 FROM consent c WHERE c.account_id = l.account_id
          AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""
_COUNT = """
INSERT INTO click (id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class,
                   filtered_reason, filter_version, is_counted)
SELECT DISTINCT ON (asn_id, link_id, visitor, bucket_on)
       id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class, NULL, $1::int, true
  FROM click_stage WHERE click_class = 'HUMAN'
 ORDER BY asn_id, link_id, visitor, bucket_on, clicked_at, id
ON CONFLICT DO NOTHING
"""
_KEEP = """
INSERT INTO click (id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class,
                   filtered_reason, filter_version, is_counted)
SELECT id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class,
       CASE WHEN click_class = 'HUMAN' THEN $2 ELSE filtered_reason END, $1::int, false
  FROM click_stage
ON CONFLICT DO NOTHING
"""


async def store_clicks(clicks: Sequence[NewClick]) -> None:
    """Store visits in one transaction; a visitor counts once a link and day, all rows are kept."""
    if not clicks:
        return
    async with transaction() as db:
        await db.execute(_STAGE)
        rows = [_row(click) for click in clicks]
        await db.copy_records_to_table("click_stage", records=rows, columns=_COLUMNS)
        await db.fetch(_AGREED)
        await db.execute(_FORGET)
        doubtful = [r["link_id"] for r in await db.fetch(_PACE) if _is_burst(r)]
        if doubtful:
            await db.execute(_DOUBT, doubtful)
        await db.execute(_COUNT, FILTER_VERSION)
        await db.execute(_KEEP, FILTER_VERSION, ClickReason.REPEAT.value)


def _is_burst(pace: dict[str, int]) -> bool:
    return is_burst(pace["recent_count"], pace["hour_count"], pace["network_count"])


def _row(click: NewClick) -> tuple[object, ...]:
    return (
        click.id,
        click.asn_id,
        click.link_id,
        click.visitor,
        click.day_on,
        click.clicked_at,
        click.click_class.value,
        None if click.reason is None else click.reason.value,
    )


_SALT = """
INSERT INTO visitor_salt (id, day_on, salt) VALUES ($1, $2, $3)
ON CONFLICT (day_on) DO UPDATE SET day_on = excluded.day_on RETURNING salt
"""
_DESTROY = "DELETE FROM visitor_salt WHERE day_on < $1::date - 1"


async def salt_of(day_on: date) -> bytes:
    """Return the salt of a day, made by whoever asks first; older salts are destroyed."""
    async with transaction() as db:
        await db.execute(_DESTROY, day_on)
        salt: bytes = await db.fetchval(_SALT, new_id(), day_on, secrets.token_bytes(SALT_BYTES))
        return salt
