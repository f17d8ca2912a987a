"""Answers a repeated creating mutation with its first answer."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

import orjson
from asyncpg import Connection

from api.domain.access import Viewer
from api.errors import IdempotencyMismatch
from api.models import new_id

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


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of a creating mutation."""

    mutation: str
    key: str | None
    request: object


async def first_result(
    transaction: Connection, viewer: Viewer, attempt: Attempt, result_id: UUID
) -> UUID:
    """Claim the key for `result_id`, or return the id that the same call created before.

    A twin in flight is waited for, because its row is locked until it commits.

    Raises:
        IdempotencyMismatch: the key was used with other input.
    """
    if attempt.key is None:
        return result_id
    digest = hashlib.sha256(
        orjson.dumps(attempt.request, option=orjson.OPT_SORT_KEYS, default=str)
    ).hexdigest()
    claim = (viewer.subject, attempt.mutation, attempt.key)
    if await transaction.fetchval(_CLAIM, new_id(), *claim, digest, result_id) is not None:
        return result_id
    found = await transaction.fetchrow(_FIND, *claim)
    if found["input_sha256"] != digest:
        raise IdempotencyMismatch(field=["idempotencyKey"])
    earlier: UUID = found["result_id"]
    return earlier
