"""Stores what consenting people's own timelines show, and what searches and mentions find."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import ask_for_ranking
from api.actions.outbox import CursorRef, Lease
from api.actions.shares import Evidence, NewShare, StoredCount, lock_for_ingest, store_shares
from api.actions.tracking.accounts import Holder, holders_of, ids_of_handles
from api.actions.tracking.removal import OWN_POSTS, list_mechanism, settle_timeline
from api.actions.tracking.shares import ask_for_resharers
from api.actions.tracking.sweep import ListPage, Start, advance, begin, complete
from api.domain.lists import OWN_BY_TOKEN
from api.domain.matching import parse_post_url, share_key
from api.domain.matching.leads import Known, Leads, addresses, link_code, match_program_post
from api.domain.platform import EvidenceLevel, Platform
from api.reads.tracking import OwnTarget

_POSTS = """
SELECT p.id, p.platform, p.official_post_ref, p.url, p.source_url
  FROM program_post p JOIN campaign c ON c.id = p.campaign_id
 WHERE p.state = 'PUBLISHED' AND c.status IN ('ACTIVE', 'PAUSED')
   AND ((p.platform = $1 AND p.official_post_ref = ANY($2)) OR p.url = ANY($3)
        OR p.source_url = ANY($3))
 ORDER BY p.id
"""
_CODES = """
SELECT k.code, p.id, p.official_post_ref
  FROM link_code k
  JOIN tracked_link l ON l.asn_id = k.asn_id AND l.id = k.link_id
  JOIN program_post p ON p.id = l.program_post_id AND p.state = 'PUBLISHED'
  JOIN campaign c ON c.id = p.campaign_id AND c.status IN ('ACTIVE', 'PAUSED')
 WHERE k.code = ANY($1)
"""


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A post as its network showed it, without its text; the author is known by id or handle."""

    author_id: str | None
    author: str | None
    native_id: str
    url: str | None
    posted_at: datetime | None
    observed_at: datetime
    leads: Leads


@dataclass(frozen=True, slots=True)
class Places:
    """Which addresses are ours: of tracked links, and the hosts of Mastodon that are followed."""

    public_url: str
    mastodon_hosts: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Sight:
    """By which mechanism posts were seen, and which addresses in them are ours."""

    mechanism: str
    places: Places


@dataclass(frozen=True, slots=True)
class _Target:
    """A program post that a timeline may pass on."""

    id: UUID
    ref: str


async def begin_timeline(lease: Lease, account: OwnTarget, ref: CursorRef) -> Start | None:
    """Open the sweep of a person's timeline; None, and nothing is written, without consent."""
    async with lease.transaction() as db:
        if not await lock_for_ingest(db, [account.id]):
            await lease.finish(db)
            return None
        return await begin(db, ref)


async def store_timeline_page(
    lease: Lease,
    account: OwnTarget,
    ref: CursorRef,
    page: ListPage[SeenPost],
    places: Places,
) -> None:
    """Store the shares on a page of a timeline and the cursor; the last page ends the sweep.

    Where only the person's own access shows it, whatever the timeline no longer shows may be gone.
    """
    async with lease.transaction() as db:
        if not await lock_for_ingest(db, [account.id]):
            await lease.finish(db)
            return
        holders = {account.platform_user_id: Holder(account.asn_id, account.id)}
        stored = await _record_posts(
            db, account.platform, page.items, holders, _Sight(OWN_POSTS, places)
        )
        seen = await advance(db, ref, page, stored.keys)
        has_changed = bool(stored.new_count or stored.changed_count)
        if page.next_cursor is None:
            has_changed |= await settle_timeline(
                db, account.id, ref, seen, is_judge=account.platform in OWN_BY_TOKEN
            )
            await complete(db, ref, page.coverage)
            await lease.finish(db)
        if has_changed:
            await ask_for_ranking(db)


async def store_found_page(
    lease: Lease, ref: CursorRef, page: ListPage[SeenPost], places: Places
) -> None:
    """Store the shares of holders who agreed among posts that were found, and the cursor.

    Such lists name some posts, never all: nothing is concluded from what they leave out.
    """
    async with lease.transaction() as db:
        mechanism = list_mechanism(ref.list_name)
        stored = await record_found(db, ref.platform, page.items, mechanism, places)
        await advance(db, ref, page, ())
        if page.next_cursor is None:
            await complete(db, ref, page.coverage)
            await lease.finish(db)
        if stored.new_count or stored.changed_count:
            await ask_for_ranking(db)


async def record_found(
    db: Connection, platform: Platform, items: Sequence[SeenPost], mechanism: str, places: Places
) -> StoredCount:
    """Store the shares of holders who agreed among posts by anybody."""
    named = [item.author for item in items if item.author_id is None and item.author]
    ids = await ids_of_handles(db, platform, named)
    known = [
        item if item.author_id else replace(item, author_id=ids.get((item.author or "").lower()))
        for item in items
    ]
    authors = [item.author_id for item in known if item.author_id]
    holders = await holders_of(db, platform, authors)
    return await _record_posts(db, platform, known, holders, _Sight(mechanism, places))


async def _record_posts(
    db: Connection,
    platform: Platform,
    items: Sequence[SeenPost],
    holders: Mapping[str, Holder],
    sight: _Sight,
) -> StoredCount:
    ours = [item for item in items if item.author_id in holders]
    known = await _known(db, platform, ours, sight.places)
    rows = [
        row
        for item in ours
        if (row := _row(platform, holders[item.author_id or ""], item, sight, known))
    ]
    stored = await store_shares(db, rows)
    await ask_for_resharers(db, rows, stored.keys)
    return stored


async def _known(
    db: Connection, platform: Platform, items: Sequence[SeenPost], places: Places
) -> Known[_Target]:
    refs = {post_id for item in items for _, post_id in item.leads.passed_on}
    links = [link for item in items for link in item.leads.links]
    codes, urls = _codes(links, places), _urls(links, places)
    posts = await db.fetch(_POSTS, platform.value, list(refs), list(urls))
    coded = await db.fetch(_CODES, list(codes)) if codes else []
    by_source: dict[str, list[_Target]] = {}
    for row in posts:
        if row["source_url"] in urls:
            by_source.setdefault(row["source_url"], []).append(_target(row))
    # A source that several posts name says nothing about which of them is meant.
    sources = {url: found[0] for url, found in by_source.items() if len(found) == 1}
    return Known(
        by_ref={r["official_post_ref"]: _target(r) for r in posts if r["platform"] == platform},
        by_code={row["code"]: _target(row) for row in coded},
        by_url={**sources, **{row["url"]: _target(row) for row in posts}},
    )


def _target(row: Mapping[str, object]) -> _Target:
    return _Target(UUID(str(row["id"])), str(row["official_post_ref"]))


def _row(
    platform: Platform,
    holder: Holder,
    item: SeenPost,
    sight: _Sight,
    known: Known[_Target],
) -> NewShare | None:
    links = item.leads.links
    codes, urls = _codes(links, sight.places), _urls(links, sight.places)
    found = match_program_post(item.leads, codes, urls, known)
    if found is None:
        return None
    post, kind = found
    return NewShare(
        asn_id=holder.asn_id,
        program_post_id=post.id,
        account_id=holder.account_id,
        platform=platform,
        kind=kind,
        key=share_key(
            platform,
            kind,
            post_id=post.ref,
            actor_id=item.author_id or "",
            native_id=item.native_id,
        ),
        native_id=item.native_id,
        url=item.url,
        shared_at=item.posted_at or item.observed_at,
        is_time_observed=item.posted_at is None,
        first_observed_at=item.observed_at,
        evidence=Evidence(sight.mechanism, EvidenceLevel.API_CONFIRMED, item.native_id),
    )


def _codes(links: Sequence[str], places: Places) -> tuple[str, ...]:
    return tuple(code for link in links if (code := link_code(link, places.public_url)))


def _urls(links: Sequence[str], places: Places) -> tuple[str, ...]:
    hosts = places.mastodon_hosts
    return addresses(links, lambda link: parse_post_url(link, mastodon_hosts=hosts))
