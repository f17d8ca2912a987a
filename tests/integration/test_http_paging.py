"""Keyset pages against PostgreSQL: every old row once, while rows come and go."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from api.models import API_POOL, connection, open_database
from api.reads.cursors import CursorSeal, Kind
from api.reads.paging import Key, Keyset, Page, PageRequest
from api.settings import Settings

SEAL = CursorSeal(["22" * 32])
PLAIN = Keyset("rows.NAME", (Key("name", Kind.TEXT), Key("id", Kind.UUID)))
ORDERS = {
    "plain": PLAIN,
    "descending": PLAIN.descending(),
    "by time": Keyset("rows.AT", (Key("at", Kind.TIME), Key("id", Kind.UUID))),
    "nullable": Keyset(
        "rows.SCORE", (Key("score", Kind.NUMERIC, is_nullable=True), Key("id", Kind.UUID))
    ),
    "nullable descending": Keyset(
        "rows.SCORE",
        (
            Key("score", Kind.NUMERIC, is_descending=True, is_nullable=True),
            Key("name", Kind.TEXT),
            Key("id", Kind.UUID),
        ),
    ),
    "mixed": Keyset(
        "rows.MIXED",
        (
            Key("name", Kind.TEXT, is_descending=True),
            Key("day", Kind.DATE),
            Key("place", Kind.INT, is_descending=True),
            Key("is_new", Kind.BOOLEAN),
            Key("id", Kind.UUID),
        ),
    ),
}
CREATE = """
CREATE TABLE paged (id uuid PRIMARY KEY, name text NOT NULL, score numeric, at timestamptz NOT NULL,
                    day date NOT NULL, place bigint NOT NULL, is_new boolean NOT NULL)
"""
FILL = """
INSERT INTO paged
SELECT md5(n::text || $1)::uuid, 'name ' || n % 5, CASE n % 4 WHEN 0 THEN NULL ELSE n % 7 / 3.0 END,
       '2026-01-01'::timestamptz + n % 11 * interval '1.000001 s', '2026-01-01'::date + n % 3,
       n % 2,
       n % 13 = 0
  FROM generate_series(1, $2) n
"""


@pytest.fixture
async def rows(settings: Settings) -> AsyncIterator[None]:
    async with open_database(settings.database_url, API_POOL):
        async with connection() as lent:
            await lent.execute(CREATE)
            await lent.execute(FILL, "old", 100)
        yield


async def read(keyset: Keyset, request: PageRequest) -> Page[UUID]:
    window = request.open(keyset, narrowed_by={"flag": True})
    statement = f"""
        SELECT id, {window.key_columns} FROM paged
         WHERE $1 > 0 AND {window.predicate(start_index=2)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""  # noqa: S608
    async with connection() as lent:
        records = await lent.fetch(statement, 1, *window.parameters)
    return window.page(records, lambda record: record["id"])


async def execute(statement: str, *arguments: Any) -> None:
    async with connection() as lent:
        await lent.execute(statement, *arguments)


async def in_order(keyset: Keyset) -> list[UUID]:
    return list((await read(keyset, PageRequest(1_000, seal=SEAL))).rows)


@pytest.mark.parametrize(("name", "size"), list(product(ORDERS, [1, 7, 100])))
async def test_walking_either_way_gives_every_row_once_and_in_order(
    rows: None, name: str, size: int
) -> None:
    keyset = ORDERS[name]
    forward: list[UUID] = []
    page = await read(keyset, PageRequest(size, seal=SEAL))
    while page.rows:
        forward += page.rows
        assert page.has_next is (len(forward) < 100)
        page = await read(keyset, PageRequest(size, cursor=page.cursor(-1), seal=SEAL))
    backward: list[UUID] = []
    page = await read(keyset, PageRequest(size, is_backward=True, seal=SEAL))
    while page.rows:
        backward = [*page.rows, *backward]
        assert page.has_previous is (len(backward) < 100)
        request = PageRequest(size, is_backward=True, cursor=page.cursor(0), seal=SEAL)
        page = await read(keyset, request)

    assert forward == backward == await in_order(keyset)
    assert len(set(forward)) == 100


@pytest.mark.parametrize("name", ORDERS)
async def test_every_old_row_is_seen_once_while_rows_come_and_go(rows: None, name: str) -> None:
    keyset = ORDERS[name]
    old = await in_order(keyset)
    seen: list[UUID] = []
    deleted: set[UUID] = set()
    page = await read(keyset, PageRequest(9, seal=SEAL))
    while page.rows:
        seen += page.rows
        cursor = page.cursor(-1)
        await execute("DELETE FROM paged WHERE id = $1", page.rows[-1])
        deleted.add(page.rows[-1])
        await execute(FILL, f"new {len(seen)}", 3)
        page = await read(keyset, PageRequest(9, cursor=cursor, seal=SEAL))

    assert len(seen) == len(set(seen))
    assert set(old) <= set(seen)
    assert deleted <= set(seen)


async def test_the_default_order_is_served_by_an_index_that_ends_in_the_key(rows: None) -> None:
    await execute(FILL, "many", 20_000)
    await execute("CREATE INDEX ON paged (name, id)")
    await execute("ANALYZE paged")
    first = await read(PLAIN, PageRequest(10, seal=SEAL))
    window = PageRequest(10, cursor=first.cursor(-1), seal=SEAL).open(
        PLAIN, narrowed_by={"flag": True}
    )
    statement = f"""
        EXPLAIN SELECT id, {window.key_columns} FROM paged WHERE {window.predicate(start_index=1)}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""  # noqa: S608
    async with connection() as lent:
        plan = "\n".join(row[0] for row in await lent.fetch(statement, *window.parameters))

    assert "Index" in plan
    assert "Sort" not in plan
    assert "Index Cond: (ROW(name, id) > ROW" in plan
