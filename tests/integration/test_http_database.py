"""The endpoint over a real database: deadlines that cancel, the doorbell, agencies of tokens."""

import asyncio
from dataclasses import replace

import httpx2
import pytest
import strawberry
from arq.connections import RedisSettings, create_pool
from starlette.applications import Starlette

from api.actions.outbox import decode, encode
from api.app import Doorbell, create_app
from api.domain.access import Viewer
from api.models import API_POOL, connection, open_database
from api.reads.access import agency_id_of_code
from api.reads.cursors import CursorSeal
from api.schema.assembly import build_schema
from api.schema.context import Info, Shared
from api.schema.desk import Desk
from api.schema.permissions import Public
from api.schema.view import GraphQLEndpoint
from api.settings import Settings

MESSAGE = """
INSERT INTO outbox_message (id, job, args, key, state, due_at, attempts, failures, created_at)
VALUES (gen_random_uuid(), 'x', '{}', $1, 'PENDING', now(), 0, 0, now())
"""


AGENCIES = """
INSERT INTO agency (id, code, kind, valid_from_on, valid_to_on) VALUES
 ('00000000-0000-0000-0000-000000000001', 'KOMDIGI', 'MINISTRY', '2020-01-01', '2025-01-01'),
 ('00000000-0000-0000-0000-000000000002', 'KOMDIGI', 'MINISTRY', '2025-01-01', NULL)
"""


@strawberry.type(description="Everything that can be read.")
class Query:
    @strawberry.field(description="Sleeps in the database.", extensions=[Public()])
    async def sleep(self, info: Info) -> str | None:
        async with connection() as lent:
            await lent.execute("SELECT pg_sleep(30) /* sleeper */")
        return "awake"

    @strawberry.field(description="Runs out of time by itself.", extensions=[Public()])
    async def cut(self, info: Info) -> str | None:
        async with connection() as lent:
            await lent.execute("SET statement_timeout = 50")
            try:
                await lent.execute("SELECT pg_sleep(30)")
            finally:
                await lent.execute("SET statement_timeout = 10000")
        return None

    @strawberry.field(description="A mistake in a statement.", extensions=[Public()])
    async def mistake(self, info: Info) -> str | None:
        async with connection() as lent:
            await lent.execute("SELECT secret_column FROM agency")
        return None


async def nobody(_: str | None) -> Viewer | None:
    return None


async def ask(settings: Settings, query: str, **shared: object) -> httpx2.Response:
    parts = Shared(settings, CursorSeal(settings.secrets.cursor_keys), **shared)
    transport = httpx2.ASGITransport(GraphQLEndpoint(Desk(build_schema(Query), parts, nobody)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client:
        return await client.post("/graphql", json={"query": query})


def code_of(response: httpx2.Response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]


async def test_a_request_over_its_deadline_leaves_no_statement_behind(settings: Settings) -> None:
    async with open_database(settings.database_url, API_POOL):
        response = await ask(settings, "{ sleep }", deadline_seconds=0.3)
        async with connection() as lent:
            left = await lent.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE state = 'active' AND query LIKE '%sleeper%' AND pid <> pg_backend_pid()"
            )

    assert (response.status_code, code_of(response)) == (503, "TIMEOUT")
    assert left == 0


async def test_a_statement_that_the_server_cuts_is_a_timeout(settings: Settings) -> None:
    async with open_database(settings.database_url, API_POOL):
        response = await ask(settings, "{ cut }")

    assert (response.status_code, code_of(response)) == (503, "TIMEOUT")


async def test_a_mistake_in_a_statement_is_internal_and_shows_no_sql(settings: Settings) -> None:
    async with open_database(settings.database_url, API_POOL):
        response = await ask(settings, "{ mistake }")

    assert (response.status_code, code_of(response)) == (200, "INTERNAL_SERVER_ERROR")
    assert "secret_column" not in response.text


async def test_without_postgresql_the_service_is_unavailable(settings: Settings) -> None:
    dead = "postgres://nobody:x@127.0.0.1:9/none"
    async with open_database(dead, API_POOL):
        response = await ask(replace(settings, database_url=dead), "{ sleep }")

    assert (response.status_code, code_of(response)) == (503, "SERVICE_UNAVAILABLE")
    assert int(response.headers["retry-after"]) > 0


async def test_the_doorbell_sends_what_was_committed(settings: Settings) -> None:
    doorbell = Doorbell(settings.redis_url)
    async with open_database(settings.database_url, API_POOL):
        for key in ("a", "b"):
            async with connection() as lent:
                await lent.execute(MESSAGE, key)
            doorbell.ring()
        await doorbell.close()
        async with connection() as lent:
            states = await lent.fetch("SELECT state FROM outbox_message")
    pool = await create_pool(
        RedisSettings.from_dsn(settings.redis_url), job_serializer=encode, job_deserializer=decode
    )
    queued = await pool.queued_jobs()
    await pool.aclose()

    assert [row["state"] for row in states] == ["SENT", "SENT"]
    assert {job.function for job in queued} == {"run_message"}
    assert doorbell.counts["missed"] == 0 < doorbell.counts["heard"]


async def test_a_doorbell_that_nobody_hears_loses_nothing(settings: Settings) -> None:
    doorbell = Doorbell("redis://127.0.0.1:9/0")
    async with open_database(settings.database_url, API_POOL):
        async with connection() as lent:
            await lent.execute(MESSAGE, "a")
        doorbell.ring()
        await asyncio.sleep(0)
        await doorbell.close()
        async with connection() as lent:
            state = await lent.fetchval("SELECT state FROM outbox_message")

    assert state == "PENDING"
    assert doorbell.counts == {"heard": 0, "missed": 1}


async def test_an_agency_code_gives_the_present_agency(settings: Settings) -> None:
    async with open_database(settings.database_url, API_POOL):
        async with connection() as lent:
            await lent.execute(AGENCIES)
        found = await agency_id_of_code("KOMDIGI")
        missing = await agency_id_of_code("KOMINFO")

    assert found is not None
    assert found.int == 2
    assert missing is None


def test_the_application_is_made_by_a_factory_without_arguments(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert isinstance(create_app(), Starlette)
