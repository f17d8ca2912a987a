"""Storing shares and reshares: together, again, and beside a withdrawal."""

import asyncio
import contextvars
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from import_kit import Imported, Importer, run

from api.actions.intake import run as intake_run
from api.actions.shares import (
    Evidence,
    NewReshare,
    NewShare,
    StoredCount,
    store_reshares,
    store_shares,
    take_watermark,
)
from api.domain.amplification import ordinal
from api.domain.platform import EvidenceLevel, Platform, ShareKind
from api.models import COMMAND_POOL, connection, open_database, transaction
from api.settings import Settings

T = TypeVar("T")

NOW = datetime(2024, 3, 1, tzinfo=UTC)
Work = Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture
def importer(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """The holders 407 and 408, each with one share of the posts 9001 and 9002."""
    importer = Importer(settings, tmp_path, capsys)
    header = "share_id,author_id,post_id,shared_at"
    rows = ["501,407,9001,1614556800", "502,408,9002,1614556800"]
    importer.good("shares", "\n".join([header, *rows]))
    return importer


def inside(importer: Importer, work: Work) -> None:
    """Run work with the database open, as a worker has it."""

    async def opened() -> None:
        async with open_database(importer.settings.database_url, COMMAND_POOL):
            await work()

    run(opened())


def holder(importer: Importer, account_ref: str = "407") -> tuple[UUID, UUID]:
    query = "SELECT asn_id, id FROM social_account WHERE platform_user_id = $1"
    return tuple(importer.rows(query, account_ref)[0])


def seen(importer: Importer, native_id: str, account_ref: str = "407") -> NewShare:
    """Return a quote of post 9001 as a list shows it."""
    asn_id, account_id = holder(importer, account_ref)
    post = importer.value("SELECT id FROM program_post WHERE official_post_ref = '9001'")
    return NewShare(
        asn_id=asn_id,
        program_post_id=post,
        account_id=account_id,
        platform=Platform.X,
        kind=ShareKind.QUOTE,
        key=f"X:QUOTE:{native_id}",
        native_id=native_id,
        url=None,
        shared_at=NOW,
        is_time_observed=False,
        first_observed_at=NOW,
        evidence=Evidence("LIST_QUOTES", EvidenceLevel.API_CONFIRMED, native_id),
    )


async def store(*rows: NewShare) -> StoredCount:
    async with transaction() as db:
        return await store_shares(db, rows)


def share_row(importer: Importer, native_id: str) -> Any:
    return importer.rows("SELECT * FROM share WHERE key = $1", f"X:QUOTE:{native_id}")[0]


def test_slots_never_race(importer: Importer) -> None:
    rows = [seen(importer, str(600 + n)) for n in range(24)]

    async def work() -> None:
        await asyncio.gather(*(store(*rows[n::8]) for n in range(8)))

    inside(importer, work)

    slots = importer.rows(
        "SELECT post_slot FROM share WHERE asn_id = $1 ORDER BY ingest_seq", rows[0].asn_id
    )
    assert [row[0] for row in slots] == list(range(1, 26))


def test_ordinals_never_race(importer: Importer) -> None:
    asn_id = holder(importer)[0]
    shares = [seen(importer, str(600 + n)) for n in range(12)]

    async def reshare(share_id: UUID) -> None:
        async with transaction() as db:
            await store_reshares(db, [NewReshare(asn_id, share_id, b"one person", NOW, NOW)])

    async def work() -> None:
        stored = await store(*shares)
        await asyncio.gather(*(reshare(row.id) for row in stored.new_rows))

    inside(importer, work)

    ordinals = importer.rows("SELECT ordinal FROM reshare ORDER BY ingest_seq")
    assert [row[0] for row in ordinals] == list(range(1, 13))


def test_counts_say_what_became_of_each_row(importer: Importer) -> None:
    importer.rows(
        "UPDATE consent SET withdrawn_at = now() WHERE asn_id = $1", holder(importer, "408")[0]
    )
    rows = [
        seen(importer, "601"),
        seen(importer, "601"),
        seen(importer, "501"),
        seen(importer, "602", "408"),
    ]

    async def work() -> None:
        first = await store(*rows)
        assert (first.new_count, first.changed_count, first.unchanged_count) == (1, 1, 1)
        assert (first.dropped_count, len(first.new_rows)) == (1, 1)
        again = await store(*rows)
        assert again == StoredCount(unchanged_count=3, dropped_count=1)

    inside(importer, work)
    assert importer.value("SELECT count(*) FROM share WHERE key LIKE '%602'") == 0


def test_an_account_of_one_person_proves_nothing_about_another(importer: Importer) -> None:
    mixed = replace(seen(importer, "601"), asn_id=holder(importer, "408")[0])

    async def work() -> None:
        assert await store(mixed) == StoredCount(dropped_count=1)

    inside(importer, work)


def test_a_repeat_fills_gaps_and_nothing_else(importer: Importer) -> None:
    guess = replace(seen(importer, "601"), is_time_observed=True, native_id=None)
    later = NOW + timedelta(hours=1)
    exact = replace(seen(importer, "601"), url="https://x.com/i/web/status/601")

    async def work() -> None:
        await store(guess)
        filled = await store(replace(exact, shared_at=later))
        assert (filled.changed_count, filled.unchanged_count) == (1, 0)
        other = replace(exact, url="https://x.com/i/web/status/1", shared_at=NOW)
        assert (await store(other)).unchanged_count == 1
        assert (await store(guess)).unchanged_count == 1

    inside(importer, work)

    row = share_row(importer, "601")
    assert (row["native_id"], row["url"]) == ("601", "https://x.com/i/web/status/601")
    assert (row["shared_at"], row["time_source"]) == (later, "PLATFORM")
    assert (row["post_slot"], row["first_observed_at"]) == (2, NOW)


def test_evidence_rises_and_does_not_fall(importer: Importer) -> None:
    row = seen(importer, "601")

    def proved(mechanism: str, level: EvidenceLevel) -> NewShare:
        return replace(row, evidence=Evidence(mechanism, level, "r"))

    async def work() -> None:
        await store(proved("PROOF", EvidenceLevel.DECLARED))
        await store(proved("PROOF", EvidenceLevel.PROOF_REVIEWED))
        lower = await store(proved("PROOF", EvidenceLevel.DECLARED))
        assert lower.unchanged_count == 1
        await store(proved("LIST_QUOTES", EvidenceLevel.API_CONFIRMED))
        await store(proved("LINK", EvidenceLevel.LINK_OBSERVED))

    inside(importer, work)

    assert share_row(importer, "601")["evidence_level"] == "API_CONFIRMED"
    rows = importer.rows("SELECT mechanism, level FROM share_evidence WHERE mechanism <> 'IMPORT'")
    assert dict(rows) == {
        "PROOF": "PROOF_REVIEWED",
        "LIST_QUOTES": "API_CONFIRMED",
        "LINK": "LINK_OBSERVED",
    }


def test_evidence_that_was_withdrawn_does_not_come_back_by_itself(importer: Importer) -> None:
    declared = Evidence("PROOF", EvidenceLevel.DECLARED, "r")
    reviewed = Evidence("PROOF", EvidenceLevel.PROOF_REVIEWED, "r")
    row = seen(importer, "601")
    inside(importer, lambda: _ignore(store(replace(row, evidence=declared))))
    importer.rows("UPDATE share_evidence SET withdrawn_at = now() WHERE mechanism = 'PROOF'")

    inside(importer, lambda: _ignore(store(replace(row, evidence=reviewed))))

    assert share_row(importer, "601")["evidence_level"] == "DECLARED"


def test_a_withdrawal_waits_for_the_batch_and_nothing_lands_after_it(importer: Importer) -> None:
    first, second = seen(importer, "601"), seen(importer, "602")
    withdraw = "UPDATE consent SET withdrawn_at = now() WHERE account_id = $1"

    async def leave() -> None:
        async with transaction() as db:
            await db.execute(withdraw, first.account_id)

    async def work() -> None:
        async with transaction() as db:
            await store_shares(db, [first])
            leaving = beside(leave())
            await asyncio.sleep(0.2)
            assert not leaving.done()
        await leaving
        assert (await store(second)).dropped_count == 1

    inside(importer, work)
    kept = importer.rows("SELECT key FROM share WHERE key IN ('X:QUOTE:601', 'X:QUOTE:602')")
    assert [row[0] for row in kept] == ["X:QUOTE:601"]


def test_a_watermark_waits_for_numbers_that_are_not_committed(importer: Importer) -> None:
    async def mark() -> int:
        async with connection() as db:
            return await take_watermark(db)

    async def work() -> None:
        before = await mark()
        async with transaction() as db:
            await store_shares(db, [seen_now])
            marking = beside(mark())
            await asyncio.sleep(0.2)
            assert not marking.done()
        after = await marking
        async with connection() as db:
            seq = await db.fetchval("SELECT ingest_seq FROM share WHERE key = 'X:QUOTE:601'")
        assert before < seq <= after

    seen_now = seen(importer, "601")
    inside(importer, work)


def test_a_watermark_inside_a_transaction_stops_nobody(importer: Importer) -> None:
    row = seen(importer, "601")

    async def work() -> None:
        async with transaction() as db:
            await take_watermark(db)
            async with asyncio.timeout(5):
                assert (await beside(store(row))).new_count == 1

    inside(importer, work)


def test_the_watermark_of_an_empty_database_is_zero(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def work() -> None:
        async with connection() as db:
            assert await take_watermark(db) == 0

    inside(Importer(settings, tmp_path, capsys), work)


def test_ordinals_are_those_of_the_rule_however_the_rows_are_cut(importer: Importer) -> None:
    dice = random.Random(7)  # noqa: S311 (a dice, not a key)
    asn_id = holder(importer)[0]
    shares = [seen(importer, str(600 + n)) for n in range(40)]
    rows: list[NewReshare] = []

    async def work() -> None:
        ids = [row.id for row in (await store(*shares)).new_rows]
        for _ in range(600):
            at = NOW - timedelta(days=dice.randrange(400), seconds=dice.randrange(2))
            key = sha256(bytes([dice.randrange(8)])).digest()
            rows.append(NewReshare(asn_id, dice.choice(ids), key, at, at))
        rest = list(rows)
        while rest:
            size = dice.randrange(1, 200)
            async with transaction() as db:
                await store_reshares(db, rest[:size])
            rest = rest[size:]
        async with transaction() as db:
            assert (await store_reshares(db, rows)).unchanged_count == 600

    inside(importer, work)

    earlier: defaultdict[bytes, list[datetime]] = defaultdict(list)
    first = {(row.share_id, row.resharer_key): row for row in reversed(rows)}
    expected = sorted(first.values(), key=rows.index)
    stored = importer.rows("SELECT resharer_key, ordinal FROM reshare ORDER BY ingest_seq")
    assert len(stored) == len(expected) > 250
    for row, found in zip(expected, stored, strict=True):
        assert found["resharer_key"] == row.resharer_key
        assert found["ordinal"] == ordinal(earlier[row.resharer_key], row.observed_at, 180)
        earlier[row.resharer_key].append(row.observed_at)


def test_a_reshare_seen_without_a_time_gains_it_later(importer: Importer) -> None:
    asn_id = holder(importer)[0]
    share_id = importer.value("SELECT id FROM share WHERE native_id = '501'")
    blank = NewReshare(asn_id, share_id, b"one person", None, NOW)
    exact = replace(blank, reshared_at=NOW - timedelta(days=1))
    stray = replace(blank, share_id=holder(importer)[1])

    async def work() -> None:
        async with transaction() as db:
            assert (await store_reshares(db, [blank, stray])).dropped_count == 1
            assert (await store_reshares(db, [exact])).changed_count == 1
            assert (await store_reshares(db, [blank])).unchanged_count == 1

    inside(importer, work)
    row = importer.rows("SELECT reshared_at, observed_at, ordinal FROM reshare")[0]
    assert tuple(row) == (NOW - timedelta(days=1), NOW, 1)


def test_an_import_that_meets_others_head_on_tries_again(importer: Importer) -> None:
    assert _head_on(importer).exit_code == 0
    assert importer.value("SELECT count(*) FROM share") == 3


def test_an_import_that_never_gets_through_says_so(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_run, "PAUSES_SECONDS", ())

    done = _head_on(importer)

    assert done.exit_code == 1
    assert done.output.startswith("CONFLICT: ")
    assert importer.value("SELECT count(*) FROM share") == 2


def _head_on(importer: Importer) -> Imported:
    """Import while another transaction holds a row of ours and then wants our turn."""
    is_held = threading.Event()
    other = threading.Thread(target=run, args=(_hold_and_want(importer, is_held),))
    other.start()
    assert is_held.wait(10)
    file = "share_id,author_id,post_id,shared_at\n503,407,9001,1614556800"
    done = importer("shares", file)
    other.join(10)
    return done


async def _hold_and_want(importer: Importer, is_held: threading.Event) -> None:
    db = await asyncpg.connect(importer.settings.database_url, ssl=False)
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with db.transaction():
        await db.execute("SELECT 1 FROM asn FOR NO KEY UPDATE")
        is_held.set()
        async with asyncio.timeout(10):
            while not await db.fetchval(waiting):
                await db.execute("SELECT pg_sleep(0.01)")
        turn = "SELECT pg_advisory_xact_lock($1, hashtext('shares'))"
        await db.execute(turn, intake_run.IMPORT_LOCK)
    await db.close()


def beside(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Start work on a connection of its own, as another process would."""
    # A task takes over the transaction of the one that starts it; an empty context has none.
    return asyncio.create_task(work, context=contextvars.Context())


async def _ignore(work: Coroutine[Any, Any, object]) -> None:
    await work
