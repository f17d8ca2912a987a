"""Loaders that live as long as one request: one statement for all rows of a page."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from strawberry.dataloader import DataLoader

from api.schema.context import Info

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Load = Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]


def loader(info: Info, name: str, load: Load[K, V]) -> DataLoader[K, V | None]:
    """Return the request's loader of this name; it answers in key order, None where nothing is.

    `name` includes every argument that `load` closes over, so that two aliases never share one.
    """
    loaders = info.context.loaders
    if name not in loaders:

        async def ordered(keys: list[K]) -> list[V | None]:
            found = await load(keys)
            return [found.get(key) for key in keys]

        loaders[name] = DataLoader(load_fn=ordered)
    known: DataLoader[K, V | None] = loaders[name]
    return known
