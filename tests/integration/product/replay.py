"""The public shares of 2021 as events for the actions that tracking calls, in their order.

People, posts and consents are inserted in bulk; shares, reshares, figures and reviews go through
production code, in batches of random size, with repeats and with figures that come late.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import factories as make

from api.actions.gains import remeasure
from api.actions.ranking.baseline import live_baseline
from api.actions.ranking.board import add_up, board_rows, open_stored
from api.actions.shares import Evidence, NewReshare, NewShare, store_reshares, store_shares
from api.domain.amplification import FORMULA, formula
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.domain.ranking import Watermark
from api.models import new_id, transaction
from tests.unit import datapack

LARGEST_BATCH = 900
EVERYTHING = 2**63 - 1

FIGURE = """
INSERT INTO metric_observation
       (id, asn_id, share_id, metric, value, source, observed_at, ingest_seq)
SELECT new_id(), asn_id, id, 'RESHARERS', $3, $4, shared_at + $5::interval, nextval('ingest_seq')
  FROM share WHERE asn_id = $1 AND id = $2
ON CONFLICT (asn_id, share_id, metric, source, observed_at) DO NOTHING
"""
REVIEW = "UPDATE share SET review = $3 WHERE asn_id = $1 AND id = $2"


@dataclass(frozen=True)
class Event:
    """Something that came in: a share, or a reshare of it."""

    at: datetime
    share: int
    resharer: int | None = None


@dataclass
class Replay:
    """What is known of the pack in this database. Only authors of the slice take part."""

    chance: Random
    authors: dict[int, UUID] = field(default_factory=dict)
    accounts: dict[int, UUID] = field(default_factory=dict)
    posts: dict[int, UUID] = field(default_factory=dict)
    stored: dict[int, UUID] = field(default_factory=dict)
    repeatable: list[Event] = field(default_factory=list)
    late_figures: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    coming: list[Event] = field(default_factory=list)

    def owner(self, share: int) -> UUID:
        return self.authors[datapack.shares()[share][0]]

    async def store_people(self, nth: int) -> None:
        """Insert every nth author with an account that is followed, and every post."""
        chosen = {a for a, _, _ in datapack.shares().values() if a % nth == 0}
        posts = {post for author, post, _ in datapack.shares().values() if author in chosen}
        campaign = await make.make_campaign(await make.make_program(None))
        self.authors = {author: new_id() for author in chosen}
        self.accounts = {author: new_id() for author in chosen}
        self.posts = {post: new_id() for post in posts}
        async with transaction() as db:
            for table, rows in self._people(campaign).items():
                columns = tuple(rows[0])
                records = [tuple(row.values()) for row in rows]
                await db.copy_records_to_table(table, records=records, columns=columns)

    def _people(self, campaign: UUID) -> dict[str, list[dict[str, Any]]]:
        start = datapack.START - timedelta(days=1)
        return {
            "asn": [_asn(key, author, start) for author, key in self.authors.items()],
            "social_account": [
                _account(key, self.authors[author], author, start)
                for author, key in self.accounts.items()
            ],
            "consent": [
                _consent(self.authors[author], key, start) for author, key in self.accounts.items()
            ],
            "program_post": [_post(key, post, campaign, start) for post, key in self.posts.items()],
        }

    def _events(self) -> list[Event]:
        """Return what happened, in order; a share comes before what is passed on of it."""
        shares = datapack.shares()
        found = [Event(at, share) for share, (a, _, at) in shares.items() if a in self.authors]
        found.extend(
            Event(at, share, who)
            for share, who, at in datapack.reshares()
            if shares[share][0] in self.authors
        )
        return sorted(found, key=lambda event: event.at)

    async def play_until(self, cut_at: datetime) -> None:
        """Store the next events in batches, then everything that was still on its way."""
        if not self.coming:
            self.coming = self._events()
        due = [event for event in self.coming if event.at < cut_at]
        self.coming = self.coming[len(due) :]
        for batch in self._batches(due):
            await self._store([*batch, *self._repeats()])
            await self._release(self.chance.sample(self.held, len(self.held) // 2))
        await self._release(list(self.held))
        await self._tell_late(len(self.late_figures))

    async def stored_scores(self, at: datetime) -> dict[int, int]:
        """Add the day buckets up, as a live run does, with the ages of a past day."""
        holders = {key: author for author, key in self.authors.items()}
        async with transaction() as db:
            baseline = await live_baseline(db, formula(FORMULA))
            assert baseline is not None
            await open_stored(db, baseline)
            await add_up(db, baseline, Watermark(at, EVERYTHING), baseline.formula.parameters)
            return {holders[row.holder_id]: row.score for row in await board_rows(db)}

    def _batches(self, events: Sequence[Event]) -> Iterator[Sequence[Event]]:
        start = 0
        while start < len(events):
            size = self.chance.choice((1, 40, self.chance.randint(1, LARGEST_BATCH)))
            yield events[start : start + size]
            start += size

    def _repeats(self) -> list[Event]:
        return self.chance.sample(self.repeatable, min(10, len(self.repeatable)))

    async def _store(self, batch: Sequence[Event]) -> None:
        shares = [event for event in batch if event.resharer is None]
        async with transaction() as db:
            done = await store_shares(db, [self._share(one) for one in shares], lists_begin=True)
            assert done.dropped_count == 0
            await self._remember(db, shares)
            done = await store_reshares(db, [self._reshare(e) for e in batch if e.resharer])
            assert done.dropped_count == 0
        self.repeatable.extend(self.chance.sample(list(batch), len(batch) // 3))
        known = [event.share for event in shares]
        await self._tell_newest(self.chance.sample(known, len(known) // 4))
        await self._hold(self.chance.sample(known, len(known) // 10))
        await self._tell_late(len(self.late_figures) // 2)

    async def _remember(self, db: Any, events: Sequence[Event]) -> None:
        natives = [str(event.share) for event in events]
        found = await db.fetch(
            "SELECT id, native_id FROM share WHERE native_id = ANY($1::text[])", natives
        )
        self.stored.update({int(row["native_id"]): row["id"] for row in found})

    async def _tell_newest(self, shares: Sequence[int]) -> None:
        """Read complete lists again; an older counter of each is still on its way."""
        far = [s for s in shares if _is_far_from_cuts(datapack.shares()[s][2])]
        await self._tell(far, 0, "LIST", timedelta(seconds=2))
        self.late_figures.extend(far)

    async def _tell_late(self, count: int) -> None:
        """Let counters come in that are older than what is known, and some of them twice."""
        self.chance.shuffle(self.late_figures)
        chosen, self.late_figures = self.late_figures[:count], self.late_figures[count:]
        for _ in range(2):
            await self._tell(chosen, self.chance.randint(1, 5_000), "COUNTER", timedelta(seconds=1))

    async def _tell(self, shares: Sequence[int], value: int, source: str, age: timedelta) -> None:
        keys = [(self.owner(share), self.stored[share]) for share in shares]
        async with transaction() as db:
            await db.executemany(FIGURE, [(*key, value, source, age) for key in keys])
            await remeasure(db, keys)

    async def _hold(self, shares: Sequence[int]) -> None:
        await self._review(shares, "UNDER_REVIEW")
        self.held.extend(shares)

    async def _release(self, shares: Sequence[int]) -> None:
        await self._review(shares, "CLEAR")
        self.held = [share for share in self.held if share not in set(shares)]

    async def _review(self, shares: Sequence[int], state: str) -> None:
        keys = [(self.owner(share), self.stored[share]) for share in shares]
        async with transaction() as db:
            await db.executemany(REVIEW, [(*key, state) for key in keys])
            await remeasure(db, keys)

    def _share(self, event: Event) -> NewShare:
        author, post, at = datapack.shares()[event.share]
        return NewShare(
            asn_id=self.authors[author],
            program_post_id=self.posts[post],
            account_id=self.accounts[author],
            platform=Platform.X,
            kind=ShareKind.QUOTE,
            key=f"x:quote:{event.share}",
            native_id=str(event.share),
            url=None,
            shared_at=at,
            is_time_observed=False,
            first_observed_at=at,
            evidence=Evidence("LIST_QUOTES", EvidenceLevel.API_CONFIRMED, str(event.share)),
        )

    def _reshare(self, event: Event) -> NewReshare:
        assert event.resharer is not None
        key = event.resharer.to_bytes(32)
        share = self.stored[event.share]
        return NewReshare(self.owner(event.share), share, key, event.at, event.at)


def _is_far_from_cuts(at: datetime) -> bool:
    gap = timedelta(seconds=10)
    return all(abs(datapack.cut_at(day) - at) > gap for day in datapack.CUT_DAYS)


def _asn(key: UUID, author: int, at: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "full_name": f"Penulis {author}",
        "sort_name": f"penulis {author}",
        "is_active": True,
        "is_pseudonymous": True,
        "created_at": at,
    }


def _account(key: UUID, asn_id: UUID, author: int, at: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "asn_id": asn_id,
        "platform": "X",
        "platform_user_id": str(author),
        "handle": f"penulis_{author}",
        "url": f"https://x.com/penulis_{author}",
        "verification": "VERIFIED",
        "connection": "NONE",
        "ownership_verified_at": at,
        "created_at": at,
    }


def _consent(asn_id: UUID, account_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "asn_id": asn_id,
        "purpose": "ACCOUNT_TRACKING",
        "account_id": account_id,
        "basis": "CONSENT",
        "text_version": "v1",
        "channel": "TEST",
        "granted_at": at,
    }


def _post(key: UUID, post: int, campaign_id: UUID, at: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "campaign_id": campaign_id,
        "platform": "X",
        "official_post_ref": str(post),
        "url": f"https://x.com/i/web/status/{post}",
        "title": "Kiriman",
        "facts": [],
        "source_url": "https://contoh.go.id/berita",
        "disclosure_text": "ASN · program pemerintah",
        "hashtags": [],
        "state": "PUBLISHED",
        "published_at": at,
        "created_at": at,
    }
