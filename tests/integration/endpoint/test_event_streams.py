"""Server-sent events: one operation a request, the same gate, and an end for every stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from asking import codes
from live import served
from small_schema import small_schema

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings

EVENTS = "text/event-stream"
FOREVER = "subscription { count(upTo: 1000, seconds: 5) }"


@pytest.fixture
async def stream_client(plain_settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with (
        served(create_app(plain_settings, small_schema)) as host,
        httpx2.AsyncClient(base_url=f"http://{host}") as client,
    ):
        yield client


async def ask(
    client: httpx2.AsyncClient, query: str, token: str | None = None, **options: Any
) -> httpx2.Response:
    headers = {"accept": EVENTS, **({"authorization": f"Bearer {token}"} if token else {})}
    return await client.post("/graphql", json={"query": query}, headers=headers, **options)


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        if block == ":":
            continue
        fields = dict(part.partition(": ")[::2] for part in block.split("\n"))
        data = fields.get("data", "")
        found.append((fields["event"], json.loads(data) if data else None))
    return found


async def test_a_subscription_streams_its_answers_and_completes(
    stream_client: httpx2.AsyncClient, admin_token: str
) -> None:
    response = await ask(stream_client, "subscription { count(upTo: 2) }", admin_token)

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    heard = events(response.text)
    assert [(name, data and data["data"]) for name, data in heard] == [
        ("next", {"count": 1}),
        ("next", {"count": 2}),
        ("complete", None),
    ]


async def test_a_query_streams_its_one_answer(
    stream_client: httpx2.AsyncClient, admin_token: str
) -> None:
    response = await ask(stream_client, "{ secret broken }", admin_token)

    (name, body), (end, _) = events(response.text)
    assert (name, end) == ("next", "complete")
    assert body["data"] == {"secret": "secret", "broken": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["INTERNAL_SERVER_ERROR"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + "__typename " * 2_001 + "}", "QUERY_TOO_COMPLEX"),
    ],
)
async def test_a_document_at_fault_is_told_in_the_stream(
    stream_client: httpx2.AsyncClient, admin_token: str, query: str, code: str
) -> None:
    response = await ask(stream_client, query, admin_token)

    (name, body), (end, _) = events(response.text)
    assert (response.status_code, name, end) == (200, "next", "complete")
    assert "data" not in body
    assert {error["extensions"]["code"] for error in body["errors"]} == {code}


async def test_who_may_not_ask_gets_a_status_and_json(
    stream_client: httpx2.AsyncClient, admin_token: str
) -> None:
    anonymous = await ask(stream_client, FOREVER)
    wrong = await ask(stream_client, FOREVER, "not-a-token")
    two = await ask(stream_client, "query A { secret } query B { secret }", admin_token)

    assert (anonymous.status_code, codes(anonymous)) == (401, ["UNAUTHENTICATED"])
    assert (wrong.status_code, codes(wrong)) == (401, ["UNAUTHENTICATED"])
    assert (two.status_code, codes(two)) == (400, ["OPERATION_RESOLUTION_FAILURE"])
    assert anonymous.headers["content-type"].startswith("application/json")


async def test_a_failing_stream_ends_with_a_coded_error(
    stream_client: httpx2.AsyncClient, admin_token: str
) -> None:
    response = await ask(stream_client, "subscription { breaking }", admin_token)

    last = events(response.text)[-2][1]
    assert [error["extensions"]["code"] for error in last["errors"]] == ["INTERNAL_SERVER_ERROR"]
    assert "SELECT" not in response.text


async def test_a_stream_ends_with_its_token(
    stream_client: httpx2.AsyncClient, plain_settings: Settings
) -> None:
    now = datetime.now(UTC)
    token = issue_dev_token(plain_settings.access, Role.ADMIN, now=now, ttl=timedelta(seconds=2))
    response = await ask(stream_client, FOREVER, token)

    (_, last), (end, _) = events(response.text)[-2:]
    assert last["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED", "reason": "expired"}
    assert end == "complete"


async def test_a_caller_has_twenty_streams_and_a_gone_client_frees_its_place(
    stream_client: httpx2.AsyncClient, admin_token: str
) -> None:
    headers = {"accept": EVENTS, "authorization": f"Bearer {admin_token}"}
    held = [
        stream_client.stream("POST", "/graphql", json={"query": FOREVER}, headers=headers)
        for _ in range(20)
    ]
    for each in held:
        await each.__aenter__()
    refused = await ask(stream_client, FOREVER, admin_token)
    for each in held:
        await each.__aexit__(None, None, None)
    await asyncio.sleep(0.2)
    again = await ask(stream_client, "subscription { count(upTo: 1) }", admin_token)

    assert (refused.status_code, codes(refused)) == (429, ["RATE_LIMITED"])
    assert refused.headers["retry-after"] == "10"
    assert events(again.text)[-1][0] == "complete"


async def test_a_client_that_ranks_json_first_gets_json(
    stream_client: httpx2.AsyncClient, admin_token: str
) -> None:
    headers = {"accept": f"application/json, {EVENTS}", "authorization": f"Bearer {admin_token}"}
    body = {"query": "{ secret }"}
    response = await stream_client.post("/graphql", json=body, headers=headers)

    assert response.json()["data"] == {"secret": "secret"}
