"""`node(id:)` and `nodes(ids:)` over whatever types registered a way to be found.

    @findable("Asn")
    async def find_asns(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, Asn]: ...

A finder reads through `api.reads` with the caller's scope in the statement and returns what it
found. Missing, unknown type and not visible all give the same null.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, TypeAlias, TypeVar
from uuid import UUID

import strawberry

from api.errors import BadUserInput
from api.schema.context import Info
from api.schema.identity import GlobalId, IdArgument, Node, decode_id
from api.schema.limits import MOST_LIST_ITEMS
from api.schema.permissions import SIGNED_IN, Requires

Finder: TypeAlias = Callable[[Info, Sequence[UUID]], Awaitable[Mapping[UUID, Node]]]
F = TypeVar("F", bound=Callable[..., Awaitable[Mapping[UUID, object]]])

_finders: dict[str, Finder] = {}

IdsArgument: TypeAlias = Annotated[
    list[strawberry.ID], strawberry.argument(description="Up to 100 opaque ids.")
]


def findable(type_name: str) -> Callable[[F], F]:
    """Register how the objects of one type are found by their keys."""

    def register(finder: F) -> F:
        _finders[type_name] = finder  # type: ignore[assignment]
        return finder

    return register


async def find_node(info: Info, text: str, argument: str = "id") -> Node | None:
    """Return one object, or nothing if it is missing or not visible."""
    found = await _found(info, [decode_id(text, argument)])
    return found[0]


async def find_nodes(info: Info, texts: Sequence[str]) -> list[Node | None]:
    """Return objects in the order of their ids."""
    if len(texts) > MOST_LIST_ITEMS:
        raise BadUserInput(f"ids may hold {MOST_LIST_ITEMS} ids.", argument="ids")
    return await _found(info, [decode_id(text, "ids") for text in texts])


async def _found(info: Info, wanted: Sequence[GlobalId]) -> list[Node | None]:
    by_type: dict[str, dict[UUID, None]] = {}
    for one in wanted:
        by_type.setdefault(one.type_name, {})[one.uuid] = None
    found = {
        name: await _finders[name](info, list(keys))
        for name, keys in by_type.items()
        if name in _finders
    }
    return [found.get(one.type_name, {}).get(one.uuid) for one in wanted]


@strawberry.type
class NodeQuery:
    """Root fields that find any object."""

    @strawberry.field(
        description="Any object by id; null when missing or not visible.",
        extensions=[Requires(*SIGNED_IN)],
    )
    async def node(self, info: Info, id: IdArgument) -> Node | None:  # noqa: A002
        """Find one object."""
        return await find_node(info, id)

    @strawberry.field(
        description="Objects by id, in order; null where missing or not visible.",
        extensions=[Requires(*SIGNED_IN)],
    )
    async def nodes(self, info: Info, ids: IdsArgument) -> list[Node | None] | None:
        """Find up to a hundred objects."""
        return await find_nodes(info, ids)
