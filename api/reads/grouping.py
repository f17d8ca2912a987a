"""Pages of many parents that came in one statement."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from asyncpg import Record

from api.reads.paging import Page, Window

Row = TypeVar("Row")


def paged(
    parent_ids: Sequence[UUID],
    records: Sequence[Record],
    window: Window,
    row_of: Callable[[Any], Row],
) -> dict[UUID, Page[Row]]:
    """Return the page of each parent, by the column `parent_id`; empty ones included."""
    grouped: dict[UUID, list[Record]] = {key: [] for key in parent_ids}
    for record in records:
        grouped[record["parent_id"]].append(record)
    return {key: window.page(rows, row_of) for key, rows in grouped.items()}
