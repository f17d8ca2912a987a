"""What own posts are matched by, and that nothing lands after a withdrawal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import factories as make
import pytest
from outbox_rows import ask, take

from api.actions.outbox import CursorRef
from api.actions.reference import ensure_reference_rows
from api.actions.tracking import ListPage, Places, SeenPost, begin_timeline, store_timeline_page
from api.domain.matching.leads import Leads
from api.domain.platform import Platform, ShareKind
from api.models import WORKER_POOL, open_database
from api.queue import Job
from api.reads.due_accounts import due_metrics, due_timelines
from api.reads.tracking import OwnTarget, own_target
from api.settings import Settings

NOW = datetime.now(UTC)
OURS = Places("https://gema.contoh.go.id")
DID = "did:plc:contohcontohcontohcontoh"


@pytest.fixture(autouse=True)
async def database(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, WORKER_POOL):
        await ensure_reference_rows()
        yield


@pytest.fixture
async def account() -> UUID:
    asn_id = await make.make_asn("Ani Contoh")
    return await make.make_account(asn_id, "ani.contoh.id", platform=Platform.BLUESKY)


@pytest.fixture
async def post() -> UUID:
    campaign = await make.make_campaign(await make.make_program(None))
    return await make.make_post(campaign, platform=Platform.BLUESKY, published_at=NOW)


async def target_of(account_id: UUID) -> OwnTarget:
    found = await own_target(account_id, "ACCOUNT_TRACKING")
    assert found is not None
    return found


async def ref_of(post_id: UUID) -> str:
    return await make.value("SELECT official_post_ref FROM program_post WHERE id = $1", post_id)


def seen(native_id: str, leads: Leads) -> SeenPost:
    return SeenPost(DID, None, native_id, None, NOW, NOW, leads)


async def store(account_id: UUID, *items: SeenPost) -> None:
    """Store a timeline of one page, as a worker would."""
    target = await target_of(account_id)
    owned = OwnTarget(
        target.id, target.asn_id, target.platform, DID, target.handle, None, target.since
    )
    claimed = await take(await ask(Job.SCAN_TIMELINE, key=f"t{len(items)}:{items[0].native_id}"))
    ref = CursorRef(Platform.BLUESKY, "own_posts", str(account_id))
    assert await begin_timeline(claimed.lease, owned, ref) is not None
    await store_timeline_page(claimed.lease, owned, ref, ListPage(items, None), OURS)


def quoting(ref: str) -> Leads:
    return Leads(((ShareKind.QUOTE, ref),), (), ShareKind.LINK_POST)


def linking(*links: str) -> Leads:
    return Leads((), links, ShareKind.LINK_POST)


async def kinds() -> list[str]:
    rows = await make.value("SELECT array_agg(kind ORDER BY kind) FROM share")
    return list(rows or ())


async def test_a_reference_comes_before_a_link(account: UUID, post: UUID) -> None:
    other = await make.make_post(
        await make.make_campaign(await make.make_program(None)), platform=Platform.BLUESKY
    )
    url = await make.value("SELECT url FROM program_post WHERE id = $1", other)

    leads = Leads(((ShareKind.QUOTE, await ref_of(post)),), (url,), ShareKind.LINK_POST)
    await store(account, seen("at://one", leads))

    assert await make.value("SELECT program_post_id FROM share") == post
    assert await kinds() == ["QUOTE"]


async def test_a_tracked_link_and_the_address_of_a_post_lead_to_it(
    account: UUID, post: UUID
) -> None:
    asn_id = await make.value("SELECT asn_id FROM social_account WHERE id = $1", account)
    link_id = await make.insert(
        "tracked_link",
        asn_id=asn_id,
        program_post_id=post,
        account_id=account,
        code="abcdefgh1234",
        created_at=NOW,
    )
    await make.execute("INSERT INTO link_code VALUES ('abcdefgh1234', $1, $2)", asn_id, link_id)
    url = await make.value("SELECT url FROM program_post WHERE id = $1", post)

    await store(
        account,
        seen("at://by-code", linking("https://gema.contoh.go.id/r/abcdefgh1234?utm_source=x")),
        seen("at://by-url", linking(url)),
        seen("at://elsewhere", linking("https://lain.contoh.id/r/abcdefgh1234")),
        seen("at://alike", linking("https://berita.contoh.id/imunisasi")),
    )

    assert await kinds() == ["LINK_POST", "LINK_POST"]


async def test_the_same_post_by_another_kind_is_the_same_share(account: UUID, post: UUID) -> None:
    url = await make.value("SELECT url FROM program_post WHERE id = $1", post)

    await store(account, seen("at://one", linking(url)))
    await store(account, seen("at://one", quoting(await ref_of(post))))

    assert await kinds() == ["LINK_POST"]


async def test_without_consent_nothing_at_all_is_written(account: UUID, post: UUID) -> None:
    target = await target_of(account)
    await make.execute("UPDATE consent SET withdrawn_at = now() WHERE account_id = $1", account)
    claimed = await take(await ask(Job.SCAN_TIMELINE, key="late"))
    ref = CursorRef(Platform.BLUESKY, "own_posts", str(account))
    page = ListPage((seen("at://one", quoting(await ref_of(post))),), None)

    assert await begin_timeline(claimed.lease, target, ref) is None
    again = await take(await ask(Job.SCAN_TIMELINE, key="later"))
    await store_timeline_page(again.lease, target, ref, page, OURS)

    assert await make.value("SELECT count(*) FROM share") == 0
    assert await make.value("SELECT count(*) FROM sync_cursor") == 0
    assert await own_target(account, "ACCOUNT_TRACKING") is None


async def test_public_timelines_are_due_once_a_day_and_private_ones_with_a_token(
    account: UUID, post: UUID
) -> None:
    (work,) = await due_timelines([Platform.BLUESKY])
    assert work.args == {"account_id": str(account)}

    await store(account, seen("at://one", quoting(await ref_of(post))))
    assert await due_timelines([Platform.BLUESKY]) == []
    assert await due_timelines([Platform.FACEBOOK]) == []

    a_day = NOW - timedelta(days=1, minutes=1)
    await make.execute("UPDATE sync_cursor SET sweep_completed_at = $1", a_day)
    assert len(await due_timelines([Platform.BLUESKY])) == 1


async def test_figures_are_due_for_shares_of_people_who_agree_to_them(
    account: UUID, post: UUID
) -> None:
    await store(account, seen("at://one", quoting(await ref_of(post))))
    assert await due_metrics([Platform.BLUESKY]) == []

    asn_id = await make.value("SELECT asn_id FROM social_account WHERE id = $1", account)
    await make.agree(asn_id, "METRICS", account_id=account)
    assert [work.job for work in await due_metrics([Platform.BLUESKY])] == [Job.READ_METRICS]
