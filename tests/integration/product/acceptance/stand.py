"""How a row of the acceptance list is asked over real HTTP, and what an answer must look like."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx2
from api_client import ADMIN, Api, Caller
from fingerprint import fingerprint
from world import World

from api.http.tokens import issue_dev_token
from api.settings import Settings

MOST_SECONDS = {49: 30}
"""Rows that need many requests; all others answer within eight, on a busy machine too."""
LEAKS = ("Traceback", 'File "', "SELECT ", "asyncpg", "Did you mean")
NO_VALKEY = "redis://127.0.0.1:9/0"
"""For a Gema without its lifespan, which would leave connections open."""
GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"


@dataclass
class Stand:
    """A served Gema with a small nation, and what the probes need to know of it."""

    settings: Settings
    world: World
    host: str
    client: httpx2.AsyncClient
    earlier_run: str

    @property
    def api(self) -> Api:
        return Api(self.settings, self.client)

    def token(self, caller: Caller = ADMIN, **changes: Any) -> str:
        assert caller.role is not None
        return issue_dev_token(
            changes.pop("access", self.settings.access),
            caller.role,
            now=changes.pop("now", datetime.now(UTC)),
            agency_code=caller.agency,
            asn_id=caller.asn_id,
            subject=caller.subject,
            **changes,
        )

    async def sql(self, statement: str, *values: Any) -> Any:
        lent = await asyncpg.connect(self.settings.database_url, ssl=False)
        try:
            return await lent.fetchval(statement, *values)
        finally:
            await lent.close()

    async def fingerprint(self) -> dict[str, Any]:
        """Return count and last change of every table but the audit trail."""
        return await fingerprint(self.settings.database_url)


@dataclass(frozen=True)
class Outcome:
    """An answer of any transport: a status, its codes, what it said, and what must be in order."""

    status: int | str
    codes: tuple[str, ...]
    text: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None


Probe = Callable[[Stand, str], Awaitable[Outcome]]


@dataclass(frozen=True)
class Expect:
    """One way to ask a row of the list, and what must come."""

    probe: Probe
    code: str | None
    status: int | str = 200
    is_lenient: bool = False
    """200 under application/json: the rows with † in the list."""
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    has: tuple[str, ...] = ()
    """Keys that `extensions` must have."""
    without: tuple[str, ...] = ()
    """Text that must not be shown."""
    check: Callable[[Outcome], bool] = lambda _: True
    changes: bool = False


@dataclass(frozen=True)
class Row:
    """A row of the list: its number, its title, and the ways to ask it."""

    number: int
    title: str
    expected: tuple[Expect, ...]

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}"


async def hold(stand: Stand, row: Row) -> None:
    """Ask a row in all its ways, under both media types, and look that nothing has changed."""
    for expected in row.expected:
        before = await stand.fingerprint()
        started = time.perf_counter()
        outcome = await expected.probe(stand, GRAPHQL_JSON)
        seconds = time.perf_counter() - started
        assert_as_listed(outcome, expected, expected.status)
        if isinstance(expected.status, int) and not expected.changes:
            assert seconds < MOST_SECONDS.get(row.number, 8)
            lenient = await expected.probe(stand, JSON)
            assert_as_listed(lenient, expected, 200 if expected.is_lenient else expected.status)
            assert await stand.fingerprint() == before


def assert_as_listed(outcome: Outcome, expected: Expect, status: int | str) -> None:
    wanted = set() if expected.code is None else {expected.code}
    assert (outcome.status, set(outcome.codes)) == (status, wanted), outcome.text[:600]
    assert {name: outcome.details.get(name) for name in expected.details} == expected.details
    assert set(expected.has) <= set(outcome.details)
    assert {name: outcome.headers.get(name) for name in expected.headers} == expected.headers
    assert [text for text in (*LEAKS, *expected.without) if text in outcome.text] == []
    assert expected.check(outcome), outcome.text[:600]
    if isinstance(status, int):
        assert len(outcome.headers["x-request-id"]) >= 8
        assert outcome.headers["cache-control"] == "no-store"


def outcome_of(response: httpx2.Response) -> Outcome:
    """Read an answer over HTTP; it is JSON whatever has happened."""
    headers = dict(response.headers)
    body = response.json() if response.content else {}
    errors = body.get("errors") or []
    refusals = [] if errors else list(_refusals(body.get("data")))
    return Outcome(
        response.status_code,
        tuple(one["extensions"]["code"] for one in errors)
        or tuple(str(one["code"]) for one in refusals),
        response.text,
        {**errors[0]["extensions"], "message": errors[0]["message"]}
        if errors
        else (refusals or [{}])[0],
        headers,
        body.get("data"),
    )


def _refusals(data: Any) -> list[dict[str, Any]]:
    payloads = [one for one in (data or {}).values() if isinstance(one, dict)]
    return [problem for one in payloads for problem in one.get("userErrors") or []]


def raw(
    body: bytes | list[bytes] | None,
    method: str = "POST",
    caller: Caller | None = None,
    **kept: str,
) -> Probe:
    """Send a body as it is, in pieces without a length if it is a list."""

    async def chunks() -> AsyncIterator[bytes]:
        for piece in body or ():
            yield piece if isinstance(piece, bytes) else b""

    async def probe(stand: Stand, accept: str) -> Outcome:
        given = {name.replace("_", "-"): value for name, value in kept.items()}
        headers = {"content-type": JSON, "accept": accept, **given}
        if caller is not None:
            headers["authorization"] = f"Bearer {stand.token(caller)}"
        sent = {name: value for name, value in headers.items() if value}
        content = chunks() if isinstance(body, list) else body
        asked = stand.client.build_request(method, "/graphql", content=content, headers=sent)
        if not headers["accept"]:
            asked.headers.pop("accept", None)
        return outcome_of(await stand.client.send(asked))

    return probe


def ask(
    query: str,
    variables: Any = None,
    caller: Caller | Callable[[World], Caller] | None = ADMIN,
    **envelope: Any,
) -> Probe:
    """Send a document; variables and caller may depend on the world."""

    async def probe(stand: Stand, accept: str) -> Outcome:
        who = caller(stand.world) if callable(caller) else caller
        given = variables(stand.world) if callable(variables) else variables
        headers = {"accept": accept}
        if who is not None:
            headers["authorization"] = f"Bearer {stand.token(who)}"
        body = {"query": query, "variables": given, **envelope}
        return outcome_of(await stand.client.post("/graphql", json=body, headers=headers))

    return probe


def change(
    mutation: str, given: Any, caller: Caller | Callable[[World], Caller] = ADMIN, shown: str = ""
) -> Probe:
    """Send a mutation with its one input, which may depend on the world."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = (
        f"mutation ($input: {kind}!) {{ {mutation}(input: $input)"
        f" {{ {shown} userErrors {{ code field message }} }} }}"
    )
    return ask(
        document,
        lambda world: {"input": given(world) if callable(given) else given},
        caller,
    )
