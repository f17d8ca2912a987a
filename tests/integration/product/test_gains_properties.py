"""What holds of stored scores whatever comes in, in whatever batches and order of measuring."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import factories as make
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_gains import TOTALS
from world import World

from api.actions.gains import remeasure
from api.actions.ranking import RunRequest, refresh_ranking
from api.actions.shares import Evidence, NewReshare, NewShare, store_reshares, store_shares
from api.cli.rebuild import rebuild
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.models import connection, transaction

pytestmark = pytest.mark.usefixtures("api")

SCORED = """
SELECT score, quality_micro, share_count, resharer_count, breakdown FROM ranking
 WHERE score_run_id = $1 AND asn_id = $2
"""
_serial = count(1)


@dataclass(frozen=True)
class Passed:
    """Somebody passed a share on, so many minutes after it."""

    resharer: int
    minutes: int


@dataclass(frozen=True)
class Shared:
    """A share of one of the posts, with what became of it."""

    post: int
    age_days: int
    passed: tuple[Passed, ...]
    review: str = "CLEAR"


passings = st.builds(Passed, st.integers(0, 3), st.integers(1, 1_400))
sharings = st.builds(
    Shared,
    st.integers(0, 1),
    st.integers(1, 185),
    st.lists(passings, max_size=4, unique_by=lambda one: one.resharer).map(tuple),
    st.sampled_from(("CLEAR", "CLEAR", "CLEAR", "UNDER_REVIEW", "REJECTED")),
)
# At least one share counts, so that the holder stands in the ranking.
lives = st.tuples(
    st.builds(Shared, st.just(0), st.integers(1, 150), st.just((Passed(0, 5),))),
    st.lists(sharings, max_size=6),
).map(lambda parts: [parts[0], *parts[1]])


class Teller:
    """Stores one life for one holder on one network, in batches and orders of its own."""

    def __init__(self, posts: Sequence[UUID], platform: Platform, chance: Random) -> None:
        self.posts, self.platform, self.chance = posts, platform, chance

    async def tell(self, world: World, life: Sequence[Shared]) -> UUID:
        self.asn_id = await make.make_asn(f"Umpama {next(_serial)}", world.first)
        await make.make_badge(self.asn_id)
        self.account_id = await make.make_account(
            self.asn_id, platform=self.platform, followers_count=None
        )
        self.shares = await self._share_all(life)
        for place, passed in self._parts(
            [(n, p) for n, one in enumerate(life) for p in one.passed]
        ):
            await self.pass_on(life, place, passed)
        reviewed = [(self.shares[n], one.review) for n, one in enumerate(life)]
        self.chance.shuffle(reviewed)
        for share_id, state in reviewed:
            await self._review(share_id, state)
        await self._measure_again()
        return self.asn_id

    async def pass_on(self, life: Sequence[Shared], places: Any, passed: Any) -> None:
        rows = [
            NewReshare(
                self.asn_id,
                self.shares[place],
                bytes([one.resharer] * 32),
                _shared_at(life[place]) + timedelta(minutes=one.minutes),
                _shared_at(life[place]) + timedelta(minutes=one.minutes),
            )
            for place, one in zip(places, passed, strict=True)
        ]
        async with transaction() as db:
            await store_reshares(db, rows)

    async def _share_all(self, life: Sequence[Shared]) -> list[UUID]:
        stored = []
        for _, batch in self._parts(list(enumerate(life))):
            rows = [self._share(one) for one in batch]
            async with transaction() as db:
                done = await store_shares(db, rows, lists_begin=True)
                await store_shares(db, rows, lists_begin=True)
            natives = "SELECT id FROM share WHERE asn_id = $1 AND id = ANY($2) ORDER BY ingest_seq"
            async with connection() as db:
                ids = [row.id for row in done.new_rows]
                stored.extend(r["id"] for r in await db.fetch(natives, self.asn_id, ids))
        return stored

    def _parts(self, items: list[tuple[int, Any]]) -> list[tuple[list[int], list[Any]]]:
        """Cut a list into batches at random places."""
        parts = []
        while items:
            size = self.chance.randint(1, len(items))
            batch, items = items[:size], items[size:]
            parts.append(([place for place, _ in batch], [item for _, item in batch]))
        return parts

    async def _review(self, share_id: UUID, state: str) -> None:
        async with transaction() as db:
            await db.execute(
                "UPDATE share SET review = $3 WHERE asn_id = $1 AND id = $2",
                *(self.asn_id, share_id, state),
            )
            await remeasure(db, [(self.asn_id, share_id)])

    async def _measure_again(self) -> None:
        keys = [(self.asn_id, share_id) for share_id in self.shares]
        for _, batch in self._parts(list(enumerate(self.chance.sample(keys, len(keys))))):
            async with transaction() as db:
                await remeasure(db, batch)

    def _share(self, one: Shared) -> NewShare:
        serial = next(_serial)
        at = _shared_at(one)
        return NewShare(
            asn_id=self.asn_id,
            program_post_id=self.posts[one.post],
            account_id=self.account_id,
            platform=self.platform,
            kind=ShareKind.QUOTE,
            key=f"{self.platform.value.lower()}:quote:{serial}",
            native_id=str(serial),
            url=None,
            shared_at=at,
            is_time_observed=False,
            first_observed_at=at,
            evidence=Evidence("LIST_QUOTES", EvidenceLevel.API_CONFIRMED, str(serial)),
        )


def _shared_at(one: Shared) -> Any:
    return make.NOW - timedelta(days=one.age_days)


async def scored(holders: Sequence[UUID]) -> list[tuple[Any, ...]]:
    """Rank; return what stands of each holder, without the name of the network."""
    run = await refresh_ranking(RunRequest())
    found = []
    for asn_id in holders:
        async with connection() as db:
            row = await db.fetchrow(SCORED, run.id, asn_id)
        parts = [(part["shareCount"], int(part["score"])) for part in row["breakdown"]]
        assert sum(score for _, score in parts) == row["score"]
        found.append((int(row["score"]), *tuple(row)[1:4], parts))
    return found


async def properties_hold(world: World, life: list[Shared], more: Passed, chance: Random) -> None:
    tellers = []
    for platform in (Platform.X, Platform.X, Platform.BLUESKY):
        posts = [await make.make_post(world.campaign, platform=platform) for _ in range(2)]
        tellers.append(Teller(posts, platform, chance))
    holders = [await teller.tell(world, life) for teller in tellers]

    first, second, renamed = await scored(holders)

    assert first == second, "batches or the order of measuring changed an integer"
    assert first == renamed, "the name of the network changed an integer"
    assert await make.value(TOTALS) == 0
    assert (await rebuild()).is_equal
    place = chance.randrange(len(life))
    for teller in tellers:
        await teller.pass_on(life, [place], [replace(more, resharer=more.resharer + 1)])
    after, *others = await scored(holders)
    assert after[0] >= first[0], "one more reshare lowered the holder"
    assert others == [after, after]
    assert (await rebuild()).is_equal


def some(example_count: int) -> settings:
    return settings(
        max_examples=example_count,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@given(life=lives, more=passings, chance=st.randoms(use_true_random=False))
@some(4)
async def test_stored_scores_depend_on_nothing_but_the_evidence(
    world: World, life: list[Shared], more: Passed, chance: Random
) -> None:
    await properties_hold(world, life, more, chance)


@pytest.mark.long
@given(life=lives, more=passings, chance=st.randoms(use_true_random=False))
@some(150)
async def test_stored_scores_depend_on_nothing_but_the_evidence_in_many_lives(
    world: World, life: list[Shared], more: Passed, chance: Random
) -> None:
    await properties_hold(world, life, more, chance)
