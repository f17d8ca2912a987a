"""Open challenges: for the worker who checks them, and for the person who has to meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from api.domain.access import Viewer
from api.domain.platform import Platform
from api.models import connection
from api.reads import scope

_CLAIM = """
SELECT v.id, v.account_id, a.asn_id, a.platform, a.handle, a.platform_user_id, v.method, v.token,
       now() - v.requested_at AS age
  FROM account_verification v JOIN social_account a ON a.id = v.account_id
 WHERE v.id = $1 AND NOT v.is_confirmed AND v.expires_at > now() AND a.verification <> 'REMOVED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """An account that somebody says is theirs, and the code that will prove it."""

    verification_id: UUID
    account_id: UUID
    asn_id: UUID
    platform: Platform
    handle: str
    platform_user_id: str | None
    method: str
    token: str
    age: timedelta


async def open_claim(verification_id: UUID) -> Claim | None:
    """Return the claim, or None when it was met, has ended, or the person agrees no more."""
    async with connection() as db:
        row = await db.fetchrow(_CLAIM, verification_id)
    if row is None:
        return None
    first, account_id, asn_id, platform, *rest = row
    return Claim(first, account_id, asn_id, Platform(platform), *rest)


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """What an owner has to do until when, and what the last check found."""

    platform: Platform
    asn_id: UUID
    handle: str
    method: str
    token: str
    expires_at: datetime
    checked_at: datetime | None
    outcome_code: str | None


async def challenges(viewer: Viewer, account_ids: Sequence[UUID]) -> dict[UUID, ChallengeRow]:
    """Return the latest open challenge of each account whose owner is in scope."""
    visible = scope.asns(viewer, "a.asn_id", 2)
    statement = f"""
        SELECT DISTINCT ON (v.account_id) v.account_id, a.platform, a.asn_id, a.handle, v.method,
               v.token, v.expires_at, v.checked_at, v.outcome_code
          FROM account_verification v JOIN social_account a ON a.id = v.account_id
         WHERE v.account_id = ANY($1::uuid[]) AND a.verification <> 'REMOVED'
           AND (v.method = 'OAUTH' OR a.verification <> 'VERIFIED')
           AND NOT v.is_confirmed AND v.expires_at > now() AND {visible.sql}
         ORDER BY v.account_id, v.requested_at DESC"""
    async with connection() as db:
        records = await db.fetch(statement, list(account_ids), *visible.parameters)
    return {
        record["account_id"]: ChallengeRow(Platform(record[1]), *tuple(record)[2:])
        for record in records
    }
