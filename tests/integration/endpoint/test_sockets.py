"""Sockets: who gets one, what closes it, and that one bad operation never disturbs another."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from asking import token_of
from live import PROTOCOL, init, line, served, subscribe
from small_schema import small_schema
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.reads.cursors import CursorSeal
from api.schema.context import Shared
from api.schema.desk import Desk
from api.schema.socket import SocketEndpoint
from api.settings import Settings

FOREVER = "subscription { count(upTo: 1000, seconds: 5) }"


async def nobody(_: str | None) -> None:
    return None


@pytest.fixture
async def host(plain_settings: Settings) -> AsyncIterator[str]:
    async with served(create_app(plain_settings, small_schema)) as address:
        yield address


async def test_a_subscription_gives_its_answers_and_ends(host: str, admin_token: str) -> None:
    async with line(host, admin_token) as socket:
        await socket.say(subscribe("a", "subscription { count(upTo: 2) }"))
        heard = [await socket.hear() for _ in range(3)]

    assert [message["type"] for message in heard] == ["next", "next", "complete"]
    assert [message["payload"]["data"] for message in heard[:2]] == [{"count": 1}, {"count": 2}]
    assert heard[0]["payload"]["extensions"]["cost"]["requested"] == 1


async def test_queries_and_mutations_run_on_a_socket_too(host: str, admin_token: str) -> None:
    make = 'mutation { noteMake(input: {title: "a"}) { title } }'
    async with line(host, admin_token) as socket:
        await socket.say(subscribe("q", "{ viewer { role } secret }"))
        query = [await socket.hear(), await socket.hear()]
        await socket.say(subscribe("m", make))
        mutation = [await socket.hear(), await socket.hear()]

    assert query[0]["payload"]["data"] == {"viewer": {"role": "ADMIN"}, "secret": "secret"}
    assert mutation[0]["payload"]["data"] == {"noteMake": {"title": "a"}}
    assert {query[1]["type"], mutation[1]["type"]} == {"complete"}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        (["not json"], 4400),
        (["5"], 4400),
        (["[]"], 4400),
        ([b"{}"], 4400),
        ([{"type": 5}], 4400),
        ([{"type": "nonsense" * 100}], 4400),
        ([{"type": "connection_init", "payload": None}], 4400),
        ([{"type": "connection_init", "payload": "x"}], 4400),
        ([{"type": "connection_init"}], 4403),
        ([{"type": "connection_init", "payload": {"authorization": 5}}], 4403),
        ([init("not-a-token")], 4403),
        ([subscribe("a", "{ __typename }")], 4401),
    ],
)
async def test_before_the_sign_in_everything_else_closes(
    host: str, messages: list[object], code: int
) -> None:
    async with line(host) as socket:
        await socket.say(*messages)

        assert (await socket.end())[0] == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "connection_init"}, 4403),
        ({"type": "subscribe", "id": "1"}, 4400),
        ({"type": "subscribe", "id": "1", "payload": None}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": 5}}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": ""}}, 4400),
        ({"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}}, 4400),
        ({"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}, 4400),
        ({"type": "subscribe", "payload": {"query": "{ __typename }"}}, 4400),
        ({"type": "complete"}, 4400),
        ('{"type": "ping", "payload": {"a": "\\ud800"}}', 4400),
        ('{"type": "ping"', 4400),
    ],
)
async def test_a_malformed_message_closes_an_open_socket(
    host: str, admin_token: str, message: object, code: int
) -> None:
    async with line(host, admin_token) as socket:
        await socket.say(message)

        assert (await socket.end())[0] == (4429 if code == 4403 else code)


async def test_a_second_sign_in_closes(host: str, admin_token: str) -> None:
    async with line(host, admin_token) as socket:
        await socket.say(init(admin_token))

        assert (await socket.end())[0] == 4429


async def test_who_never_signs_in_is_closed(plain_settings: Settings) -> None:
    shared = Shared(plain_settings, CursorSeal(plain_settings.secrets.cursor_keys))
    app = SocketEndpoint(Desk(small_schema, shared, nobody), init_seconds=0.2)
    async with served(app) as host, line(host) as socket:
        assert (await socket.end())[0] == 4408


async def test_an_id_in_use_closes(host: str, admin_token: str) -> None:
    async with line(host, admin_token) as socket:
        await socket.say(subscribe("a", FOREVER), subscribe("a", FOREVER))

        assert (await socket.end())[0] == 4409


async def test_an_id_is_free_again_after_its_operation(host: str, admin_token: str) -> None:
    async with line(host, admin_token) as socket:
        for _ in range(2):
            await socket.say(subscribe("a", FOREVER))
            assert (await socket.hear())["type"] == "next"
            await socket.say({"type": "complete", "id": "a"})

        assert await socket.is_alive()


async def test_a_frame_over_64_kilobytes_closes(host: str, admin_token: str) -> None:
    async with line(host, admin_token) as socket:
        await socket.say({"type": "ping", "payload": {"pad": "x" * 70_000}})

        assert (await socket.end())[0] == 1009


@pytest.mark.parametrize("protocols", [["graphql-ws"], ["something"], None])
async def test_another_protocol_gets_no_socket(host: str, protocols: list[str] | None) -> None:
    with pytest.raises(InvalidHandshake):
        async with line(host, subprotocols=protocols):
            pass


@pytest.mark.parametrize("origin", ["https://foreign.example", "null"])
async def test_a_page_of_a_foreign_origin_gets_403(host: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with line(host, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_own_and_listed_pages_get_a_socket(host: str, admin_token: str) -> None:
    for origin in (f"http://{host}", "https://known.example"):
        async with line(host, admin_token, origin=origin) as socket:
            assert await socket.is_alive()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { count(upTo: true) }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription($n: Int!) { count(upTo: $n) }", "BAD_USER_INPUT"),
        ("{ " + "__typename " * 2_001 + "}", "QUERY_TOO_COMPLEX"),
        ("query A { __typename } query B { __typename }", "OPERATION_RESOLUTION_FAILURE"),
        ("subscription { secrets }", "FORBIDDEN"),
        ("subscription { breaking }", "INTERNAL_SERVER_ERROR"),
    ],
)
async def test_a_bad_operation_fails_alone(plain_settings: Settings, query: str, code: str) -> None:
    token = token_of(plain_settings, Role.AUDITOR)
    app = create_app(plain_settings, small_schema)
    async with served(app) as host, line(host, token) as socket:
        await socket.say(subscribe("good", FOREVER), subscribe("bad", query))
        heard = [await socket.hear()]
        while not any(m["id"] == "bad" and m["type"] != "next" for m in heard):
            heard.append(await socket.hear())
        bad = next(m for m in heard if m["id"] == "bad" and m["type"] == "error")

        assert [error["extensions"]["code"] for error in bad["payload"]] == [code]
        assert "SELECT" not in str(bad)
        assert await socket.is_alive()
        await socket.say(subscribe("bad", "{ __typename }"))
        assert (await socket.hear())["payload"]["data"] == {"__typename": "Query"}


async def test_the_twenty_first_operation_is_refused_and_the_others_live(
    host: str, admin_token: str
) -> None:
    async with line(host, admin_token) as socket:
        await socket.say(*[subscribe(str(n), FOREVER) for n in range(21)])
        heard = [await socket.hear() for _ in range(21)]
        refused = [message for message in heard if message["type"] == "error"]

        assert [message["id"] for message in refused] == ["20"]
        assert refused[0]["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert await socket.is_alive()


async def test_a_caller_has_five_sockets_and_gets_a_place_back(
    host: str, plain_settings: Settings
) -> None:
    mine, other = (token_of(plain_settings, Role.ADMIN, subject=name) for name in ("a", "b"))
    held = [line(host, mine) for _ in range(5)]
    for each in held:
        await each.__aenter__()
    async with line(host) as sixth, line(host, other) as others:
        await sixth.say(init(mine))
        assert (await sixth.end())[0] == 4429
        assert await others.is_alive()
    for each in held:
        await each.__aexit__(None, None, None)
    async with line(host, mine) as again:
        assert await again.is_alive()


async def test_a_socket_closes_when_its_token_ends(host: str, plain_settings: Settings) -> None:
    now = datetime.now(UTC)
    token = issue_dev_token(plain_settings.access, Role.ADMIN, now=now, ttl=timedelta(seconds=2))
    async with line(host, token) as socket:
        await socket.say(subscribe("a", FOREVER))

        assert await socket.end() == (4403, "Token expired")


async def test_a_client_that_vanishes_leaves_no_operation(host: str, admin_token: str) -> None:
    async with line(host, admin_token) as socket:
        await socket.say(subscribe("a", FOREVER))
        await socket.hear()
        socket.connection.transport.abort()
        with pytest.raises(ConnectionClosed):
            await socket.connection.recv()
    await asyncio.sleep(0.2)

    running = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]  # type: ignore[union-attr]
    assert not [name for name in running if "SocketHandler" in name]


async def test_a_stopping_server_says_that_it_restarts(
    plain_settings: Settings, admin_token: str
) -> None:
    async with served(create_app(plain_settings, small_schema)) as host:
        stack = line(host, admin_token)
        socket = await stack.__aenter__()
        await socket.say(subscribe("a", FOREVER))
        await socket.hear()

    assert (await socket.end())[0] == 1012
    assert socket.connection.subprotocol == PROTOCOL
