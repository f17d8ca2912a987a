"""The locks that every transaction takes before it stores observations, always in this order."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Connection

from api.actions.watermark import join_ingest

_CONSENT = """
SELECT asn_id, account_id FROM consent
 WHERE account_id = ANY($1::uuid[]) AND purpose = 'ACCOUNT_TRACKING' AND withdrawn_at IS NULL
 ORDER BY id FOR SHARE
"""
_HOLDERS = "SELECT id FROM asn WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"


async def lock_for_ingest(
    transaction: Connection, accounts: Iterable[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Return (holder, account) of those accounts whose owner agrees to be followed.

    A withdrawal waits for this transaction, and another ingest for the same holder too: slots and
    ordinals are counted by one at a time.
    """
    await join_ingest(transaction)
    rows = await transaction.fetch(_CONSENT, list(set(accounts)))
    agreed = frozenset((row["asn_id"], row["account_id"]) for row in rows)
    await transaction.execute(_HOLDERS, list({asn_id for asn_id, _ in agreed}))
    return agreed
