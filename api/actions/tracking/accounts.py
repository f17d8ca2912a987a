"""Which accounts of a page belong to holders."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from api.domain.platform import Platform

_HOLDERS = """
SELECT k.platform_user_id, k.asn_id, k.account_id
  FROM account_key k JOIN social_account a ON a.id = k.account_id
 WHERE k.platform = $1 AND k.platform_user_id = ANY($2) AND a.verification = 'VERIFIED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """The person and the account behind an id of a network."""

    asn_id: UUID
    account_id: UUID


async def holders_of(
    db: Connection, platform: Platform, platform_user_ids: Sequence[str]
) -> dict[str, Holder]:
    """Return the verified accounts of people who agree among these ids.

    Whoever stores a share locks the consent as well, so that a withdrawal is never overtaken.
    """
    rows = await db.fetch(_HOLDERS, platform.value, list(set(platform_user_ids)))
    return {r["platform_user_id"]: Holder(r["asn_id"], r["account_id"]) for r in rows}


_HANDLES = """
SELECT lower(a.handle) AS handle, a.platform_user_id
  FROM account_key k JOIN social_account a ON a.id = k.account_id
 WHERE a.platform = $1 AND lower(a.handle) = ANY($2) AND a.verification = 'VERIFIED'
"""


async def ids_of_handles(
    db: Connection, platform: Platform, handles: Sequence[str]
) -> dict[str, str]:
    """Return the ids of verified accounts by their handles in lower case."""
    wanted = list({handle.lower() for handle in handles})
    rows = await db.fetch(_HANDLES, platform.value, wanted) if wanted else []
    return {row["handle"]: row["platform_user_id"] for row in rows}
