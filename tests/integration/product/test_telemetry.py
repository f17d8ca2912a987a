"""What leaves the process for operators: a trace from request to job, and lines of JSON, without
anything that a caller sent or that is kept about a person.
"""

import asyncio
import json
import logging
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import factories as make
import httpx2
import pytest
from api_client import gid, serving
from live import line, served, subscribe
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from world import World

from api.app import create_app
from api.domain.access import Role
from api.domain.work import Job
from api.http.tokens import issue_dev_token
from api.models import connection, new_id
from api.queue import enqueue
from api.settings import Settings
from api.telemetry.lines import LineFormatter
from api.telemetry.traces import Span, Traces, traces_to
from workers.tasks.meters import JobMeters

CANARY = "199001012015042011"
TITLE = "Judul kanari yang rahasia"
SQL_WORDS = ["SELECT", "INSERT", "WHERE", "search"]
WATCHED = """subscription Amati($id: ID!) {
  campaignProgress(id: $id) { asOf shareCount } }"""
ASKED = "query Cari($text: String!) { asns(filter: {search: $text}) { nodes { name } } }"


class Collector:
    """A collector of traces that keeps what it hears."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        heard = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"

    @property
    def spans(self) -> list[Any]:
        told = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for one in told
            for resource in one.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


async def test_a_span_of_a_request_names_operation_and_digest_and_nothing_that_was_sent(
    settings: Settings, world: World, collector: Collector
) -> None:
    async with serving(replace(settings, trace_url=collector.url)) as api:
        await api.ask(ASKED, {"text": CANARY})
        await api.send(f'{{ asns(filter: {{search: "{CANARY}"}}) {{ nothing }} }}')

    asked = [span for span in collector.spans if span.name == "graphql"]
    told = [{one.key: one.value for one in span.attributes} for span in asked]
    assert len(asked) == 2
    assert told[0]["gema.operation"].string_value == "Cari"
    assert told[0]["gema.role"].string_value == "ADMIN"
    assert [one["gema.code"].string_value for one in told] == ["OK", "GRAPHQL_VALIDATION_FAILED"]
    for secret in (CANARY, "search", "Ani Lestari", "SELECT"):
        assert secret.encode() not in b"".join(collector.bodies)


async def test_statements_are_spans_named_by_the_read_or_action_that_asks(
    settings: Settings, world: World, collector: Collector
) -> None:
    given = {"text": CANARY, "title": TITLE, "id": gid("Asn", world.ani)}
    async with serving(replace(settings, trace_url=collector.url)) as api:
        await api.ask(ASKED, {"text": CANARY})
        await api.ask("query($id: ID!) { node(id: $id) { id } }", {"id": given["id"]})
        program_id = gid("Program", await make.make_program(None, "Gizi Contoh"))
        created = await api.mutate(
            "campaignCreate",
            "campaign { id }",
            programId=program_id,
            title=TITLE,
            disclosureLabel="ASN",
            startsAt="2031-01-01T00:00:00Z",
            endsAt="2031-02-01T00:00:00Z",
        )
    assert created["userErrors"] == []

    parents = {span.span_id: span.name for span in collector.spans}
    statements = {
        one.value.string_value
        for span in collector.spans
        if span.name == "sql" and parents[span.parent_span_id] == "graphql"
        for one in span.attributes
    }
    assert "actions.campaign.create_campaign" in statements
    assert all(re.fullmatch(r"(actions|reads|queue)[\w.]*\.\w+", one) for one in statements)
    leaks = [*given.values(), program_id, str(world.ani), "Ani Lestari", "2031", *SQL_WORDS]
    assert leaked(collector, leaks) == []


@pytest.mark.parametrize("transport", ["socket operation", "event stream"])
async def test_what_is_watched_is_one_span_that_holds_nothing_of_it(
    settings: Settings, world: World, collector: Collector, transport: str
) -> None:
    app = create_app(replace(settings, trace_url=collector.url))
    key = gid("Campaign", world.campaign)
    token = issue_dev_token(settings.access, Role.ADMIN, now=datetime.now(UTC))
    async with app.router.lifespan_context(app), served(app) as host:
        if transport == "event stream":
            await first_event(host, token, {"query": WATCHED, "variables": {"id": key}})
        else:
            async with line(host, token) as socket:
                await socket.say(subscribe("p", WATCHED, variables={"id": key}))
                assert (await socket.hear())["type"] == "next"
                await socket.say(subscribe("q", ASKED, variables={"text": CANARY}))
                assert (await socket.hear())["type"] == "next"

    spans = {span.span_id: span for span in collector.spans}
    watched = [span for span in spans.values() if span.name == transport]
    operations = [
        one.value.string_value
        for span in watched
        for one in span.attributes
        if one.key == "gema.operation"
    ]
    assert sorted(operations) == (["Amati"] if transport == "event stream" else ["Amati", "Cari"])
    below = {spans[span.parent_span_id].name for span in spans.values() if span.name == "sql"}
    assert transport in below
    leaks = [CANARY, key, str(world.campaign), token, "Makan sehat", "Ani Lestari", *SQL_WORDS]
    assert leaked(collector, leaks) == []


async def first_event(host: str, token: str, asked: dict[str, Any]) -> None:
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    async with (
        httpx2.AsyncClient(base_url=f"http://{host}") as client,
        client.stream("POST", "/graphql", json=asked, headers=headers) as response,
    ):
        async for text in response.aiter_lines():
            if text.startswith("data: {"):
                return


def leaked(collector: Collector, secrets: list[str]) -> list[str]:
    everything = b"".join(collector.bodies)
    assert everything
    return [secret for secret in secrets if secret.encode() in everything]


async def test_work_that_nobody_traces_has_no_statements(
    settings: Settings, collector: Collector
) -> None:
    traces = traces_to(collector.url, "gema-test")
    async with serving(settings), connection() as lent:
        await lent.fetchval("SELECT 1")
    with traces.span("job"):
        pass
    await asyncio.to_thread(traces.close)

    assert [span.name for span in collector.spans] == ["job"]


async def test_a_job_carries_the_span_that_asked_for_it(
    settings: Settings, world: World, collector: Collector
) -> None:
    traces = traces_to(collector.url, "gema-test")
    async with serving(settings):
        with traces.span("graphql"):
            async with connection() as lent:
                await enqueue(lent, Job.REFRESH_AUDIENCE, {"id": str(new_id())}, key="contoh")
                parent = await lent.fetchval(
                    "SELECT traceparent FROM outbox_message WHERE key = 'contoh'"
                )
    with traces.span("job", parent=parent):
        pass
    await asyncio.to_thread(traces.close)

    asked, job = (one for one in collector.spans if one.name != "sql")
    assert job.trace_id == asked.trace_id
    assert job.parent_span_id == asked.span_id


async def test_an_exception_leaves_no_text_on_its_span(collector: Collector) -> None:
    traces = traces_to(collector.url, "gema-test")
    with pytest.raises(ValueError, match=CANARY), traces.span("job"):
        raise ValueError(CANARY)
    await asyncio.to_thread(traces.close)

    assert len(collector.spans) == 1
    assert CANARY.encode() not in collector.bodies[0]


def test_a_fact_that_is_not_listed_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="variables"):
        Span().tell(variables="x")
    with Traces().span("job") as span, pytest.raises(ValueError, match="handle"):
        span.tell(handle="x")


async def test_a_request_is_one_line_of_json_with_the_id_of_its_answer(
    settings: Settings, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "gema.request"):
        async with serving(settings) as api:
            response = await api.send(ASKED, {"text": CANARY})

    (line,) = [LineFormatter().format(one) for one in caplog.records if one.name == "gema.request"]
    told = json.loads(line)
    assert told["request_id"] == response.headers["x-request-id"]
    assert (told["operation"], told["role"], told["code"]) == ("Cari", "ADMIN", "OK")
    assert CANARY not in line
    assert "Ani" not in line


def test_a_worker_counts_runs_by_job_and_outcome() -> None:
    meters = JobMeters()
    meters.observe(Job.REFRESH_AUDIENCE, "done", None, 0.2)
    meters.observe(Job.REFRESH_AUDIENCE, "retry", "TRANSIENT", 0.1)
    meters.observe(Job.REFRESH_AUDIENCE, "fenced", None, 0.1)

    def read(name: str, **labels: str) -> float | None:
        return meters.registry.get_sample_value(name, labels)

    job = Job.REFRESH_AUDIENCE.value
    assert read("gema_job_seconds_count", job=job, outcome="done") == 1
    assert read("gema_job_reschedules_total", job=job, code="TRANSIENT") == 1
    assert read("gema_fenced_total") == 1
