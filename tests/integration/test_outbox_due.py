"""The reconciler asks for exactly what is due and what nobody has asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from outbox_rows import ask, raising, row, runner, set_row

from api.actions.outbox import enqueue_due
from api.domain.platform import Platform
from api.models import (
    WORKER_POOL,
    Asn,
    AudienceObservation,
    Campaign,
    Consent,
    EligibilityAssessment,
    EligibilityPolicy,
    Program,
    ProgramPost,
    Share,
    SocialAccount,
    SyncCursor,
    connection,
    open_database,
)
from api.queue import Job
from api.reads.due import due_assessments, due_audiences, due_scans
from api.reads.tracking import account_targets
from api.settings import Settings
from workers.tasks.kit import Kit
from workers.tasks.reconcile import reconcile

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def now() -> datetime:
    """The present of the running test, not of the moment at which the tests were collected."""
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        yield


async def published(age: timedelta = HOUR, status: str = "ACTIVE", ref: str = "17") -> ProgramPost:
    program = await Program.create(
        slug=f"p-{ref}", name="Posyandu", source_url="https://example.go.id", created_by="a"
    )
    campaign = await Campaign.create(
        program=program,
        title="Imunisasi",
        status=status,
        starts_at=now() - DAY,
        ends_at=now() + DAY,
        disclosure_label="#ASN",
        created_by="a",
        last_edited_by="a",
        approved_by="b",
    )
    return await ProgramPost.create(
        campaign=campaign,
        platform="X",
        official_post_ref=ref,
        url=f"https://x.example/{ref}",
        title="Imunisasi",
        source_url="https://example.go.id",
        disclosure_text="#ASN",
        state="PUBLISHED",
        published_at=now() - age,
    )


async def swept(list_name: str, ago: timedelta, ref: str = "17", **more: object) -> SyncCursor:
    return await SyncCursor.create(
        platform="X", list_name=list_name, object_ref=ref, sweep_completed_at=now() - ago, **more
    )


async def holder() -> Asn:
    return await Asn.create(full_name="Ayu Contoh", sort_name="ayu contoh")


async def account_of(asn: Asn, platform: str = "X") -> SocialAccount:
    return await SocialAccount.create(
        asn=asn,
        platform=platform,
        platform_user_id="5",
        handle="ayu",
        url="https://x.example/ayu",
        verification="VERIFIED",
    )


async def agreed(account: SocialAccount, purpose: str) -> Consent:
    return await Consent.create(
        asn_id=account.asn_id,
        account=account,
        purpose=purpose,
        basis="consent",
        text_version="1",
        channel="WEB",
        granted_at=now() - DAY,
    )


async def shared(post: ProgramPost, kind: str = "QUOTE", presence: str = "LIVE") -> Share:
    asn = await holder()
    account = await account_of(asn)
    await agreed(account, "ACCOUNT_TRACKING")
    return await Share.create(
        asn=asn,
        program_post=post,
        account=account,
        platform="X",
        kind=kind,
        key="x:99",
        native_id="99",
        shared_at=now() - HOUR,
        post_slot=1,
        ingest_seq=1,
        offered_metrics=["RESHARERS"] if kind == "QUOTE" else [],
        evidence_level="API_CONFIRMED",
        presence=presence,
        first_observed_at=now(),
    )


async def due_jobs(poll_seconds: int | None = None) -> list[Job]:
    return sorted(work.job for work in await due_scans([Platform.X], poll_seconds))


async def test_a_post_that_was_never_read_is_due_in_both_lists():
    post = await published()

    works = {work.job: work for work in await due_scans([Platform.X])}

    assert set(works) == {Job.SCAN_RESHARERS, Job.SCAN_QUOTES}
    assert works[Job.SCAN_QUOTES].args == {"post_id": str(post.id)}
    assert works[Job.SCAN_QUOTES].key == f"scan_quotes:{post.id}"


@pytest.mark.parametrize("status", ["APPROVED", "PAUSED", "CLOSED"])
async def test_only_active_campaigns_are_read(status: str):
    await published(status=status)

    assert await due_scans([Platform.X]) == []


async def test_a_post_of_the_future_is_not_read_yet():
    await published(age=-HOUR)

    assert await due_scans([Platform.X]) == []


@pytest.mark.parametrize(
    ("age", "interval"),
    [(HOUR, 15 * MINUTE), (7 * HOUR, HOUR), (3 * DAY, 6 * HOUR), (8 * DAY, DAY)],
    ids=["first hours", "two days", "first week", "later"],
)
async def test_new_posts_are_read_often_and_old_ones_seldom(age: timedelta, interval: timedelta):
    await published(age=age)
    await swept("reposts", interval - MINUTE)
    await swept("quotes", interval + MINUTE)

    assert await due_jobs() == [Job.SCAN_QUOTES]


async def test_one_interval_for_all_may_replace_the_others():
    await published(age=8 * DAY)
    await swept("reposts", 5 * MINUTE)
    await swept("quotes", 15 * MINUTE)

    assert await due_jobs(poll_seconds=600) == [Job.SCAN_QUOTES]


async def test_a_limited_list_waits_until_its_time():
    await published()
    await swept("reposts", DAY, not_before=now() + MINUTE)
    await swept("quotes", DAY, not_before=now() - MINUTE)

    assert await due_jobs() == [Job.SCAN_QUOTES]


async def test_a_living_quote_is_read_for_its_own_resharers():
    share = await shared(await published())

    work = next(
        work for work in await due_scans([Platform.X]) if work.job is Job.SCAN_SHARE_RESHARERS
    )

    assert work.args == {"asn_id": str(share.asn_id), "share_id": str(share.id)}
    assert work.key == f"scan_share_resharers:{share.id}"


@pytest.mark.parametrize(("kind", "presence"), [("REPOST", "LIVE"), ("QUOTE", "REMOVED")])
async def test_reposts_and_removed_quotes_have_no_resharers_to_read(kind: str, presence: str):
    await shared(await published(), kind, presence)

    assert Job.SCAN_SHARE_RESHARERS not in await due_jobs()


async def test_nothing_is_asked_about_a_holder_who_no_longer_agrees():
    share = await shared(await published())
    await Consent.filter(account_id=share.account_id).update(withdrawn_at=now())

    assert Job.SCAN_SHARE_RESHARERS not in await due_jobs()


async def test_audiences_of_people_who_agree_are_looked_up_once_in_twenty_hours():
    account = await account_of(await holder(), "BLUESKY")
    assert await due_audiences([Platform.BLUESKY]) == []
    await agreed(account, "METRICS")

    (work,) = await due_audiences([Platform.X, Platform.BLUESKY])
    assert (work.job, work.args) == (Job.REFRESH_AUDIENCE, {"platform": "BLUESKY"})

    await SocialAccount.filter(id=account.id).update(last_checked_at=now() - 19 * HOUR)
    assert await due_audiences([Platform.BLUESKY]) == []
    await SocialAccount.filter(id=account.id).update(last_checked_at=now() - 21 * HOUR)
    assert await due_audiences([Platform.BLUESKY]) == [work]
    assert len(await account_targets(Platform.BLUESKY, 9)) == 1
    await SyncCursor.create(
        platform="BLUESKY", list_name="profiles", object_ref="all", not_before=now() + HOUR
    )
    assert await due_audiences([Platform.BLUESKY]) == []


@pytest.mark.parametrize(("max_age_days", "wait"), [(90, 7 * DAY), (4, 2 * DAY)])
async def test_a_paid_look_comes_well_before_a_badge_would_lapse(
    max_age_days: int, wait: timedelta
):
    account = await account_of(await holder())
    await agreed(account, "METRICS")
    await EligibilityPolicy.create(
        code="contoh", version=1, state="ACTIVE", document={"maxAgeDays": max_age_days}
    )

    await SocialAccount.filter(id=account.id).update(last_checked_at=now() - wait + HOUR)
    early = await due_audiences([Platform.X]), await account_targets(Platform.X, 9)
    await SocialAccount.filter(id=account.id).update(last_checked_at=now() - wait - HOUR)
    due = await due_audiences([Platform.X]), await account_targets(Platform.X, 9)

    assert early == ([], [])
    assert [len(each) for each in due] == [1, 1]
    assert wait < timedelta(days=max_age_days)


async def test_what_was_quiet_for_two_weeks_is_left_alone_until_it_stirs():
    post = await published(15 * DAY)
    for name in ("reposts", "quotes"):
        await swept(name, 2 * DAY)
    assert await due_jobs() == []

    share = await shared(post)
    await Share.filter(id=share.id).update(
        shared_at=now() - 13 * DAY, first_observed_at=now() - 13 * DAY, offered_metrics=[]
    )
    assert await due_jobs() == [Job.SCAN_QUOTES, Job.SCAN_RESHARERS]

    await Share.filter(id=share.id).update(
        shared_at=now() - 15 * DAY, first_observed_at=now() - 15 * DAY
    )
    assert await due_jobs() == []


@pytest.mark.parametrize("state", ["PENDING", "SENT", "RUNNING"])
async def test_work_that_somebody_asked_for_is_not_asked_for_again(state: str):
    post = await published()
    message = await ask(Job.SCAN_QUOTES, key=f"scan_quotes:{post.id}", post_id=str(post.id))
    await set_row(message, f"state = '{state}'")

    assert await due_jobs() == [Job.SCAN_RESHARERS]


async def test_work_that_died_is_left_to_people_for_an_hour(settings: Settings):
    post = await published()
    message = await ask(Job.SCAN_QUOTES, key=f"scan_quotes:{post.id}", post_id=str(post.id))
    await runner(settings, {Job.SCAN_QUOTES: raising(ValueError())}).run(message)

    assert await due_jobs() == [Job.SCAN_RESHARERS]
    async with connection() as db:
        await db.execute("UPDATE dead_letter SET last_failed_at = now() - interval '61 minutes'")
    assert await due_jobs() == [Job.SCAN_QUOTES, Job.SCAN_RESHARERS]


async def observed(asn: Asn, account: SocialAccount, at: datetime) -> None:
    await AudienceObservation.create(
        asn=asn, account=account, kind="FOLLOWERS", count=500, source="PUBLIC_API", observed_at=at
    )


async def assessed(asn: Asn, at: datetime) -> None:
    policy, _ = await EligibilityPolicy.get_or_create(
        code="t", version=1, defaults={"document": {}}
    )
    await EligibilityAssessment.create(
        asn=asn, policy=policy, outcome="ELIGIBLE", reasons=[], inputs_hash="", assessed_at=at
    )


async def test_a_person_is_assessed_again_when_the_audience_was_seen_after_the_last_time():
    asn = await holder()
    account = await account_of(asn)
    assert await due_assessments() == []

    await observed(asn, account, now() - HOUR)
    (work,) = await due_assessments()
    assert (work.job, work.args) == (Job.ASSESS_ELIGIBILITY, {"asn_id": str(asn.id)})

    await assessed(asn, now() - MINUTE)
    assert await due_assessments() == []
    await observed(asn, account, now() - MINUTE / 2)
    assert await due_assessments() == [work]


async def test_an_observation_of_the_future_does_not_ask_for_ever():
    asn = await holder()
    await observed(asn, await account_of(asn), now() + DAY)

    assert await due_assessments() == []


async def test_the_reconciler_asks_once_however_often_it_ticks(settings: Settings):
    await published()
    ctx = {"kit": Kit(replace(settings, poll_seconds=1), None, {})}

    await reconcile(ctx)
    await reconcile(ctx)
    await enqueue_due(await due_scans([Platform.X]))

    async with connection() as db:
        jobs = [found["job"] for found in await db.fetch("SELECT job FROM outbox_message")]
    assert sorted(jobs) == ["scan_quotes", "scan_resharers"]


async def message_ids() -> list[UUID]:
    async with connection() as db:
        return [found["id"] for found in await db.fetch("SELECT id FROM outbox_message")]


async def test_two_reconcilers_at_once_ask_once():
    await published()
    works = await due_scans([Platform.X])

    await enqueue_due(works)
    await enqueue_due(works)

    assert len(await message_ids()) == 2
    assert {(await row(message))["state"] for message in await message_ids()} == {"PENDING"}
