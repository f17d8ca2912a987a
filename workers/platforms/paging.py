"""What holds for the pages of every network."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from api.domain.matching import ProfileRef
from api.domain.platform import Coverage
from workers.platforms.base import Auth
from workers.platforms.errors import ContractError, NotFound, Protected
from workers.platforms.facts import IssueCode, ItemIssue, OwnPost, Page, ProfileFact, Watermark

T = TypeVar("T")
R = TypeVar("R")


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


async def each_of(
    refs: Sequence[R], ask: Callable[[R], Awaitable[T]], names: Sequence[str], most: int
) -> Page[T]:
    """Ask one after the other, where a network knows no lists; what is gone is an issue."""
    if len(refs) > most:
        raise ValueError(f"One call names at most {most} items.")
    found, issues = [], []
    for ref, name in zip(refs, names, strict=True):
        try:
            found.append(await ask(ref))
        except NotFound:
            issues.append(ItemIssue(name, IssueCode.NOT_FOUND))
        except Protected:
            issues.append(ItemIssue(name, IssueCode.PROTECTED))
    return Page(tuple(found), issues=tuple(issues))


async def own_only(
    refs: Sequence[ProfileRef], me: Callable[[Auth], Awaitable[ProfileFact]], auth: Auth
) -> Page[ProfileFact]:
    """Answer for the account behind a token; for all others the application may not."""
    if not refs:
        return Page(())
    mine = await me(auth)
    is_asked = any(ref.id in (None, mine.id) for ref in refs)
    others = (ref.name for ref in refs if ref.id not in (None, mine.id))
    issues = tuple(ItemIssue(name, IssueCode.MISSING_PERMISSION) for name in others)
    return Page((mine,) if is_asked else (), issues=issues)
