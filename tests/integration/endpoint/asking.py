"""How the tests of the endpoint ask, and what they read from an answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from small_schema import small_schema

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings

GRAPHQL_JSON = "application/graphql-response+json"


def client_of(settings: Settings) -> httpx2.AsyncClient:
    """Return a client of the application; nothing here needs the lifespan."""
    transport = httpx2.ASGITransport(create_app(settings, small_schema))
    return httpx2.AsyncClient(transport=transport, base_url="http://gema.test")


def token_of(settings: Settings, role: Role, **claims: Any) -> str:
    now = claims.pop("now", datetime.now(UTC))
    return issue_dev_token(settings.access, role, now=now, ttl=timedelta(hours=1), **claims)


async def ask(
    client: httpx2.AsyncClient,
    query: str,
    variables: dict[str, Any] | None = None,
    *,
    token: str | None = None,
    accept: str = GRAPHQL_JSON,
    **envelope: Any,
) -> httpx2.Response:
    """Send a question as a careful client does."""
    headers = {"accept": accept}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    body = {"query": query, "variables": variables, **envelope}
    return await client.post("/graphql", json=body, headers=headers)


def codes(response: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]
