"""Millions of shares made in SQL: tables are filled without keys, which come at the end."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from asyncpg import Connection

SHARES_OF_A_HOLDER = 50
POSTS = 1_000
PATIENCE = 3_600
OBSERVED = ("share", "metric_observation", "reshare")

_PEOPLE = """
CREATE TABLE bench_person AS
SELECT n, new_id() AS asn_id, new_id() AS account_id FROM generate_series(1, {holders}) n;
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
SELECT asn_id, 'Contoh ' || n, 'contoh ' || n, true, true, now() FROM bench_person;
INSERT INTO social_account (id, asn_id, platform, platform_user_id, handle, url, verification,
                            connection, ownership_verified_at, created_at)
SELECT account_id, asn_id, 'X', n::text, 'contoh_' || n, 'https://x.com/contoh_' || n, 'VERIFIED',
       'NONE', now(), now() FROM bench_person;
INSERT INTO consent (id, asn_id, purpose, account_id, basis, text_version, channel, granted_at)
SELECT new_id(), asn_id, 'ACCOUNT_TRACKING', account_id, 'CONSENT', 'v1', 'BENCH', now()
  FROM bench_person;
INSERT INTO program (id, slug, name, source_url, created_by, created_at)
SELECT new_id(), 'program', 'Program', 'https://contoh.go.id', 'a', now();
INSERT INTO campaign (id, program_id, title, status, version, starts_at, ends_at, disclosure_label,
                      audience, created_by, last_edited_by, approved_by, created_at)
SELECT new_id(), id, 'Kampanye', 'ACTIVE', 1, now() - interval '20 days',
       now() + interval '20 days', 'ASN', '{{}}', 'a', 'a', 'b', now() FROM program;
INSERT INTO program_post (id, campaign_id, platform, official_post_ref, url, title, facts,
                          source_url, disclosure_text, hashtags, state, published_at, created_at)
SELECT new_id(), id, 'X', n::text, 'https://x.com/i/web/status/' || n, 'Post ' || n, '[]',
       'https://contoh.go.id', 'ASN', '[]', 'PUBLISHED', now() - interval '15 days', now()
  FROM campaign, generate_series(1, {posts}) n;
CREATE TABLE bench_post AS
SELECT row_number() OVER (ORDER BY official_post_ref) AS n, id FROM program_post;
"""
# Three times as many reshares as a third of the shares: most shares are passed on by nobody.
_SHARES = """
CREATE TABLE bench_share AS
SELECT new_id() AS id, p.asn_id, p.account_id, p.n, k, o.id AS post_id
  FROM generate_series({first}, {last}) k, bench_person p, bench_post o
 WHERE p.n % {every} = 0 AND o.n = 1 + (p.n * 7 + k * 53) % {posts};
INSERT INTO share (id, asn_id, program_post_id, account_id, platform, kind, key, native_id,
                   shared_at, time_source, post_slot, ingest_seq, offered_metrics, evidence_level,
                   review, presence, missed_sweep_count, first_observed_at)
SELECT id, asn_id, post_id, account_id, 'X', 'QUOTE', n || '-' || k, n || '-' || k,
       now() - ((n::bigint * 7919 + k * 104729) % 244800) * interval '1 minute', 'PLATFORM', 1,
       nextval('ingest_seq'), '["RESHARERS"]', 'API_CONFIRMED', 'CLEAR', 'LIVE', 0, now()
  FROM bench_share;
INSERT INTO metric_observation (id, asn_id, share_id, metric, value, source, observed_at,
                                ingest_seq)
SELECT new_id(), asn_id, id, 'RESHARERS', 0, 'IMPORT', now(), nextval('ingest_seq')
  FROM bench_share;
INSERT INTO reshare (id, asn_id, share_id, resharer_key, ordinal, reshared_at, observed_at,
                     ingest_seq, is_withdrawn)
SELECT new_id(), asn_id, id, uuid_send(id) || int4send(r), 1 + (n + r) % 3, now(), now(),
       nextval('ingest_seq'), false
  FROM bench_share, generate_series(1, 3) r WHERE (n + k) % 3 = 0 AND r <= (n * k) % 4;
"""
_CHOSEN = "SELECT asn_id, id FROM bench_share"
_FORGET = "DROP TABLE bench_share"

# Keys of other tables that lead here go first and come back last.
_KEYS = """
SELECT conrelid::regclass::text AS place, conname AS name, pg_get_constraintdef(oid) AS definition
  FROM pg_constraint
 WHERE contype IN ('p', 'u', 'f')
   AND (conrelid = ANY($1::text[]::regclass[]) OR confrelid = ANY($1::text[]::regclass[]))
 ORDER BY contype <> 'f', name
"""
_INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
  FROM pg_index i WHERE indrelid = ANY($1::text[]::regclass[]) AND NOT EXISTS (
       SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
"""
_ROOM = "SET LOCAL maintenance_work_mem = '1GB'; SET LOCAL statement_timeout = 0"


@asynccontextmanager
async def without_keys(db: Connection, tables: Sequence[str]) -> AsyncIterator[None]:
    """Take keys and indexes from tables in a transaction, and give them back at the end."""
    keys = await db.fetch(_KEYS, list(tables))
    indexes = await db.fetch(_INDEXES, list(tables))
    await db.execute(_ROOM)
    for key in keys:
        await db.execute(f"ALTER TABLE {key['place']} DROP CONSTRAINT {key['name']}")
    for index in indexes:
        await db.execute(f"DROP INDEX {index['name']}")
    yield
    for index in indexes:
        await db.execute(index["definition"], timeout=PATIENCE)
    for key in reversed(keys):
        definition = f"{key['name']} {key['definition']}"
        await db.execute(
            f"ALTER TABLE {key['place']} ADD CONSTRAINT {definition}", timeout=PATIENCE
        )


async def make_world(db: Connection, share_count: int) -> int:
    """Make people with 50 shares each, at all times of 170 days; return how many people."""
    holder_count = share_count // SHARES_OF_A_HOLDER
    await db.execute(_PEOPLE.format(holders=holder_count, posts=POSTS), timeout=PATIENCE)
    async with without_keys(db, OBSERVED):
        await _make_shares(db, 1, SHARES_OF_A_HOLDER)
        await db.execute(_FORGET)
    return holder_count


async def add_shares(db: Connection, ordinals: range, *, every: int = 1) -> list[tuple[UUID, UUID]]:
    """Give more shares to every so-many-th person; return whose and which."""
    await _make_shares(db, ordinals[0], ordinals[-1], every)
    rows = await db.fetch(_CHOSEN)
    await db.execute(_FORGET)
    return [(row["asn_id"], row["id"]) for row in rows]


async def _make_shares(db: Connection, first: int, last: int, every: int = 1) -> None:
    statement = _SHARES.format(first=first, last=last, every=every, posts=POSTS)
    await db.execute(statement, timeout=PATIENCE)
