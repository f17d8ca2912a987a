"""Rows 53 to 55: sockets."""

from datetime import UTC, datetime, timedelta
from typing import Any

from api_client import ADMIN, AUDITOR, gid
from live import init, line, subscribe
from stand import Expect, Outcome, Probe, Row, Stand
from websockets.exceptions import InvalidStatus

PROGRESS = "subscription ($id: ID!) { campaignProgress(id: $id) { asOf } }"


def progress(stand: Stand, name: str) -> dict[str, Any]:
    return subscribe(name, PROGRESS, variables={"id": gid("Campaign", stand.world.campaign)})


def closed(*messages: Any, is_signed_in: bool = False) -> Probe:
    """Say something on a socket that must close for it."""

    async def probe(stand: Stand, _: str) -> Outcome:
        said = [message(stand) if callable(message) else message for message in messages]
        async with line(stand.host, stand.token() if is_signed_in else None) as socket:
            await socket.say(*said)
            code, reason = await socket.end()
        return Outcome("ws", (str(code),), reason)

    return probe


async def from_elsewhere(stand: Stand, _: str) -> Outcome:
    try:
        async with line(stand.host, origin="https://foreign.example"):
            return Outcome("ws", ())
    except InvalidStatus as refused:
        return Outcome("ws", (f"HTTP {refused.response.status_code}",))


async def too_many(stand: Stand, _: str) -> Outcome:
    async with line(stand.host, stand.token()) as socket:
        for n in range(21):
            await socket.say(progress(stand, str(n)))
        heard = [await socket.hear() for _ in range(21)]
        (refused,) = [message for message in heard if message["type"] == "error"]
        assert await socket.is_alive()
    return Outcome("ws", (refused["payload"][0]["extensions"]["code"],))


def alone_at_fault(query: str, **payload: Any) -> Probe:
    """Send a bad operation beside a good one, which must live on."""

    async def probe(stand: Stand, _: str) -> Outcome:
        async with line(stand.host, stand.token(AUDITOR)) as socket:
            await socket.say(progress(stand, "good"), subscribe("bad", query, **payload))
            heard = await socket.hear()
            while heard["id"] != "bad":
                heard = await socket.hear()
            assert await socket.is_alive()
        errors = heard["payload"] if heard["type"] == "error" else heard["payload"]["errors"]
        return Outcome("ws", (errors[0]["extensions"]["code"],), str(errors))

    return probe


async def expiring(stand: Stand, _: str) -> Outcome:
    issued_at = datetime.now(UTC) - timedelta(seconds=58)
    token = stand.token(ADMIN, now=issued_at, ttl=timedelta(seconds=60))
    async with line(stand.host, token) as socket:
        await socket.say(progress(stand, "a"))
        assert (await socket.hear())["type"] == "next"
        code, reason = await socket.end()
    return Outcome("ws", (f"{code} {reason}",))


def ends(code: int, *messages: Any, is_signed_in: bool = True) -> Expect:
    return Expect(closed(*messages, is_signed_in=is_signed_in), str(code), "ws")


def fails(code: str, query: str, **payload: Any) -> Expect:
    return Expect(alone_at_fault(query, **payload), code, "ws")


ROWS = [
    Row(
        53,
        "a socket that breaks the protocol",
        (
            ends(4401, subscribe("a", "{ __typename }"), is_signed_in=False),
            ends(4408, is_signed_in=False),
            ends(4429, lambda stand: init(stand.token())),
            ends(4409, lambda stand: progress(stand, "a"), lambda stand: progress(stand, "a")),
            ends(4400, "not json"),
            ends(4400, "5"),
            ends(4400, {"type": "subscribe", "id": "1", "payload": None}),
            ends(4400, {"type": "nonsense"}),
            Expect(from_elsewhere, "HTTP 403", "ws"),
            ends(1009, {"type": "ping", "payload": {"pad": "x" * 70_000}}),
            Expect(too_many, "RATE_LIMITED", "ws"),
        ),
    ),
    Row(
        54,
        "a bad operation on a socket",
        (
            fails("GRAPHQL_PARSE_FAILED", "subscription {"),
            fails("GRAPHQL_VALIDATION_FAILED", "subscription { nowhere }"),
            fails("BAD_USER_INPUT", PROGRESS, variables={"id": None}),
            fails("QUERY_TOO_COMPLEX", "{ " + "__typename " * 2_001 + "}"),
            fails(
                "FORBIDDEN",
                'mutation { campaignLaunch(input: {campaignId: "x", version: 1})'
                " { userErrors { code } } }",
            ),
        ),
    ),
    Row(55, "a token that ends", (Expect(expiring, "4403 Token expired", "ws"),)),
]
