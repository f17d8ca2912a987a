"""Rows 50 to 52 and 60: what fails behind the API, and what browsers of others may read."""

import logging
from dataclasses import replace

import httpx2
import strawberry
from live import served
from stand import NO_VALKEY, Expect, Outcome, Row, Stand, ask, outcome_of

from api.app import create_app
from api.domain.access import Viewer
from api.http.requests import RequestEdge
from api.models import connection
from api.reads.cursors import CursorSeal
from api.schema.assembly import build_schema
from api.schema.context import Info, Shared
from api.schema.desk import Desk
from api.schema.permissions import Public
from api.schema.view import GraphQLEndpoint

SLEEPERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
    " AND query LIKE '%sleeper of the list%' AND pid <> pg_backend_pid()"
)


@strawberry.type(description="Fields that fail.")
class Query:
    @strawberry.field(description="Sleeps in the database.", extensions=[Public()])
    async def sleep(self, info: Info) -> str | None:
        async with connection() as lent:
            await lent.execute("SELECT pg_sleep(30) /* sleeper of the list */")
        return "awake"

    @strawberry.field(description="Has a bug.", extensions=[Public()])
    async def bug(self, info: Info) -> str | None:
        raise RuntimeError("SELECT secret FROM asn")

    @strawberry.field(description="Works.", extensions=[Public()])
    async def fine(self, info: Info) -> str | None:
        return "fine"


FAILING = build_schema(Query)


async def nobody(_: str | None) -> Viewer | None:
    return None


async def past_the_deadline(stand: Stand, accept: str) -> Outcome:
    seal = CursorSeal(stand.settings.secrets.cursor_keys)
    desk = Desk(FAILING, Shared(stand.settings, seal, deadline_seconds=0.3), nobody)
    async with (
        served(RequestEdge(GraphQLEndpoint(desk))) as host,
        httpx2.AsyncClient(base_url=f"http://{host}") as client,
    ):
        body = {"query": "{ sleep }"}
        answer = await client.post("/graphql", json=body, headers={"accept": accept})
    assert await stand.sql(SLEEPERS) == 0
    return outcome_of(answer)


class Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage()


async def bug(stand: Stand, accept: str) -> Outcome:
    heard = Heard()
    logger = logging.getLogger("gema.errors")
    logger.addHandler(heard)
    app = create_app(replace(stand.settings, redis_url=NO_VALKEY), FAILING)
    async with served(app) as host, httpx2.AsyncClient(base_url=f"http://{host}") as client:
        outcome = await ask("{ bug fine }", caller=None)(replace(stand, client=client), accept)
    logger.removeHandler(heard)
    assert outcome.details["errorId"] in heard.text
    assert "secret" not in heard.text
    return outcome


def from_elsewhere(method: str, status: int) -> Expect:
    async def probe(stand: Stand, accept: str) -> Outcome:
        headers = {
            "accept": accept,
            "origin": "https://unknown.example",
            "access-control-request-method": "POST",
        }
        answer = await stand.client.request(method, "/graphql", headers=headers)
        text = "\n".join(answer.headers)
        kept = dict(answer.headers)
        return Outcome(answer.status_code, (), text, headers=kept)

    return Expect(probe, None, status, without=("access-control",))


ROWS = [
    Row(50, "a statement past the deadline", (Expect(past_the_deadline, "TIMEOUT", 503),)),
    Row(
        52,
        "a bug",
        (
            Expect(
                bug,
                "INTERNAL_SERVER_ERROR",
                200,
                details={"message": "Internal error."},
                check=lambda o: o.data == {"bug": None, "fine": "fine"},
            ),
        ),
    ),
    Row(60, "a page of elsewhere", (from_elsewhere("HEAD", 405), from_elsewhere("OPTIONS", 405))),
]
