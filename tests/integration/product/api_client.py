"""A client of the whole application, and ids as clients see them."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
from contract_operations import operation

from api.app import create_app
from api.domain.access import Role
from api.http.tokens import issue_dev_token
from api.settings import Settings


@dataclass(frozen=True)
class Caller:
    """Who asks; without a role, nobody is signed in."""

    role: Role | None
    agency: str | None = None
    asn_id: UUID | None = None
    subject: str | None = None


ADMIN = Caller(Role.ADMIN)
MANAGER = Caller(Role.CAMPAIGN_MANAGER, subject="maker")
CHECKER = Caller(Role.CAMPAIGN_MANAGER, subject="checker")
ORGANISER = Caller(Role.EVENT_ORGANISER)
AUDITOR = Caller(Role.AUDITOR)
NOBODY = Caller(None)


def holder(asn_id: UUID) -> Caller:
    """Return a civil servant as a caller."""
    return Caller(Role.ASN, asn_id=asn_id)


@dataclass
class Api:
    """The application over its real database."""

    settings: Settings
    client: httpx2.AsyncClient
    _tokens: dict[Caller, str] = field(default_factory=dict)

    async def send(
        self, query: str, variables: dict[str, Any] | None = None, *, caller: Caller = ADMIN
    ) -> httpx2.Response:
        """Send a document as it is."""
        headers = {"accept": "application/graphql-response+json"}
        if caller.role is not None:
            headers["authorization"] = f"Bearer {self.token(caller)}"
        body = {"query": query, "variables": variables or {}}
        return await self.client.post("/graphql", json=body, headers=headers)

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, caller: Caller = ADMIN
    ) -> dict[str, Any]:
        """Return the data of a question that must have no errors."""
        response = await self.send(query, variables, caller=caller)
        answer: dict[str, Any] = response.json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def refused(
        self, query: str, variables: dict[str, Any] | None = None, *, caller: Caller = ADMIN
    ) -> dict[str, Any]:
        """Return the extensions and message of the one error that a question must have."""
        response = await self.send(query, variables, caller=caller)
        (error,) = response.json()["errors"]
        return {"message": error["message"], **error["extensions"]}

    async def run(
        self, name: str, /, *, caller: Caller = ADMIN, **variables: Any
    ) -> dict[str, Any]:
        """Return the data of an operation of the contract."""
        return await self.ask(operation(name), variables, caller=caller)

    async def change(self, name: str, /, *, caller: Caller = ADMIN, **given: Any) -> dict[str, Any]:
        """Return the payload of a mutation of the contract."""
        (payload,) = (await self.run(name, caller=caller, input=given)).values()
        return dict(payload)

    async def problems(
        self, name: str, /, *, caller: Caller = ADMIN, **given: Any
    ) -> list[tuple[str, list[str] | None]]:
        """Return code and field of each problem of a mutation; everything else must be null."""
        payload = await self.change(name, caller=caller, **given)
        errors = payload.pop("userErrors")
        assert set(payload.values()) == {None}, payload
        return [(error["code"], error["field"]) for error in errors]

    async def mutate(
        self, mutation: str, shown: str, /, *, caller: Caller = ADMIN, **given: Any
    ) -> dict[str, Any]:
        """Return the payload of any mutation by its name, with `shown` beside its userErrors."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = (
            f"mutation ($input: {kind}!) {{ {mutation}(input: $input)"
            f" {{ {shown} userErrors {{ code field message }} }} }}"
        )
        payload: dict[str, Any] = (await self.ask(document, {"input": given}, caller=caller))[
            mutation
        ]
        return payload

    def token(self, caller: Caller) -> str:
        """Return the bearer token of a caller, the same one each time."""
        if caller not in self._tokens:
            assert caller.role is not None
            self._tokens[caller] = issue_dev_token(
                self.settings.access,
                caller.role,
                now=datetime.now(UTC),
                agency_code=caller.agency,
                asn_id=caller.asn_id,
                subject=caller.subject,
            )
        return self._tokens[caller]


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Api]:
    """Start the application with its lifespan."""
    app = create_app(settings)
    transport = httpx2.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client,
    ):
        yield Api(settings, client)


def gid(type_name: str, key: UUID) -> str:
    """Return the opaque id of an object."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def key_of(text: str) -> UUID:
    """Return the key inside an opaque id."""
    return UUID(base64.b64decode(text).decode().split(":")[1])
