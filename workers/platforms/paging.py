"""What holds for the pages of every network."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from api.domain.platform import Coverage
from workers.platforms.errors import ContractError
from workers.platforms.facts import OwnPost, Page, Watermark

T = TypeVar("T")


def moving(page: Page[T], cursor: str | None) -> Page[T]:
    """Refuse a continuation that leads to itself: its list would never end."""
    if page.next is not None and page.next == cursor:
        raise ContractError("The continuation leads to itself.", is_cursor_refused=True)
    return page


def earliest(*moments: datetime | None) -> datetime | None:
    """Return the earliest of the known moments: what an author's clock says is clamped by ours."""
    return min((moment for moment in moments if moment is not None), default=None)


def after(since: Watermark | None, page: Page[OwnPost]) -> Page[OwnPost]:
    """Leave out what was read before, and end the list where all of a page is older."""
    newest_at = since.newest_at if since else None
    if newest_at is None:
        return page
    items = tuple(
        one for one in page.items if one.occurred_at is None or one.occurred_at >= newest_at
    )
    if page.items and not items:
        return Page((), None, page.issues, Coverage.COMPLETE)
    return replace(page, items=items)
