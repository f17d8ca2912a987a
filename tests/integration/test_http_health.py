"""Health against real servers: what is ready, what is degraded, what is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import httpx2
import pytest
from starlette.applications import Starlette

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings

DEAD = "127.0.0.1:9"


async def ready(app: Starlette) -> tuple[int, dict[str, object]]:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client:
        response = await client.get("/readyz")
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, response.json()


async def execute(settings: Settings, statement: str) -> None:
    connection = await asyncpg.connect(settings.database_url, ssl=False)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def run(app: Starlette) -> tuple[int, dict[str, object]]:
    async with app.router.lifespan_context(app):
        return await ready(app)


async def test_without_a_worker_the_api_is_degraded_and_serves(settings: Settings) -> None:
    status, body = await run(create_app(settings))

    assert (status, body["status"]) == (200, "degraded")
    assert body["checks"] == {
        "database": True,
        "migrations": True,
        "valkey": True,
        "worker": False,
        "outbox": True,
    }
    assert body["signIn"] == "dev"


async def test_with_a_worker_everything_is_ready(settings: Settings) -> None:
    await execute(
        settings,
        "INSERT INTO worker_heartbeat (id, host, pid, version, started_at, seen_at)"
        " VALUES (gen_random_uuid(), 'here', 1, '0', now(), now())",
    )

    assert (await run(create_app(settings)))[1]["status"] == "ready"


async def test_a_late_message_degrades(settings: Settings) -> None:
    await execute(
        settings,
        "INSERT INTO outbox_message"
        " (id, job, args, key, state, due_at, attempts, failures, created_at)"
        " SELECT gen_random_uuid(), 'x', '{}', 'x', 'PENDING', at, 0, 0, at"
        " FROM (SELECT now() - interval '2 minutes' AS at)",
    )
    status, body = await run(create_app(settings))

    assert (status, body["checks"]["outbox"]) == (200, False)


async def test_without_valkey_the_api_is_degraded_and_serves(settings: Settings) -> None:
    app = create_app(replace(settings, redis_url=f"redis://{DEAD}/0"))
    status, body = await run(app)

    assert (status, body["checks"]["valkey"]) == (200, False)


async def test_without_postgresql_the_api_is_not_ready(settings: Settings) -> None:
    app = create_app(replace(settings, database_url=f"postgres://nobody:x@{DEAD}/none"))
    status, body = await run(app)

    assert (status, body["status"]) == (503, "unready")
    assert DEAD not in json.dumps(body)


async def test_with_old_tables_the_api_is_not_ready(settings: Settings) -> None:
    await execute(settings, "DELETE FROM tortoise_migrations WHERE name = '0002_constraints'")
    status, body = await run(create_app(settings))

    assert (status, body["checks"]["migrations"]) == (503, False)


async def test_a_stopping_process_is_not_ready(settings: Settings) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        pass

    assert (await ready(app))[0] == 503


async def test_a_token_of_an_agency_sees_only_agencies_that_exist(settings: Settings) -> None:
    token = issue_dev_token(
        settings.access, Role.AUDITOR, now=datetime.now(UTC), agency_code="NOT-THERE"
    )
    app = create_app(settings)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client,
    ):
        response = await client.post(
            "/graphql",
            json={"query": "{ __typename }"},
            headers={"authorization": f"Bearer {token}"},
        )

    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["reason"] == "malformed"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_health_names_no_host_version_or_path(settings: Settings, path: str) -> None:
    app = create_app(settings)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client,
    ):
        text = (await client.get(path)).text

    assert "127.0.0.1" not in text
    assert "/" not in text
