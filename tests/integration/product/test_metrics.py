"""Metrics: real figures, fixed labels, nothing personal, and only for listed networks."""

import logging
from dataclasses import replace

import factories as make
import httpx2
import pytest
from api_client import ADMIN, Api, serving
from world import World

from api.app import create_app
from api.settings import Settings

CANARY = "199001019999990011"
HANDLE = "kanari_rahasia"


async def scrape(api: Api) -> str:
    return (await api.client.get("/metrics")).text


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
