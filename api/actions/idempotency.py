"""Answers a repeated mutation with its first answer."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from asyncpg import Connection, LockNotAvailableError, Record

from api.domain.access import Viewer
from api.errors import Conflict, IdempotencyMismatch, Invalid
from api.models import new_id, transaction

KEY_LENGTH = 64

_CLAIM = """
INSERT INTO idempotency_record (id, actor, mutation, key, input_sha256, result_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, now())
ON CONFLICT (actor, mutation, key) DO NOTHING
RETURNING id
"""
_FIND = """
SELECT input_sha256, result_id FROM idempotency_record
 WHERE actor = $1 AND mutation = $2 AND key = $3
"""
_POINT = """
UPDATE idempotency_record SET result_id = $4 WHERE actor = $1 AND mutation = $2 AND key = $3
"""
_KEPT = timedelta(days=7)
_FORGET = "DELETE FROM idempotency_record WHERE created_at < now() - $1::interval"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of a mutation that creates or changes something."""

    mutation: str
    key: str | None
    request: object


async def first_result(db: Connection, viewer: Viewer, attempt: Attempt, result_id: UUID) -> UUID:
    """Claim the key for `result_id`, or return the id that the same call created before.

    A twin in flight is waited for, because its row is locked until it commits.

    Raises:
        Invalid: the key is longer than 64 characters.
        Conflict: a twin is still running after the time that a lock is waited for.
        IdempotencyMismatch: the key was used with other input.
    """
    earlier = await _earlier(db, viewer, attempt, result_id)
    return result_id if earlier is None else earlier["result_id"]


async def answer_with(db: Connection, viewer: Viewer, attempt: Attempt, result_id: UUID) -> None:
    """Let repeats answer with an object that stood already, as the first call does."""
    await db.execute(_POINT, viewer.subject, attempt.mutation, attempt.key, result_id)


async def is_repeated(db: Connection, viewer: Viewer, attempt: Attempt) -> bool:
    """Claim the key of a change; tell whether the same call has made it before.

    It comes first in the transaction: what the first call did would refuse the second.

    Raises:
        Invalid, Conflict, IdempotencyMismatch: as `first_result`.
    """
    return await _earlier(db, viewer, attempt, None) is not None


async def _earlier(
    db: Connection, viewer: Viewer, attempt: Attempt, result_id: UUID | None
) -> Record | None:
    """Claim the key, or return what the same call left before."""
    if attempt.key is None:
        return None
    if len(attempt.key) > KEY_LENGTH:
        message = f"A key has at most {KEY_LENGTH} characters."
        raise Invalid(message, code="TOO_LONG", field=["idempotencyKey"])
    digest = hashlib.sha256(
        orjson.dumps(attempt.request, option=orjson.OPT_SORT_KEYS, default=str)
    ).hexdigest()
    claim = (viewer.subject, attempt.mutation, attempt.key)
    if await _is_claimed(db, (new_id(), *claim, digest, result_id)):
        return None
    found = await db.fetchrow(_FIND, *claim)
    if found["input_sha256"] != digest:
        raise IdempotencyMismatch(field=["idempotencyKey"])
    return found


async def _is_claimed(db: Connection, row: tuple[object, ...]) -> bool:
    try:
        return await db.fetchval(_CLAIM, *row) is not None
    except LockNotAvailableError as error:
        message = "The first call with this key is still running."
        raise Conflict(message, field=["idempotencyKey"]) from error


async def forget_old_keys() -> None:
    """Forget keys after seven days; the same key then starts anew."""
    async with transaction() as db:
        await db.execute(_FORGET, _KEPT)
