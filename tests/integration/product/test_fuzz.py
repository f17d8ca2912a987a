"""Any well-formed operation gets a coded answer, soon, and never a crash: schemathesis decides what
is asked of the whole product over a real database. It rarely hits upon an input that a mutation
takes, so as many questions are mutations with an input as clients send it, or nearly so.
"""

import asyncio
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
import schemathesis
from api_client import AUDITOR, MANAGER, NOBODY, Api, Caller, holder
from graphql import build_schema
from ground import Ground, lay_ground
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as search
from hypothesis import strategies as st
from live import served
from mutation_inputs import Draw, caller_for, mutations_of, sendable
from schemathesis.graphql import nodes
from world import FIRST_MANAGER, FIRST_ORGANISER, SECOND_ORGANISER, World, build_world

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.schema.export import sdl
from api.schema.identity import encode_id
from api.settings import Settings

FIXED_SEED = 20_261_123
CHANGES_A_GROUND = 40

# Some moments lack an offset, which must be refused without a crash.
_MOMENTS = st.tuples(st.datetimes(), st.sampled_from(["", "Z", "Z", "Z", "+07:00"]))
schemathesis.graphql.scalar(
    "DateTime", _MOMENTS.map(lambda pair: nodes.String(pair[0].isoformat() + pair[1]))
)
_URLS = ["https://gema.example/p/1", "javascript:alert(1)", "http://127.0.0.1/", ""]
schemathesis.graphql.scalar("URL", st.sampled_from(_URLS).map(nodes.String))
schemathesis.graphql.scalar(
    "BigInt", st.integers(-(2**70), 2**70).map(lambda n: nodes.String(str(n)))
)


# A number for each id; it becomes the id of a row once the rows are there.
schemathesis.graphql.scalar(
    "ID", st.integers(0, 10_000).map(lambda number: nodes.String(f"id:{number}"))
)
_GIVEN_ID = re.compile(r'(?:(\w+): )?"id:(\d+)"')
_NO_IDS = ["", "abc", "QXNuOmFiYw", "0" * 300, encode_id("Asn", UUID(int=0))]
# What is refused before anything runs, and would be most of what is drawn.
_UNSAFE = re.compile(
    r"\\u00[01][0-9A-Fa-f]|\\u007[Ff]|\\[bf]|[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]"
)
_BACKWARD = re.compile(r'(?:, )?(?:last: -?\d+|(?:before|after): "(?:[^"\\]|\\.)*")(?=[,)])')
_SIZE = re.compile(r"\b(first): -?(\d+)")


def tidied(document: str) -> str:
    """Return a document that gets past the first refusals: plain text, pages forward and small."""
    forward = _SIZE.sub(lambda found: f"{found[1]}: {int(found[2]) % 20}", document)
    forward = _BACKWARD.sub("", forward).replace("(, ", "(").replace("()", "")
    return "\n".join(_UNSAFE.sub("", line) for line in forward.splitlines())


def documents() -> st.SearchStrategy[str]:
    """Draw documents that fit the schema, each root field as often as any other."""
    schema = schemathesis.graphql.from_file(sdl())
    fields = [found.ok().as_strategy() for found in schema.get_all_operations()]
    return st.one_of(fields).map(lambda case: str(case.body))


@dataclass
class Stage:
    """The product behind an address, with the rows and the people there are."""

    api: Api
    url: str
    world: World
    ground: Ground
    callers: list[Caller]
    loop: asyncio.AbstractEventLoop
    seen: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def look(self) -> None:
        """Read again which rows there are; now and then, make more of what changes use up."""
        asyncio.run_coroutine_threadsafe(self._look(), self.loop).result(100)

    async def _look(self) -> None:
        if self.seen["changes"] % CHANGES_A_GROUND == 0:
            await lay_ground(self.api, self.world)
        await self.ground.look()

    def named_in(self, document: str) -> str:
        """Return the document with ids: mostly of the type that the words before them tell."""
        root = re.search(r"\{\s*(\w+)", document)
        everything = [*_NO_IDS, *(one for found in self.ground.ids.values() for one in found)]

        def put(match: re.Match[str]) -> str:
            name, number = match[1], int(match[2])
            words = (name or "", root[1] if root else "")
            ids = everything if number % 9 == 0 else self._fitting(words) or everything
            return f'{f"{name}: " if name else ""}"{ids[number % len(ids)]}"'

        return _GIVEN_ID.sub(put, document)

    def _fitting(self, words: tuple[str, ...]) -> list[str]:
        for word in words:
            fitting = [name for name in self.ground.ids if name.lower() in word.lower()]
            if fitting:
                return self.ground.ids[max(fitting, key=len)]
        return []


def callers_of(world: World) -> list[Caller]:
    staff = [Caller(Role.ADMIN), FIRST_MANAGER, FIRST_ORGANISER, SECOND_ORGANISER, AUDITOR]
    return [*staff, MANAGER, holder(world.ani), holder(world.citra), NOBODY]


@contextmanager
def in_a_thread(settings: Settings) -> Iterator[Stage]:
    """Serve the product in a loop of its own."""
    made: list[Stage] = []
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        app = create_app(settings)
        inside = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://gema.test"
        )
        async with app.router.lifespan_context(app), inside as client, served(app) as host:
            world, api = await build_world(settings), Api(settings, client)
            await lay_ground(api, world)
            ground = Ground(settings)
            await ground.look()
            url, loop = f"http://{host}/graphql", asyncio.get_running_loop()
            made.append(Stage(api, url, world, ground, callers_of(world), loop))
            ready.set()
            await done.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(100)
        assert made, "it did not start"
        yield made[0]
    finally:
        for stage in made:
            stage.loop.call_soon_threadsafe(done.set)
        thread.join(20)


def headers_of(settings: Settings, caller: Caller, subject: str) -> dict[str, str]:
    accepted = {"accept": "application/graphql-response+json"}
    if caller.role is None:
        return accepted
    token = issue_dev_token(
        settings.access,
        caller.role,
        now=datetime.now(UTC),
        agency_code=caller.agency,
        asn_id=caller.asn_id,
        subject=subject,
    )
    return {**accepted, "authorization": f"Bearer {token}"}


def ask_many(settings: Settings, count: int, start: int) -> Stage:
    """Ask so many questions; the stage then knows how often each code was the answer."""
    chosen = random.Random(start)  # noqa: S311
    mutations = mutations_of(build_schema(sdl()))

    with in_a_thread(settings) as stage, httpx2.Client(timeout=30) as client:

        def ask(body: dict[str, Any], caller: Caller, subject: str) -> dict[str, Any]:
            headers = {"content-type": "application/json", **headers_of(settings, caller, subject)}
            started = time.perf_counter()
            response = client.post(stage.url, content=sendable(body), headers=headers)
            assert time.perf_counter() - started < 15, body
            assert response.status_code < 500, (body, response.text)
            answer: dict[str, Any] = response.json()
            assert "INTERNAL_SERVER_ERROR" not in codes_of(answer), (body, caller, response.text)
            return answer

        def ask_drawn(drawn: str, is_tidy: bool, caller: Caller) -> None:
            document = stage.named_in(tidied(drawn) if is_tidy else drawn)
            # A caller of its own each time, so that no minute of points runs out.
            answer = ask({"query": document}, caller, f"s{chosen.getrandbits(64)}")
            stage.seen.update(codes_of(answer) or ["OK"])

        def ask_change(number: int) -> None:
            draws = random.Random(f"{start} {number}")  # noqa: S311
            mutation = mutations[number % len(mutations)]
            stage.seen["changes"] += 1
            stage.look()
            caller = caller_for(mutation, stage.callers, stage.ground, draws)
            given = Draw(stage.ground, draws, caller).input_of(mutation.takes)
            # Of a few people, so that keys are sent again by whoever sent them.
            subject = f"s{draws.randrange(8)}-{number // 200}"
            answer = ask({"query": mutation.document, "variables": {"i": given}}, caller, subject)
            codes = codes_of(answer)
            stage.seen.update(f"change {code}" for code in codes or ["OK"])
            if "errors" not in answer:
                outcome = "refused" if codes else "OK"
                stage.reached.update([mutation.name, f"{mutation.name} {outcome}", "any"])

        @seed(start)
        @search(
            max_examples=count // 2,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            documents(), st.sampled_from([True, True, True, False]), st.sampled_from(stage.callers)
        )
        def check(drawn: str, is_tidy: bool, caller: Caller) -> None:
            ask_drawn(drawn, is_tidy, caller)

        for number in range(count // 2):
            ask_change(number)
        check()
    return stage


def codes_of(answer: dict[str, Any]) -> list[str]:
    """Return the codes of all errors; each must have one, and a message."""
    assert "data" in answer or "errors" in answer
    for error in answer.get("errors", []):
        assert error["message"]
    refusals = [
        one
        for payload in (answer.get("data") or {}).values()
        if isinstance(payload, dict)
        for one in payload.get("userErrors", [])
        if "code" in one
    ]
    top = [error["extensions"]["code"] for error in answer.get("errors", [])]
    return top + [f"userErrors {one['code']}" for one in refusals]


@pytest.mark.timeout(300)
def test_some_dozens_of_operations_get_coded_answers(settings: Settings) -> None:
    stage = ask_many(settings, 100, FIXED_SEED)

    assert stage.seen["OK"] >= 5, stage.seen
    assert stage.reached["any"] >= stage.seen["changes"] / 2, stage.seen


@pytest.mark.long
@pytest.mark.parametrize("start", [FIXED_SEED + 1, None], ids=["fixed", "random"])
def test_two_thousand_operations_get_coded_answers(settings: Settings, start: int | None) -> None:
    chosen = start or time.time_ns() % 2**32
    stage = ask_many(settings, 2_000, chosen)
    mutations = [one.name for one in mutations_of(build_schema(sdl()))]
    done = [name for name in mutations if stage.reached[f"{name} OK"]]
    print(f"seed {chosen}:", stage.seen)  # noqa: T201 (to repeat a find)
    print(f"{stage.reached['any']} of {stage.seen['changes']} changes reached their action;")  # noqa: T201
    print(f"never done: {sorted(set(mutations) - set(done))}")  # noqa: T201

    assert stage.seen["OK"] >= 150, stage.seen
    # At least three of five get past the coercion of their input, and some of each mutation.
    assert stage.reached["any"] >= 0.6 * stage.seen["changes"], stage.seen
    assert [name for name in mutations if not stage.reached[name]] == []
    assert len(done) >= 0.7 * len(mutations), stage.reached
