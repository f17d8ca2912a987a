"""What the sign-in asks the database, and machines' keys as administrators see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from asyncpg import Record

from api.domain.access import Viewer
from api.models import connection
from api.reads import scope
from api.reads.cursors import Kind
from api.reads.paging import Key, Keyset, Page, PageRequest

KEYS_BY_TIME = Keyset(
    "apiKeys.CREATED_AT",
    (
        Key("k.created_at", Kind.TIME, is_descending=True),
        Key("k.id", Kind.UUID, is_descending=True),
    ),
)
_KEY_COLUMNS = """
k.id, k.name, k.secret_sha256, k.role, k.agency_id, k.scopes, k.created_at, k.expires_at,
k.last_used_at, k.revoked_at
"""
_AGENCY = "SELECT id FROM agency WHERE code = $1 AND valid_to_on IS NULL"


async def agency_id_of_code(code: str) -> UUID | None:
    """Return the key of the present agency of that code."""
    async with connection() as lent:
        found: UUID | None = await lent.fetchval(_AGENCY, code)
    return found


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """A machine's key; only the hash of its secret is known."""

    id: UUID
    name: str
    secret_sha256: bytes
    role: str
    agency_id: UUID | None
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, record: Record) -> Self:
        """Read a record."""
        return cls(*(record[name] for name in cls.__slots__))


async def api_key(key: UUID) -> ApiKeyRow | None:
    """Return a key for whoever shows it."""
    async with connection() as lent:
        found = await lent.fetchrow(f"SELECT {_KEY_COLUMNS} FROM api_key k WHERE k.id = $1", key)
    return None if found is None else ApiKeyRow.of(found)


async def api_keys(viewer: Viewer, page: PageRequest) -> Page[ApiKeyRow]:
    """Return one page of the keys of the viewer's scope, newest first."""
    window = page.open(KEYS_BY_TIME)
    visible = scope.agencies(viewer, "k.agency_id", 1)
    statement = f"""
        SELECT {_KEY_COLUMNS}, {window.key_columns} FROM api_key k
         WHERE {visible.sql} AND {window.predicate(1 + len(visible.parameters))}
         ORDER BY {window.order_by} LIMIT {window.row_limit}"""
    async with connection() as lent:
        records = await lent.fetch(statement, *visible.parameters, *window.parameters)
    return window.page(records, ApiKeyRow.of)


async def count_api_keys(viewer: Viewer) -> int:
    """Return how many keys the viewer's scope holds."""
    visible = scope.agencies(viewer, "k.agency_id", 1)
    async with connection() as lent:
        found: int = await lent.fetchval(
            f"SELECT count(*) FROM api_key k WHERE {visible.sql}", *visible.parameters
        )
    return found


async def api_keys_by_id(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, ApiKeyRow]:
    """Return those of these keys that the viewer may see."""
    visible = scope.agencies(viewer, "k.agency_id", 2)
    statement = f"""
        SELECT {_KEY_COLUMNS} FROM api_key k WHERE k.id = ANY($1::uuid[]) AND {visible.sql}"""
    async with connection() as lent:
        records = await lent.fetch(statement, list(ids), *visible.parameters)
    return {record["id"]: ApiKeyRow.of(record) for record in records}
