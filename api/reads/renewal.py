"""Access of holders that is to be exchanged for a longer one before it runs out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from api.domain.platform import Platform
from api.models import connection
from api.reads.due import LIMIT, NOBODY_ASKED, DueWork, works

# After three quarters of its life, which is on day 45 of the 60 that Meta gives.
_AGEING = """
  FROM account_token t JOIN social_account a ON a.id = t.account_id
 WHERE NOT t.is_revoke_only AND t.created_at + (t.expires_at - t.created_at) * 0.75 <= now()
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                  AND c.purpose IN ('ACCOUNT_TRACKING', 'METRICS') AND c.withdrawn_at IS NULL)
"""
_DUE = f"""
SELECT 'renew_access' AS job, jsonb_build_object('account_id', a.id) AS args,
       'renew_access:' || a.id AS key
{_AGEING}
   AND a.platform = ANY($2::text[])
   AND (t.sealed_refresh IS NOT NULL OR a.platform = ANY($3::text[]))
   AND {NOBODY_ASKED.format(key="'renew_access:' || a.id")}
 ORDER BY t.expires_at LIMIT $1
"""
_ONE = f"""
SELECT t.id, t.account_id, a.platform, t.sealed_access, t.sealed_refresh {_AGEING} AND a.id = $1
"""


async def due_renewals(
    platforms: Iterable[Platform], prolonging: Iterable[Platform]
) -> list[DueWork]:
    """List the accounts on these networks whose access ages; some prolong it by itself alone."""
    names = [[one.value for one in each] for each in (platforms, prolonging)]
    async with connection() as lent:
        return works(await lent.fetch(_DUE, LIMIT, *names))


@dataclass(frozen=True, slots=True)
class AgeingToken:
    """A token in use that will run out before long, or has."""

    id: UUID
    account_id: UUID
    platform: Platform
    sealed_access: bytes = field(repr=False)
    sealed_refresh: bytes | None = field(repr=False)


async def ageing_token(account_id: UUID) -> AgeingToken | None:
    """Return the token of an account; None when it is young, gone, or not to be used any more."""
    async with connection() as db:
        row = await db.fetchrow(_ONE, account_id)
    if row is None:
        return None
    return AgeingToken(**{**dict(row), "platform": Platform(row["platform"])})
