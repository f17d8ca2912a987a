"""Connections: `first after last before` in, `edges nodes pageInfo totalCount` out.

    @strawberry.field(
        description="Civil servants in your scope.", extensions=[Paged(), Requires(*STAFF)]
    )
    async def asns(
        self, info: Info, page: PageRequest, filter: AsnFilterArgument = UNSET
    ) -> Connection[Asn] | None:
        narrowed = asn_filter(filter)
        found = await reads.asns(info.context.caller, narrowed, page)
        return Connection.of(found, Asn.of, lambda: reads.count_asns(info.context.caller, narrowed))

`Paged` replaces the parameter `page` by the four arguments and hands the resolver a checked
`api.reads.paging.PageRequest`. The count is asked for only when `totalCount` is selected, cursors
are sealed only when selected. A connection with more fields subclasses a concrete one:
`class RankingConnection(Connection[RankingRow])`.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, Self, TypeVar

import strawberry
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.extensions import FieldExtension
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from api.errors import BadUserInput
from api.reads.cursors import CursorSeal
from api.reads.paging import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS, Page, PageRequest
from api.schema.context import Info

T = TypeVar("T")
Row = TypeVar("Row")
Count = Callable[[], Awaitable[int | None]]

_ARGUMENTS = {
    "first": (int, "Rows from the start, 0 to 100; 25 when neither first nor last is given."),
    "after": (str, "Start after this cursor."),
    "last": (int, "Rows from the end, 0 to 100."),
    "before": (str, "End before this cursor."),
}


@strawberry.type(description="Where a page sits in its list.")
class PageInfo:
    """The ends of a page."""

    page: strawberry.Private[Page[Any]]
    has_next_page: bool = strawberry.field(description="True when rows follow this page.")
    has_previous_page: bool = strawberry.field(description="True when rows come before this page.")

    @strawberry.field(description="Cursor of the first row.")
    def start_cursor(self) -> str | None:
        """Seal the first row's place."""
        return self.page.cursor(0) if self.page.rows else None

    @strawberry.field(description="Cursor of the last row.")
    def end_cursor(self) -> str | None:
        """Seal the last row's place."""
        return self.page.cursor(len(self.page.rows) - 1) if self.page.rows else None


@strawberry.type(description="A row in a page.")
class Edge(Generic[T]):
    """A row and its place."""

    page: strawberry.Private[Page[Any]]
    index: strawberry.Private[int]
    node: T = strawberry.field(description="The row.")

    @strawberry.field(description="Marks this row for `after` and `before`.")
    def cursor(self) -> str:
        """Seal the row's place."""
        return self.page.cursor(self.index)


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page of a list."""

    page: strawberry.Private[Page[Any]]
    count: strawberry.Private[Count | None]
    nodes: list[T] = strawberry.field(description="Rows without cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page sits in the list.")

    @strawberry.field(description="Rows with their cursors.")
    def edges(self) -> list[Edge[T]]:
        """Pair each row with its place."""
        return [Edge(page=self.page, index=i, node=node) for i, node in enumerate(self.nodes)]

    @strawberry.field(description="How many rows match the filter.")
    async def total_count(self) -> int | None:
        """Count now, because somebody asked."""
        return None if self.count is None else await self.count()

    @classmethod
    def of(
        cls,
        page: Page[Row],
        node_of: Callable[[Row], T],
        count: Count | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> Self:
        """Show a page of rows; `extra` fills the further fields of a subclass."""
        info = PageInfo(page=page, has_next_page=page.has_next, has_previous_page=page.has_previous)
        nodes = [node_of(row) for row in page.rows]
        return cls(page=page, count=count, nodes=nodes, page_info=info, **extra)


class Paged(FieldExtension):
    """Gives a field the four paging arguments and its resolver one `page`."""

    def apply(self, field: StrawberryField) -> None:
        """Swap the parameter `page` for the published arguments."""
        ours = {"page", *_ARGUMENTS}
        own = [argument for argument in field.arguments if argument.python_name not in ours]
        field.arguments = [*own, *(_argument(name) for name in _ARGUMENTS)]

    def resolve(
        self,
        next_: Callable[..., Any],
        source: object,
        info: Info,
        **arguments: Any,  # noqa: ANN401
    ) -> object:
        """Check the four arguments, then resolve."""
        page = _taken(arguments, info.context.shared.seal)
        return next_(source, info, page=page, **arguments)

    async def resolve_async(
        self,
        next_: Callable[..., Any],
        source: object,
        info: Info,
        **arguments: Any,  # noqa: ANN401
    ) -> object:
        """Check the four arguments, then resolve."""
        page = _taken(arguments, info.context.shared.seal)
        return await next_(source, info, page=page, **arguments)


def _argument(name: str) -> StrawberryArgument:
    kind, description = _ARGUMENTS[name]
    annotation = StrawberryAnnotation(kind | None)
    return StrawberryArgument(name, None, annotation, default=UNSET, description=description)


def _taken(arguments: dict[str, Any], seal: CursorSeal) -> PageRequest:
    given = {name: arguments.pop(name, UNSET) for name in _ARGUMENTS}
    known = {name: None if value is UNSET else value for name, value in given.items()}
    return page_request(**known, seal=seal)


def page_request(
    *, first: int | None, after: str | None, last: int | None, before: str | None, seal: CursorSeal
) -> PageRequest:
    """Return the page that the four arguments name.

    Raises:
        BadUserInput: a size outside 0 to 100, or arguments that contradict each other.
    """
    for one, other in (("first", "last"), ("first", "before"), ("last", "after")):
        given = {"first": first, "after": after, "last": last, "before": before}
        if given[one] is not None and given[other] is not None:
            raise BadUserInput(f"Give {one} or {other}, not both.", argument=other)
    is_backward = last is not None or before is not None
    limit = _size("last", last) if is_backward else _size("first", first)
    return PageRequest(limit, is_backward, before if is_backward else after, seal)


def _size(argument: str, value: int | None) -> int:
    if value is None:
        return DEFAULT_PAGE_ROWS
    if not 0 <= value <= MAX_PAGE_ROWS:
        raise BadUserInput(f"{argument} must be 0 to {MAX_PAGE_ROWS}.", argument=argument)
    return value
