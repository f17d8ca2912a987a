"""The first 50 of a ranking of 200,000 holders: one statement, its plan, and how long it takes."""

import time
from typing import Any
from unittest.mock import patch

from asyncpg.connection import Connection

from api.domain.access import Role, Viewer
from api.models import connection
from api.reads.cursors import CursorSeal
from api.reads.paging import PageRequest
from api.reads.ranking import RankingFilter, ranking
from tests.bench._database import empty_database, say

HOLDERS = 200_000
ROUNDS = 15
VIEWER = Viewer(subject="bench", role=Role.ADMIN, name="Bench")
SEAL = CursorSeal(["11" * 32])
INDEX = "ranking_order"

FILL = """
INSERT INTO agency (id, code, kind, valid_from_on)
SELECT new_id(), 'KEM-' || n, 'MINISTRY', '2020-01-01' FROM generate_series(1, 90) n;
INSERT INTO agency_name (id, agency_id, name, valid_from_on)
SELECT new_id(), id, 'Instansi ' || code, '2020-01-01' FROM agency;
CREATE TABLE bench_person AS
SELECT n, new_id() AS asn_id FROM generate_series(1, {holders}) n;
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
SELECT asn_id, 'Contoh ' || n, 'contoh ' || n, true, false, now() FROM bench_person;
INSERT INTO assignment (id, asn_id, agency_id, is_primary, from_on, source)
SELECT new_id(), asn_id, (SELECT array_agg(id ORDER BY code) FROM agency)[1 + n % 90], true,
       '2020-01-01', 'BENCH' FROM bench_person;
INSERT INTO social_account (id, asn_id, platform, platform_user_id, handle, url, verification,
                            connection, ownership_verified_at, created_at)
SELECT new_id(), asn_id, 'X', n::text, 'contoh_' || n, 'https://x.com/contoh_' || n, 'VERIFIED',
       'NONE', now(), now() FROM bench_person;
INSERT INTO badge (id, asn_id, badge_class_id, public_code, state, issued_at)
SELECT new_id(), asn_id, (SELECT id FROM badge_class LIMIT 1), md5(n::text), 'ACTIVE', now()
  FROM bench_person;
INSERT INTO baseline (id, formula, status, as_of, watermark, document, created_at)
SELECT new_id(), 'amp-1', 'LIVE', now(), 0, '{{}}', now();
INSERT INTO score_run (id, model, parameters, parameters_sha256, baseline_id, as_of, watermark,
                       time_zone, code_version, scope, share_count, holder_count, rows_sha256,
                       created_at)
SELECT new_id(), 'amp-1', '{{}}', repeat('0', 64), id, now() - day * interval '1 day', 0,
       'Asia/Jakarta', 'bench', 'LIVE', {holders}, {holders}, repeat('0', 64), now()
  FROM baseline, generate_series(0, 2) day;
INSERT INTO ranking (id, score_run_id, asn_id, score, quality_micro, share_count, resharer_count,
                     pending_count, breakdown)
SELECT new_id(), r.id, asn_id, (n::bigint * 7919) % 100000007 * 1000000, n % 1000000, 1, 1, 0,
       '[{{"platform": "X", "shareCount": 1, "score": "1"}}]'
  FROM score_run r, bench_person;
ANALYZE;
"""


async def main() -> None:
    """Print the plan's nodes on `ranking` and the time of first pages and of the last one."""
    async with empty_database():
        async with connection() as db:
            await db.execute("SET statement_timeout = 0")
            await db.execute(FILL.format(holders=HOLDERS), timeout=1_200)
        first = PageRequest(limit=50, seal=SEAL)
        cursor = await page("first 50", first)
        for _ in range(3):
            cursor = await page("next 50", PageRequest(limit=50, cursor=cursor, seal=SEAL))
        last = PageRequest(limit=50, is_backward=True, seal=SEAL)
        await page("last 50", last)


async def page(name: str, request: PageRequest) -> str:
    """Time a page, explain its one statement, and return where the next page begins."""
    asked: list[tuple[str, tuple[Any, ...]]] = []
    original = Connection.fetch

    async def noted(self: Connection, query: str, *values: Any, **named: Any) -> Any:
        asked.append((query, values))
        return await original(self, query, *values, **named)

    with patch.object(Connection, "fetch", noted):
        found = await ranking(VIEWER, RankingFilter(), request)
    if len(asked) != 1 or len(found.page.rows) != request.limit:
        raise AssertionError(f"{len(asked)} statements, {len(found.page.rows)} rows")
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await ranking(VIEWER, RankingFilter(), request)
        times.append((time.perf_counter() - started) * 1_000)
    say(
        f"{name}: 1 statement, median {sorted(times)[ROUNDS // 2]:.1f} ms, best {min(times):.1f} ms"
    )
    await explain(*asked[0])
    return found.page.cursor(-1)


async def explain(query: str, values: tuple[Any, ...]) -> None:
    """Print how PostgreSQL reads `ranking`; a scan of the whole table is an error."""
    async with connection() as db:
        rows = await db.fetch(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {query}", *values)
    lines = [row[0].strip() for row in rows]
    for line in lines:
        if " on ranking " in line:
            say(f"    {line}")
    if not any(INDEX in line for line in lines) or any("Seq Scan on ranking" in x for x in lines):
        raise AssertionError("the page does not come from the index")
