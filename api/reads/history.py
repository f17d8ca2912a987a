"""The recorded shares and reshares as plain events, for evaluation and for checks."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

_SHARES = "SELECT id, asn_id, shared_at FROM share ORDER BY ingest_seq"
_RESHARES = """
SELECT share_id, resharer_key, coalesce(reshared_at, observed_at) AS at FROM reshare
 WHERE NOT is_withdrawn ORDER BY ingest_seq
"""
_FOLLOWERS = """
SELECT asn_id, sum(count)::bigint AS follower_count FROM (
    SELECT DISTINCT ON (asn_id, account_id) asn_id, count FROM audience_observation
     WHERE kind = 'FOLLOWERS' AND observed_at <= $1
     ORDER BY asn_id, account_id, observed_at DESC, id DESC) latest
 GROUP BY asn_id
"""
_NAMES = """
SELECT DISTINCT ON (asn_id) asn_id, platform_user_id FROM social_account
 ORDER BY asn_id, platform, id
"""


@dataclass(frozen=True, slots=True)
class History:
    """share → (holder, time), and (share, resharer, time)."""

    shares: dict[UUID, tuple[UUID, datetime]]
    reshares: list[tuple[UUID, UUID, datetime]]


async def history(db: Connection) -> History:
    """Return every recorded share and standing reshare."""
    shares = {r["id"]: (r["asn_id"], r["shared_at"]) for r in await db.fetch(_SHARES)}
    found = await db.fetch(_RESHARES)
    reshares = [(r["share_id"], UUID(bytes=r["resharer_key"][:16]), r["at"]) for r in found]
    return History(shares, reshares)


async def follower_counts(db: Connection, at: datetime) -> dict[UUID, int]:
    """Return how many followers the accounts of each holder had together, as far as was known."""
    return {r["asn_id"]: r["follower_count"] for r in await db.fetch(_FOLLOWERS, at)}


async def account_ids(db: Connection) -> dict[UUID, str]:
    """Return one id on a network for every holder, to label scores with."""
    return {r["asn_id"]: r["platform_user_id"] for r in await db.fetch(_NAMES)}
