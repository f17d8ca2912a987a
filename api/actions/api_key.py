"""Makes and revokes machines' keys; the secret is shown once and only its hash is kept."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.domain.access import KeyScope, Role, Scope, Viewer
from api.errors import Invalid, InvalidState, NotFound, Problem
from api.models import new_id, transaction
from api.reads import scope

NAME_LENGTH = 120
LONGEST_DAYS = 366
MOST_LIVE = 2
"""Of one name and agency: the one in use and, while it is replaced, the next one."""

_LIVE = """
SELECT count(*) FROM api_key
 WHERE name = $1 AND agency_id IS NOT DISTINCT FROM $2 AND revoked_at IS NULL AND expires_at > now()
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_INSERT = """
INSERT INTO api_key (id, name, secret_sha256, role, agency_id, scopes, created_by, created_at,
                     expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8)
"""
_REVOKE = "UPDATE api_key SET revoked_at = now() WHERE id = $1"
_USED = "UPDATE api_key SET last_used_at = now() WHERE id = $1"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as an administrator asks for it."""

    name: str
    role: Role
    agency_id: UUID | None
    scopes: tuple[KeyScope, ...]
    expires_at: datetime


async def create_api_key(
    viewer: Viewer, new: NewKey, idempotency_key: str | None
) -> tuple[UUID, str | None]:
    """Make a key; return its id and the whole key, which a repeated call cannot show again.

    Raises:
        Invalid: BLANK, TOO_LONG or INVALID with the field, all at once.
        NotFound: the agency is missing or out of scope.
        InvalidState: two keys of that name live already.
    """
    if problems := _problems(new):
        raise Invalid.of(problems)
    attempt = Attempt("apiKeyCreate", idempotency_key, asdict(new))
    secret = secrets.token_urlsafe(32)
    async with transaction() as db:
        await _require_agency(db, viewer, new.agency_id)
        key = new_id()
        stands = await first_result(db, viewer, attempt, key)
        if stands != key:
            return stands, None
        await _require_room(db, new)
        digest = hashlib.sha256(secret.encode()).digest()
        scopes = sorted(one.value for one in new.scopes)
        row = (key, new.name.strip(), digest, new.role.value, new.agency_id, scopes)
        await db.execute(_INSERT, *row, viewer.subject, new.expires_at)
        await record(db, viewer, Change("create_api_key", "ApiKey", key, after=asdict(new)))
    return key, f"gema_{key.hex}_{secret}"


async def revoke_api_key(viewer: Viewer, key: UUID) -> UUID:
    """End a key for good; revoking it again changes nothing.

    Raises:
        NotFound: missing or out of scope.
    """
    visible = scope.agencies(viewer, "k.agency_id", 2)
    async with transaction() as db:
        row = await db.fetchrow(
            "SELECT k.id, k.revoked_at FROM api_key k"
            f" WHERE k.id = $1 AND {visible.sql} FOR UPDATE",
            key,
            *visible.parameters,
        )
        if row is None:
            raise NotFound(field=["apiKeyId"])
        if row["revoked_at"] is None:
            await db.execute(_REVOKE, key)
            await record(db, viewer, Change("revoke_api_key", "ApiKey", key))
    return key


async def note_key_use(key: UUID) -> None:
    """Remember when a key was last used."""
    async with transaction() as db:
        await db.execute(_USED, key)


async def _require_agency(db: Connection, viewer: Viewer, agency_id: UUID | None) -> None:
    if agency_id is None:
        if viewer.scope is not Scope.NATIONAL:
            raise NotFound(field=["agencyId"])
        return
    visible = scope.agencies(viewer, "a.id", 2)
    found = await db.fetchval(
        f"SELECT a.id FROM agency a WHERE a.id = $1 AND {visible.sql}",
        agency_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["agencyId"])


async def _require_room(db: Connection, new: NewKey) -> None:
    name = new.name.strip()
    await db.execute(_LOCK, f"api_key:{new.agency_id}:{name}")
    if await db.fetchval(_LIVE, name, new.agency_id) >= MOST_LIVE:
        raise InvalidState(f"{MOST_LIVE} keys of this name live already.", field=["name"])


def _problems(new: NewKey) -> list[Problem]:
    problems = []
    if not new.name.strip():
        problems.append(Problem("BLANK", "Name the machine.", ("name",)))
    if len(new.name) > NAME_LENGTH:
        message = f"A name has at most {NAME_LENGTH} characters."
        problems.append(Problem("TOO_LONG", message, ("name",)))
    if new.role is Role.ASN:
        problems.append(Problem("INVALID", "A machine is no civil servant.", ("role",)))
    if not new.scopes:
        problems.append(Problem("BLANK", "Give the key a scope.", ("scopes",)))
    now = datetime.now(UTC)
    if not now < new.expires_at <= now + timedelta(days=LONGEST_DAYS):
        message = f"A key lives from now for {LONGEST_DAYS} days at most."
        problems.append(Problem("INVALID", message, ("expiresAt",)))
    return problems
