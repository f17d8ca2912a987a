"""Metrics: real figures, fixed labels, nothing personal, and only for listed networks."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import factories as make
import httpx2
import pytest
from api_client import ADMIN, Api, serving
from world import World

from api.app import create_app
from api.models import connection
from api.settings import Settings

CANARY = "199001019999990011"
HANDLE = "kanari_rahasia"


async def scrape(api: Api) -> str:
    return (await api.client.get("/metrics")).text


def figures(text: str) -> dict[str, float]:
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(figure) for name, figure in lines}


async def test_requests_work_and_workers_are_counted(api: Api, world: World) -> None:
    await make.execute(
        "INSERT INTO outbox_message (id, job, args, key, state, due_at, attempts, failures,"
        " created_at) VALUES (gen_random_uuid(), 'x', '{}', 'k', 'PENDING',"
        " now() - interval '90 minutes', 0, 0, now())"
    )
    await api.ask("query Mine { viewer { role } }")
    await api.send("{ nope }")
    text = await scrape(api)

    assert 'gema_graphql_seconds_count{code="OK",operation="other"} 1.0' in text
    assert 'code="GRAPHQL_VALIDATION_FAILED",operation="other"} 1.0' in text
    assert 'gema_outbox_messages{state="PENDING"}' in text
    assert "gema_database_up 1.0" in text
    late = next(line for line in text.splitlines() if line.startswith("gema_outbox_oldest"))
    assert 5_399 < float(late.split()[1]) < 5_500


async def test_lists_money_and_clocks_are_told(api: Api, world: World) -> None:
    await make.execute("UPDATE program_post SET state = 'EXPIRED'")
    await make.insert("platform_state", platform="X", is_enabled=True, updated_at=make.NOW)
    campaign_id = await make.make_campaign(await make.make_program(None, "Gizi Contoh"))
    read = await make.make_post(campaign_id, published_at=make.NOW - timedelta(days=3))
    await make.sweep(read, at=make.NOW - timedelta(hours=2))
    await make.make_post(campaign_id, published_at=datetime.now(UTC) - timedelta(hours=5))
    month_on = datetime.now(UTC).date().replace(day=1)
    for on, spent in ((date(2026, 1, 1), 3_000_000), (month_on, 250_000)):
        await make.insert(
            "platform_budget",
            platform="X",
            month_on=on,
            cap_micro_usd=5_000_000,
            spent_micro_usd=spent,
        )
    for kind, hours in (("ACCESS", 5), ("ERASURE", -1)):
        await make.insert(
            "data_subject_request",
            asn_id=world.ani,
            kind=kind,
            state="RECEIVED",
            received_at=make.NOW,
            due_at=datetime.now(UTC) + timedelta(hours=hours),
        )
    await make.insert(
        "breach_incident",
        state="OPEN",
        detected_at=datetime.now(UTC) - timedelta(hours=49),
        notify_due_at=make.NOW,
        description="Contoh",
    )
    told = figures(await scrape(api))

    assert told['gema_cursor_age_seconds{platform="X"}'] == pytest.approx(5 * 3_600, abs=60)
    # Both lists of the new post, read every 15 minutes; those of the older one are due in 6 hours.
    assert told['gema_cursors_late{platform="X"}'] == 2
    assert told['gema_platform_cost_usd_total{platform="X"}'] == 3.25
    assert told['gema_platform_budget_left_usd{platform="X"}'] == 4.75
    assert told['gema_requests_due_seconds{kind="ACCESS"}'] == pytest.approx(5 * 3_600, abs=60)
    assert told['gema_requests_due_seconds{kind="ERASURE"}'] == pytest.approx(-3_600, abs=60)
    assert told["gema_breach_open"] == 1
    assert told["gema_breach_open_seconds"] == pytest.approx(49 * 3_600, abs=60)


async def test_what_was_sent_and_is_not_taken_is_late_too(api: Api) -> None:
    await make.execute(
        "INSERT INTO outbox_message (id, job, args, key, state, due_at, sent_at, attempts,"
        " failures, created_at) VALUES (gen_random_uuid(), 'x', '{}', 'k', 'SENT',"
        " now() - interval '10 minutes', now(), 0, 0, now())"
    )

    assert figures(await scrape(api))["gema_outbox_oldest_due_seconds"] == pytest.approx(
        600, abs=30
    )


async def test_lent_connections_and_rung_doorbells_are_counted(api: Api) -> None:
    async with connection():
        lent = figures(await scrape(api))
    told = figures(await scrape(api))

    assert lent["gema_db_pool_in_use"] == told["gema_db_pool_in_use"] + 1
    assert told["gema_db_pool_wait_seconds_count"] > lent["gema_db_pool_wait_seconds_count"]
    assert told['gema_doorbell_total{outcome="missed"}'] == 0
    assert 'gema_doorbell_total{outcome="heard"}' in told


async def test_listed_operations_have_a_label_of_their_own(settings: Settings) -> None:
    async with serving(replace(settings, metrics_operations=("Mine",))) as api:
        await api.ask("query Mine { viewer { role } }")
        await api.ask("query Theirs { viewer { role } }")
        text = await scrape(api)

    assert 'operation="Mine"' in text
    assert "Theirs" not in text


async def test_other_networks_find_nothing(settings: Settings) -> None:
    app = create_app(replace(settings, metrics_networks=("10.1.0.0/16",)))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client:
        response = await client.get("/metrics")

    assert response.status_code == 404


async def test_what_is_asked_about_people_reaches_no_log_metric_or_error(
    api: Api, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    for query, variables in (
        ("query($s: String) { asns(filter: {search: $s}) { totalCount } }", {"s": CANARY}),
        (f'query {{ asns(filter: {{search: "{HANDLE}"}}) {{ totalCount }} }}', {}),
        ("query($s: Int) { asns(first: $s) { totalCount } }", {"s": CANARY}),
        (f'{{ nope(a: "{CANARY}") {{ {HANDLE} }} }}', {}),
        ("query($i: ID!) { node(id: $i) { id } }", {"i": HANDLE}),
    ):
        response = await api.send(query, variables, caller=ADMIN)
        texts.append("" if "nope" in query else response.text)
    written = [f"{vars(record)}" for record in caplog.records if record.name.startswith("gema")]
    everything = "".join([*texts[:1], *written, await scrape(api)])

    assert CANARY not in everything
    assert HANDLE not in everything
