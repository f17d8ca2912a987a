"""Cards of people who are named inside other objects."""

from uuid import UUID

from api.reads.asn import cards
from api.schema.asn import Asn
from api.schema.context import Info
from api.schema.loading import loader


async def people(info: Info, ids: tuple[UUID, ...]) -> list[Asn]:
    """Return the cards of these people as far as the caller may see them."""
    viewer = info.context.caller
    found = loader(info, "asn.cards", lambda keys: cards(viewer, keys))
    return [Asn.of(row) for row in await found.load_many(list(ids)) if row is not None]
