"""Keyset pages for hand-written SQL: sealed cursors, the row comparison and the answer.

A read function does five things and never builds SQL from input:

    BY_NAME = Keyset("asns.NAME", (Key("a.sort_name", Kind.TEXT), Key("a.id", Kind.UUID)))

    async def asns(viewer: Viewer, filter_by: AsnFilter, page: PageRequest) -> Page[AsnRow]:
        window = page.open(BY_NAME, narrowed_by=filter_by)              # refuses a foreign cursor
        statement = f'''
            SELECT a.id, a.name, {window.key_columns}                   -- the cursor's values
              FROM asn a
             WHERE a.agency_id = $1 AND {window.predicate(start_index=2)}
             ORDER BY {window.order_by} LIMIT {window.row_limit}'''
        async with connection() as db:
            records = await db.fetch(statement, agency_id, *window.parameters)
        return window.page(records, AsnRow.of)                          # cut, turned round, counted

The last key of a keyset is the primary key, so that no two rows are equal. `Keyset.descending()`
turns every key round. Keys of one direction without nulls give `(a, id) > ($1, $2)`, which one
index ending in the primary key serves; mixed directions or nullable keys give the expanded OR form.
Nulls come last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from api.errors import BadUserInput
from api.reads.cursors import CursorSeal, Kind, fingerprint, restored, storable

MAX_PAGE_ROWS = 100
DEFAULT_PAGE_ROWS = 25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """One sort column: an SQL expression of ours, its type and its direction."""

    sql: str
    kind: Kind
    is_descending: bool = False
    is_nullable: bool = False


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order that gives each row its own place; `name` is the connection and the order."""

    name: str
    keys: tuple[Key, ...]

    def descending(self) -> "Keyset":
        """Return the same order from the other end."""
        return replace(
            self, keys=tuple(replace(k, is_descending=not k.is_descending) for k in self.keys)
        )

    def directed(self, *, is_descending: bool) -> "Keyset":
        """Return this order, or its reverse."""
        return self.descending() if is_descending else self

    @property
    def signature(self) -> list[object]:
        """Return what a cursor of this order is bound to."""
        return [self.name, *([k.kind.value, k.is_descending] for k in self.keys)]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page that a caller wants, before the order is known.

    `limit` is the number of rows on the page; `is_backward` means `last`/`before`.
    """

    limit: int = DEFAULT_PAGE_ROWS
    is_backward: bool = False
    cursor: str | None = None
    seal: CursorSeal | None = None

    def open(self, keyset: Keyset, *, narrowed_by: object = None, run: object = None) -> "Window":
        """Bind the request to an order, a filter (dataclass, dict, tuple of them) and a score run.

        Raises:
            BadUserInput: the cursor is forged, or belongs to another list, order, filter or run.
        """
        binding = fingerprint([keyset.signature, narrowed_by, run])
        values = None if self.cursor is None else self._opened(self.cursor, keyset, binding)
        return Window(request=self, keyset=keyset, binding=binding, values=values)

    def _opened(self, cursor: str, keyset: Keyset, binding: bytes) -> tuple[Any, ...]:
        malformed = BadUserInput(
            "Malformed cursor", argument="before" if self.is_backward else "after"
        )
        if self.seal is None:
            raise malformed
        try:
            return restored(self.seal.open(cursor, binding), [key.kind for key in keyset.keys])
        except ValueError:
            raise malformed from None


@dataclass(frozen=True, slots=True)
class Window:
    """A page request bound to its order: gives the parts of the statement and reads its answer."""

    request: PageRequest
    keyset: Keyset
    binding: bytes
    values: tuple[Any, ...] | None

    @property
    def key_columns(self) -> str:
        """Return the select-list items that `page` needs to make cursors."""
        return ", ".join(f"{key.sql} AS key_{i}" for i, key in enumerate(self.keyset.keys))

    @property
    def row_limit(self) -> int:
        """Return the rows to ask for: one more than the page says whether others follow."""
        return self.request.limit + 1

    @property
    def order_by(self) -> str:
        """Return the ORDER BY list in reading direction; nulls are last in the list's own order."""
        return ", ".join(self._order(key) for key in self.keyset.keys)

    def _order(self, key: Key) -> str:
        is_descending = key.is_descending != self.request.is_backward
        nulls = (
            f" NULLS {'FIRST' if self.request.is_backward else 'LAST'}" if key.is_nullable else ""
        )
        return f"{key.sql} {'DESC' if is_descending else 'ASC'}{nulls}"

    @property
    def parameters(self) -> tuple[Any, ...]:
        """Return the values for the placeholders of `predicate`, in order."""
        return self.values or ()

    def predicate(self, start_index: int) -> str:
        """Return the condition on rows beyond the cursor; placeholders start at `$start_index`."""
        if self.values is None:
            return "true"
        places = [f"${start_index + i}::{k.kind.sql}" for i, k in enumerate(self.keyset.keys)]
        return self._row_comparison(places) if self._is_plain else self._expanded(places)

    @property
    def _is_plain(self) -> bool:
        keys = self.keyset.keys
        return len({key.is_descending for key in keys}) == 1 and not any(
            k.is_nullable for k in keys
        )

    def _row_comparison(self, places: Sequence[str]) -> str:
        columns = ", ".join(key.sql for key in self.keyset.keys)
        return f"({columns}) {self._operator(self.keyset.keys[0])} ({', '.join(places)})"

    def _operator(self, key: Key) -> str:
        return "<" if key.is_descending != self.request.is_backward else ">"

    def _expanded(self, places: Sequence[str]) -> str:
        alternatives = []
        for i, key in enumerate(self.keyset.keys):
            equal = [
                f"{earlier.sql} IS NOT DISTINCT FROM {place}"
                for earlier, place in zip(self.keyset.keys[:i], places[:i], strict=True)
            ]
            alternatives.append(" AND ".join([*equal, self._beyond(i, key, places[i])]))
        return "(" + " OR ".join(f"({alternative})" for alternative in alternatives) + ")"

    def _beyond(self, index: int, key: Key, place: str) -> str:
        if self.parameters[index] is None:
            # Nothing comes after the nulls; the placeholder stays, as every parameter must be used.
            is_backward = self.request.is_backward
            return (
                f"{key.sql} IS NOT NULL AND {place} IS NULL"
                if is_backward
                else f"{place} IS NOT NULL"
            )
        comparison = f"{key.sql} {self._operator(key)} {place}"
        has_nulls_beyond = key.is_nullable and not self.request.is_backward
        return f"({comparison} OR {key.sql} IS NULL)" if has_nulls_beyond else comparison

    def page(self, records: Sequence[Any], row_of: Callable[[Any], T]) -> "Page[T]":
        """Cut the extra row, put the rows into the list's order and keep what cursors need."""
        has_more = len(records) > self.request.limit
        kept = list(records[: self.request.limit])
        if self.request.is_backward:
            kept.reverse()
        has_start = self.values is not None
        count = len(self.keyset.keys)
        return Page(
            rows=tuple(row_of(record) for record in kept),
            has_next=has_start if self.request.is_backward else has_more,
            has_previous=has_more if self.request.is_backward else has_start,
            keys=tuple(tuple(record[f"key_{i}"] for i in range(count)) for record in kept),
            window=self,
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the list's order. Cursors are sealed only when asked for."""

    rows: tuple[T, ...]
    has_next: bool
    has_previous: bool
    keys: tuple[tuple[Any, ...], ...] = field(default=(), repr=False)
    window: Window | None = field(default=None, repr=False)

    def cursor(self, index: int) -> str:
        """Return the sealed cursor of one row."""
        if self.window is None or self.window.request.seal is None:
            raise ValueError("this page was read without a seal")
        kinds = [key.kind for key in self.window.keyset.keys]
        values = storable(self.keys[index], kinds)
        return self.window.request.seal.seal(values, self.window.binding)
