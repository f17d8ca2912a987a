"""A small schema with every kind of field, so that the endpoint is tested without the product."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.access import Role
from api.errors import Invalid, Problem, Taken
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, PageRequest
from api.schema.assembly import build_schema
from api.schema.context import Info
from api.schema.identity import IdArgument, Node, decode_id, encode_id
from api.schema.paging import Connection, Paged
from api.schema.permissions import SIGNED_IN, Public, Requires
from api.schema.rate_limit import RateLimitQuery
from api.schema.refusal import Payload, Refusable
from api.schema.scalars import URL, BigInt

BY_NAME = Keyset("people.NAME", (Key("name", Kind.TEXT), Key("id", Kind.UUID)))
PEOPLE = [{"key_0": f"Person {i:03}", "key_1": UUID(int=i)} for i in range(1, 31)]


def text(description: str = "Some text.") -> object:
    return strawberry.argument(description=description)


@strawberry.type(description="A person.")
class Person(Node):
    name: str = strawberry.field(description="Name.")

    @strawberry.field(description="Whom this person learns from.")
    def mentor(self) -> "Person":
        return self

    @strawberry.field(description="People below.", extensions=[Paged()])
    def people(self, page: PageRequest) -> "Connection[Person]":
        return _page(page)

    @classmethod
    def of(cls, row: dict[str, object]) -> "Person":
        return cls(id=encode_id("Person", row["key_1"]), name=row["key_0"])


def _page(page: PageRequest, prefix: str | None = None) -> Connection[Person]:
    window = page.open(BY_NAME, narrowed_by={"prefix": prefix})
    rows = list(reversed(PEOPLE)) if page.is_backward else PEOPLE
    if window.values:
        after = (lambda r: r < window.values) if page.is_backward else (lambda r: r > window.values)
        rows = [row for row in rows if after((row["key_0"], row["key_1"]))]

    async def count() -> int:
        return len(PEOPLE)

    return Connection.of(window.page(rows[: window.row_limit], lambda row: row), Person.of, count)


@strawberry.type(description="The caller.")
class Caller:
    name: str = strawberry.field(description="Name.")
    role: str = strawberry.field(description="Role.")


@strawberry.input(description="A note.")
class NoteMakeInput:
    title: str = strawberry.field(description="Title.")
    url: URL | None = strawberry.field(default=UNSET, description="Where it comes from.")
    starts_at: datetime | None = strawberry.field(default=UNSET, description="Timestamp.")


@strawberry.type(description="Result of noteMake.")
class NoteMakePayload(Payload):
    title: str | None = strawberry.field(default=None, description="Null when refused.")


@strawberry.type(description="Everything that can be read.")
class Query(RateLimitQuery):
    @strawberry.field(description="The caller.", extensions=[Public()])
    def viewer(self, info: Info) -> Caller | None:
        viewer = info.context.viewer
        return viewer and Caller(name=viewer.name, role=viewer.role.value)

    @strawberry.field(description="People.", extensions=[Paged(), Public()])
    async def people(
        self,
        info: Info,
        page: PageRequest,
        prefix: Annotated[str | None, text()] = UNSET,
    ) -> Connection[Person] | None:
        return _page(page, prefix or None)

    @strawberry.field(description="Same people.", extensions=[Paged(), Public()])
    async def others(self, info: Info, page: PageRequest) -> Connection[Person] | None:
        window = page.open(Keyset("others.NAME", BY_NAME.keys))
        return Connection.of(window.page(PEOPLE[: window.row_limit], lambda row: row), Person.of)

    @strawberry.field(description="One person.", extensions=[Requires(*SIGNED_IN)])
    async def person(self, info: Info, id: IdArgument) -> Person | None:  # noqa: A002
        key = decode_id(id).uuid
        return next((Person.of(row) for row in PEOPLE if row["key_1"] == key), None)

    @strawberry.field(description="For administrators.", extensions=[Requires(Role.ADMIN)])
    async def secret(self, info: Info) -> str | None:
        return "secret"

    @strawberry.field(description="Fails.", extensions=[Public()])
    async def broken(self, info: Info) -> str | None:
        raise RuntimeError("SELECT secret FROM table")

    @strawberry.field(description="The database is away.", extensions=[Public()])
    async def away(self, info: Info) -> str | None:
        raise ConnectionRefusedError("10.0.0.1:5432")

    @strawberry.field(description="Takes a while.", extensions=[Public()])
    async def slow(self, info: Info, seconds: Annotated[float, text()] = 30.0) -> str | None:
        await asyncio.sleep(seconds)
        return "done"

    @strawberry.field(description="Gives back.", extensions=[Public()])
    async def echo(
        self,
        info: Info,
        number: Annotated[int | None, text()] = UNSET,
        big: Annotated[BigInt | None, text()] = UNSET,
        at: Annotated[datetime | None, text()] = UNSET,
        words: Annotated[str | None, text()] = UNSET,
    ) -> str | None:
        given = next((v for v in (number, big, words) if v is not UNSET), None)
        return f"{given}" if at is UNSET or at is None else at.isoformat()


@strawberry.type(description="Everything that can be changed.")
class Mutation:
    @strawberry.mutation(
        description="Makes a note.",
        extensions=[Refusable(), Requires(Role.ADMIN, Role.CAMPAIGN_MANAGER)],
    )
    async def note_make(
        self,
        info: Info,
        input: Annotated[NoteMakeInput, text("The new note.")],  # noqa: A002
    ) -> NoteMakePayload | None:
        if input.title == "taken":
            raise Taken(field=["title"])
        if input.title == "odd":
            wrong = Problem("TOO_LONG", "Too long.", ("starts_at",))
            raise Invalid.of([Problem("BLANK", "Blank.", ("title",)), wrong])
        return NoteMakePayload(title=input.title)


@strawberry.type(description="Everything that can be watched.")
class Subscription:
    @strawberry.subscription(description="Counts.", extensions=[Requires(*SIGNED_IN)])
    async def count(
        self,
        info: Info,
        up_to: Annotated[int, text()] = 3,
        seconds: Annotated[float, text()] = 0.0,
    ) -> AsyncGenerator[int | None, None]:
        return _count(up_to, seconds)

    @strawberry.subscription(description="Fails.", extensions=[Requires(*SIGNED_IN)])
    async def breaking(self, info: Info) -> AsyncGenerator[int | None, None]:
        return _broken()

    @strawberry.subscription(description="For administrators.", extensions=[Requires(Role.ADMIN)])
    async def secrets(self, info: Info) -> AsyncGenerator[int | None, None]:
        return _count(1, 0)


async def _count(up_to: int, seconds: float) -> AsyncGenerator[int | None, None]:
    for number in range(1, up_to + 1):
        yield number
        await asyncio.sleep(seconds)


async def _broken() -> AsyncGenerator[int | None, None]:
    yield 1
    raise RuntimeError("SELECT secret FROM table")


small_schema = build_schema(Query, Mutation, Subscription)
