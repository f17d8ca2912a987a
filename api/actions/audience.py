"""Stores what networks say about the accounts of people who agreed: audience and handle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.outbox import Lease
from api.domain.platform import AudienceKind, AudienceSource, Platform
from api.models import new_id
from api.queue import Job, enqueue

_AGREED = """
SELECT a.id, a.asn_id, a.platform_user_id FROM social_account a
  JOIN consent c ON c.account_id = a.id AND c.purpose = 'METRICS' AND c.withdrawn_at IS NULL
 WHERE a.id = ANY($1::uuid[]) ORDER BY c.id FOR SHARE OF c
"""
_OBSERVE = """
INSERT INTO audience_observation (id, asn_id, account_id, kind, count, source, observed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (asn_id, account_id, kind, source, observed_at) DO NOTHING
"""
_CHECKED = "UPDATE social_account SET last_checked_at = $2 WHERE id = ANY($1::uuid[])"
_RENAME = "UPDATE social_account SET handle = $2, url = $3 WHERE id = $1 AND handle <> $2"


@dataclass(frozen=True, slots=True)
class SeenProfile:
    """An account as its network shows it; an unknown audience is None and leaves no row."""

    platform_user_id: str
    handle: str | None
    url: str | None
    audience_count: int | None
    audience_kind: AudienceKind
    audience_source: AudienceSource
    observed_at: datetime


async def store_profiles(
    lease: Lease, platform: Platform, account_ids: Sequence[UUID], seen: Sequence[SeenProfile]
) -> None:
    """Append audience figures of accounts whose owner agreed, and ask for new assessments."""
    async with lease.transaction() as db:
        agreed = {r["platform_user_id"]: r for r in await db.fetch(_AGREED, list(account_ids))}
        for profile in seen:
            account = agreed.get(profile.platform_user_id)
            if account is not None:
                await _store(db, account["asn_id"], account["id"], profile)
        now = await db.fetchval("SELECT now()")
        await db.execute(_CHECKED, [row["id"] for row in agreed.values()], now)
        await lease.extend(db)


async def _store(db: Connection, asn_id: UUID, account_id: UUID, profile: SeenProfile) -> None:
    if profile.handle is not None:
        await db.execute(_RENAME, account_id, profile.handle, profile.url)
    if profile.audience_count is None:
        return
    figure = (profile.audience_kind.value, profile.audience_count, profile.audience_source.value)
    await db.execute(_OBSERVE, new_id(), asn_id, account_id, *figure, profile.observed_at)
    key = f"{Job.ASSESS_ELIGIBILITY}:{asn_id}"
    await enqueue(db, Job.ASSESS_ELIGIBILITY, {"asn_id": str(asn_id)}, key=key)
