"""Keeps the access that the owner of an account gave, sealed; one usable token an account."""

from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.models import new_id
from api.models.sealed import Sealer

_KEEP = """
INSERT INTO account_token (id, asn_id, account_id, sealed_access, expires_at, is_revoke_only,
                           created_at)
SELECT $1, asn_id, id, $3, $4, false, now() FROM social_account WHERE id = $2
ON CONFLICT (account_id) WHERE NOT is_revoke_only DO UPDATE
   SET sealed_access = excluded.sealed_access, expires_at = excluded.expires_at
"""
_CONNECTED = "UPDATE social_account SET connection = 'HEALTHY' WHERE id = $1"


async def keep_token(
    db: Connection, sealer: Sealer, account_id: UUID, access: str, expires_at: datetime | None
) -> None:
    """Keep the access to an account in the place of an older one."""
    sealed = sealer.seal_token(account_id, access)
    await db.execute(_KEEP, new_id(), account_id, sealed, expires_at)
    await db.execute(_CONNECTED, account_id)
