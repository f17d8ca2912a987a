"""Reads one list of a network page by page, from where it was left to its end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.actions.outbox import CursorRef
from api.actions.tracking import ListPage, Start, restart_sweep
from workers.platforms.base import ContractError, Page
from workers.tasks.kit import Work

F = TypeVar("F")
S = TypeVar("S")

MOST_RESTARTS = 5


@dataclass(frozen=True, slots=True)
class Listing(Generic[F, S]):
    """A list: how to ask for a page, how to read one of its facts, and how to store the page."""

    ref: CursorRef
    ask: Callable[[str | None], Awaitable[Page[F]]]
    read: Callable[[F], S]
    store: Callable[[ListPage[S]], Awaitable[None]]


async def sweep(work: Work, listing: Listing[F, S], start: Start) -> None:
    """Read a list to its end, or to the end of this run's time. A refused cursor starts it again.

    Raises:
        PlatformError: what the network says; a cursor that is refused again and again among them.
    """
    cursor, restart_count, listed_count = start.cursor, 0, start.listed_count
    known: set[object] = set()
    while True:
        try:
            page = await listing.ask(cursor)
        except ContractError as broken:
            if cursor is None or not broken.is_cursor_refused or restart_count == MOST_RESTARTS:
                raise
            restart_count, cursor, listed_count = restart_count + 1, None, 0
            known.clear()
            await restart_sweep(work.lease, listing.ref)
            continue
        fresh = {_name(fact) for fact in page.items} - known
        known |= fresh
        listed_count += len(fresh)
        await listing.store(_page(listing, page, listed_count))
        cursor = page.next
        if cursor is None or await is_paused(work):
            return


async def is_paused(work: Work) -> bool:
    """Save and let another run go on, once the time of this one is up."""
    if not work.is_time_up:
        return False
    async with work.transaction() as db:
        await work.pause(db)
    return True


def _page(listing: Listing[F, S], page: Page[F], listed_count: int) -> ListPage[S]:
    return ListPage(
        items=tuple(listing.read(fact) for fact in page.items),
        next_cursor=page.next,
        coverage=page.coverage,
        listed_count=listed_count,
    )


def _name(fact: object) -> object:
    return getattr(fact, "key", fact)
