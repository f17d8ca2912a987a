"""Makes tracked links, and stores the visits of them."""

import random
import secrets
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection, Record, UniqueViolationError
from asyncpg.pgproto import pgproto

from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.clicks import (
    BURST_NETWORKS,
    FILTER_VERSION,
    ClickClass,
    ClickReason,
    ClickVerdict,
    is_burst,
)
from api.errors import ConsentMissing, InvalidState, NotFound
from api.models import first_id_at, new_id, transaction
from api.reads import scope

# 72 bits at least, so that nobody finds a link by trying.
CODE_BYTES = 9
SALT_BYTES = 32

# What was never published is nobody's to know, as for whoever reads (`scope.posts`).
_POST = """
SELECT p.id, p.platform, p.state FROM program_post p JOIN campaign c ON c.id = p.campaign_id
 WHERE p.id = $1 AND c.status IN ('ACTIVE', 'PAUSED')
   AND p.state NOT IN ('DRAFT', 'IN_REVIEW', 'APPROVED')
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
        NotFound: the post was never published or is over; the account is missing or foreign.
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
        await require_live(db, post_id)
        if await db.fetchval(_TRACKED, account_id) is None:
            raise ConsentMissing("ACCOUNT_TRACKING is needed for a tracked link.")
        return await _stand(db, viewer, (asn_id, post_id, account_id))


async def require_live(db: Connection, post_id: UUID) -> None:
    """Refuse a post that may not be shared now: NOT_FOUND or INVALID_STATE."""
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


def _click_id() -> UUID:
    """Return an id as `new_id` does, the quick way: a visit's id needs not be hard to guess."""
    bits = time.time_ns() // 1_000_000 << 80 | random.getrandbits(74)
    high = bits >> 62 & 0xFFF
    value = bits >> 80 << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    quick: UUID = pgproto.UUID(value.to_bytes(16))
    return quick


class NewClick(NamedTuple):
    """One visit; `id` is made when it happens, so that storing it twice stores it once."""

    id: UUID
    asn_id: UUID
    link_id: UUID
    visitor: bytes
    day_on: date
    clicked_at: datetime
    click_class: ClickClass
    reason: ClickReason | None = None

    @classmethod
    def now_at(
        cls, link: tuple[UUID, UUID], by: bytes, day_on: date, at: datetime, verdict: ClickVerdict
    ) -> "NewClick":
        """Return a new visit of a link."""
        return cls(_click_id(), *link, by, day_on, at, verdict.click_class, verdict.reason)

    @property
    def link(self) -> tuple[UUID, UUID]:
        """Return the whole key of its link."""
        return self.asn_id, self.link_id


# Only links whose owner still agrees get rows; the consent is locked until the commit.
_AGREED = """
SELECT l.asn_id, l.id FROM consent c JOIN tracked_link l ON l.account_id = c.account_id
  JOIN unnest($1::uuid[], $2::uuid[]) AS g(asn_id, link_id)
    ON g.asn_id = l.asn_id AND g.link_id = l.id
 WHERE c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL ORDER BY c.id FOR SHARE OF c
"""
# Ids begin with their time, so the primary key finds the last seventy minutes of a person.
_PACE = """
SELECT g.asn_id, g.link_id, count(*) FILTER (WHERE c.clicked_at > $4) AS recent_count,
       count(*) FILTER (WHERE c.clicked_at <= $4) AS hour_count
  FROM unnest($1::uuid[], $2::uuid[]) AS g(asn_id, link_id)
  JOIN click c ON c.asn_id = g.asn_id AND c.link_id = g.link_id AND c.id >= $3
   AND c.click_class = 'HUMAN'
 GROUP BY 1, 2
"""
_INSERT_CLICKS = """
INSERT INTO click (id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class,
                   filtered_reason, filter_version, is_counted)
SELECT id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class, filtered_reason, $9, $10
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::date[], $6::timestamptz[],
              $7::text[], $8::text[])
    AS g(id, asn_id, link_id, visitor, bucket_on, clicked_at, click_class, filtered_reason)
ON CONFLICT DO NOTHING RETURNING id
"""
_STORED = "SELECT id FROM click WHERE asn_id = ANY($1::uuid[]) AND id = ANY($2::uuid[])"
_COLUMNS = (
    *("id", "asn_id", "link_id", "visitor", "bucket_on", "clicked_at", "click_class"),
    *("filtered_reason", "filter_version", "is_counted"),
)
Write = Callable[[Connection, Sequence[NewClick]], Awaitable[None]]
_RECENT, _HOUR = timedelta(minutes=10), timedelta(minutes=70)


async def store_clicks(clicks: Sequence[NewClick]) -> None:
    """Store visits in one transaction; a visitor counts once a link and day, all rows are kept."""
    if not clicks:
        return
    try:
        await _store(clicks, _copy)
    except UniqueViolationError:
        # An earlier try was stored after all: add only what is missing.
        await _store(clicks, _insert_missing)


async def _store(clicks: Sequence[NewClick], write: Write) -> None:
    async with transaction() as db:
        agreed = await _agreed(db, clicks)
        kept = [click for click in clicks if click.link in agreed]
        bursting = await _bursting(db, kept)
        if bursting:
            kept = [_doubted(click) if click.link in bursting else click for click in kept]
        first = _first_of_each_visitor(kept)
        counted = await _insert(db, list(first.values()), is_counted=True)
        await write(db, [_repeated(click) for click in kept if click.id not in counted])


async def _copy(db: Connection, clicks: Sequence[NewClick]) -> None:
    version = FILTER_VERSION
    rows = [(*click, version, False) for click in clicks]
    await db.copy_records_to_table("click", records=rows, columns=_COLUMNS)


async def _insert_missing(db: Connection, clicks: Sequence[NewClick]) -> None:
    await _insert(db, clicks, is_counted=False)


async def _agreed(db: Connection, clicks: Sequence[NewClick]) -> set[tuple[UUID, UUID]]:
    links = list({click.link for click in clicks})
    rows = await db.fetch(_AGREED, [asn_id for asn_id, _ in links], [link for _, link in links])
    return {(row["asn_id"], row["id"]) for row in rows}


async def _bursting(db: Connection, clicks: Sequence[NewClick]) -> set[tuple[UUID, UUID]]:
    """Return the links that more visits come to, from few networks, than their pace explains."""
    visitors: defaultdict[tuple[UUID, UUID], list[bytes]] = defaultdict(list)
    for click in clicks:
        if click.click_class is ClickClass.HUMAN:
            visitors[click.link].append(click.visitor)
    few = [link for link, each in visitors.items() if len(set(each)) <= BURST_NETWORKS]
    if not few:
        return set()
    now = datetime.now(UTC)
    asns, links = [asn_id for asn_id, _ in few], [link_id for _, link_id in few]
    rows = await db.fetch(_PACE, asns, links, first_id_at(now - _HOUR), now - _RECENT)
    pace = {(row["asn_id"], row["link_id"]): row for row in rows}
    return {link for link in few if _is_burst(visitors[link], pace.get(link))}


def _is_burst(visitors: Sequence[bytes], pace: Record | None) -> bool:
    recent, hour = (0, 0) if pace is None else (pace["recent_count"], pace["hour_count"])
    return is_burst(recent + len(visitors), hour, len(set(visitors)))


def _doubted(click: NewClick) -> NewClick:
    if click.click_class is not ClickClass.HUMAN:
        return click
    return click._replace(click_class=ClickClass.SUSPECT, reason=ClickReason.BURST)


def _repeated(click: NewClick) -> NewClick:
    if click.click_class is not ClickClass.HUMAN:
        return click
    return NewClick(*click[:-1], ClickReason.REPEAT)


def _first_of_each_visitor(clicks: Sequence[NewClick]) -> dict[tuple[object, ...], NewClick]:
    first: dict[tuple[object, ...], NewClick] = {}
    for click in clicks:
        if click.click_class is ClickClass.HUMAN:
            first.setdefault((click.link, click.visitor, click.day_on), click)
    return first


async def _insert(db: Connection, clicks: Sequence[NewClick], *, is_counted: bool) -> set[UUID]:
    """Insert rows; return the ids that stand now, a visit of an earlier try included."""
    if not clicks:
        return set()
    *columns, classes, reasons = zip(*clicks, strict=True)
    rows = await db.fetch(_INSERT_CLICKS, *columns, classes, reasons, FILTER_VERSION, is_counted)
    if not is_counted or len(rows) == len(clicks):
        return {row["id"] for row in rows}
    stored = await db.fetch(_STORED, list(set(columns[1])), list(columns[0]))
    return {row["id"] for row in stored}


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


_CLICKS_KEPT = timedelta(days=90)
_FORGET = "DELETE FROM click WHERE bucket_on < $1::date"


async def forget_visits(today: date) -> None:
    """Destroy the salts of past days, whoever visits or not, and delete visits after 90 days."""
    async with transaction() as db:
        await db.execute(_DESTROY, today)
        await db.execute(_FORGET, today - _CLICKS_KEPT)
