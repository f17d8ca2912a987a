"""Tracked links: every visit is kept, only people count, and a stop loses nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import factories as make
import httpx2
import pytest

from api.actions.link import NewClick, create_link, forget_visits, store_clicks
from api.actions.reference import ensure_reference_rows
from api.app import create_app
from api.domain.access import SYSTEM
from api.domain.clicks import ClickClass, ClickVerdict
from api.models import API_POOL, connection, open_database
from api.settings import Settings

TODAY = datetime.now(UTC).date()
AGENT = {"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Safari"}
ROWS = "SELECT click_class, filtered_reason, is_counted FROM click ORDER BY clicked_at, id"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Serve until the end of the block, and then stop as on SIGTERM."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await ensure_reference_rows()
        transport = httpx2.ASGITransport(app, client=("203.0.113.9", 4000))
        async with httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as http:
            yield http


async def a_link(*, is_old: bool = True) -> tuple[UUID, str]:
    agency_id = await make.make_agency("TAUT")
    _, account_id = await make.make_holder("Contoh Rekaan", agency_id)
    campaign_id = await make.make_campaign(await make.make_program(agency_id))
    link_id = await create_link(SYSTEM, await make.make_post(campaign_id), account_id)
    if is_old:
        await make.execute("UPDATE tracked_link SET created_at = now() - interval '1 day'")
    return link_id, await make.value("SELECT code FROM tracked_link WHERE id = $1", link_id)


async def stored(settings: Settings) -> list[tuple[object, ...]]:
    async with open_database(settings.database_url, API_POOL), connection() as db:
        return [tuple(row) for row in await db.fetch(ROWS)]


async def test_a_visit_leads_to_the_post_with_campaign_words(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link()
        answer = await http.get(f"/r/{code}", headers=AGENT)

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://x.com/i/web/status/")
    assert "utm_medium=asn-share" in answer.headers["location"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("mode", ["buffer", "valkey", "row"])
async def test_a_visitor_counts_once_a_day_and_a_stop_loses_no_visit(
    settings: Settings, mode: str
) -> None:
    async with serving(replace(settings, click_log=mode)) as http:
        _, code = await a_link()
        for _ in range(3):
            await http.get(f"/r/{code}", headers=AGENT)
        await http.head(f"/r/{code}", headers=AGENT)
        for agent in ("", "meta-externalagent/1.1"):
            await http.get(f"/r/{code}", headers={"user-agent": agent})

    assert await stored(settings) == [
        ("HUMAN", None, True),
        ("HUMAN", "REPEAT", False),
        ("HUMAN", "REPEAT", False),
        ("BOT", "HEAD", False),
        ("BOT", "EMPTY_AGENT", False),
        ("BOT", "CRAWLER", False),
    ]


async def test_a_link_of_seconds_is_in_doubt(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link(is_old=False)
        await http.get(f"/r/{code}", headers=AGENT)

    assert await stored(settings) == [("SUSPECT", "NEW_LINK", False)]


@pytest.mark.parametrize("code", ["unknown", "a" * 25, "%00", "..%2Fgraphql", "https:%2F%2Fevil"])
async def test_an_unknown_code_gets_a_helpful_page_and_leads_nowhere(
    settings: Settings, code: str
) -> None:
    async with serving(settings) as http:
        answer = await http.get(f"/r/{code}", headers=AGENT)

    assert answer.status_code == 404
    assert "location" not in answer.headers
    assert "Tautan ini tidak (lagi) berlaku" in answer.text


async def test_an_expired_code_is_gone(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link()
        await make.execute("UPDATE tracked_link SET expires_at = now() - interval '1 second'")
        answer = await http.get(f"/r/{code}", headers=AGENT)

    assert answer.status_code == 410


async def test_after_a_withdrawal_no_visit_is_stored(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link()
        await make.execute(
            "UPDATE consent SET withdrawn_at = now(), stop_due_at = now() + $1", timedelta(days=3)
        )
        answer = await http.get(f"/r/{code}", headers=AGENT)

    assert answer.status_code == 302
    assert await stored(settings) == []


async def test_asking_again_answers_with_the_same_link(settings: Settings) -> None:
    async with serving(settings):
        first, _ = await a_link()
        post_id = await make.value("SELECT program_post_id FROM tracked_link WHERE id = $1", first)
        account_id = await make.value("SELECT account_id FROM tracked_link WHERE id = $1", first)
        second = await create_link(SYSTEM, post_id, account_id)

    assert second == first


async def test_a_burst_from_few_networks_is_in_doubt_and_many_networks_excuse_it(
    settings: Settings,
) -> None:
    async with serving(settings):
        link_id, _ = await a_link()
        asn_id = await make.value("SELECT asn_id FROM tracked_link WHERE id = $1", link_id)
        few = [a_visit(asn_id, link_id, n % 3) for n in range(30)]
        await store_clicks(few)
        many = [a_visit(asn_id, link_id, n) for n in range(30, 60)]
        await store_clicks(many)

    rows = await stored(settings)
    assert rows.count(("SUSPECT", "BURST", False)) == 30
    assert rows.count(("HUMAN", None, True)) == 30


async def test_visits_that_are_stored_again_stand_once(settings: Settings) -> None:
    async with serving(settings):
        link_id, _ = await a_link()
        asn_id = await make.value("SELECT asn_id FROM tracked_link WHERE id = $1", link_id)
        visits = [a_visit(asn_id, link_id, n % 5) for n in range(8)]
        await store_clicks(visits[:6])
        await store_clicks(visits)

    rows = await stored(settings)
    assert len(rows) == 8
    assert rows.count(("HUMAN", None, True)) == 5


async def test_a_quiet_period_shows_a_notice_and_the_link_keeps_working(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link()
        await make.insert(
            "quiet_period",
            from_on=TODAY - timedelta(days=2),
            to_on=TODAY + timedelta(days=3),
            legal_ground="Masa tenang <Contoh>",
        )
        answer = await http.get(f"/r/{code}", headers=AGENT)

    assert answer.status_code == 200
    assert "Masa tenang &lt;Contoh&gt;" in answer.text
    assert "A quiet period holds" in answer.text
    assert 'href="https://x.com/i/web/status/' in answer.text
    assert await stored(settings) == [("HUMAN", None, True)]


async def test_a_correction_is_what_a_link_leads_to(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link()
        await make.insert(
            "correction",
            post_id=await make.value("SELECT id FROM program_post"),
            old_fact="Biaya <b>Rp 10</b>",
            new_fact="Tanpa biaya",
            created_by="maker",
            created_at=make.NOW,
        )
        await make.execute("UPDATE program_post SET state = 'CORRECTED'")
        corrected = await http.get(f"/r/{code}", headers=AGENT)

    assert corrected.status_code == 200
    assert "Biaya &lt;b&gt;Rp 10&lt;/b&gt;" in corrected.text
    assert "Tanpa biaya" in corrected.text
    assert "location" not in corrected.headers


async def test_a_withdrawn_post_is_not_led_to(settings: Settings) -> None:
    async with serving(settings) as http:
        _, code = await a_link()
        await make.execute("UPDATE program_post SET state = 'WITHDRAWN'")
        answer = await http.get(f"/r/{code}", headers=AGENT)

    assert answer.status_code == 410
    assert "x.com" not in answer.text
    assert await stored(settings) == []


async def test_the_salt_of_a_day_is_gone_after_two_days(settings: Settings) -> None:
    async with serving(settings):
        today = TODAY
        for days in range(4):
            await make.insert("visitor_salt", day_on=today - timedelta(days=days), salt=b"x" * 32)
        await forget_visits(today)

        kept = await make.value("SELECT array_agg(day_on ORDER BY day_on) FROM visitor_salt")

    assert kept == [today - timedelta(days=1), today]


def a_visit(asn_id: UUID, link_id: UUID, number: int) -> NewClick:
    now = datetime.now(UTC)
    verdict = ClickVerdict(ClickClass.HUMAN)
    return NewClick.now_at((asn_id, link_id), b"%016d" % number, now.date(), now, verdict)
