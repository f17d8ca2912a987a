"""Stores what networks say about the accounts of people who agreed: audience and handle."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.account_change import drop_proof, note_access, note_gap, note_handle
from api.actions.outbox import Lease
from api.domain.platform import AudienceKind, AudienceSource
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


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a batch of accounts found; `gone` are those that cannot be read, and why.

    `replaced` are those behind whose name another account stands now.
    """

    account_ids: Sequence[UUID]
    seen: Sequence[SeenProfile]
    gone: Mapping[UUID, str] = field(default_factory=dict)
    replaced: Sequence[UUID] = ()


async def store_profiles(lease: Lease, look: Look) -> None:
    """Append audience figures of accounts whose owner agreed, and ask for new assessments."""
    async with lease.transaction() as db:
        agreed = {r["platform_user_id"]: r for r in await db.fetch(_AGREED, list(look.account_ids))}
        for profile in look.seen:
            account = agreed.get(profile.platform_user_id)
            if account is not None:
                await _store(db, account["asn_id"], account["id"], profile)
        keys = {row["id"] for row in agreed.values()}
        await _note_access(db, look, agreed, keys)
        now = await db.fetchval("SELECT now()")
        await db.execute(_CHECKED, list(keys), now)
        await lease.extend(db)


async def _note_access(
    db: Connection, look: Look, agreed: Mapping[str, Record], keys: Set[UUID]
) -> None:
    told = (profile.platform_user_id for profile in look.seen)
    await note_access(db, [agreed[each]["id"] for each in told if each in agreed])
    for account_id, code in look.gone.items():
        if account_id in keys:
            await note_gap(db, account_id, code)
    for account_id in look.replaced:
        if account_id in keys:
            await drop_proof(db, account_id)


async def _store(db: Connection, asn_id: UUID, account_id: UUID, profile: SeenProfile) -> None:
    if profile.handle is not None:
        await note_handle(db, account_id, profile.handle, profile.url)
    if profile.audience_count is None:
        return
    figure = (profile.audience_kind.value, profile.audience_count, profile.audience_source.value)
    await db.execute(_OBSERVE, new_id(), asn_id, account_id, *figure, profile.observed_at)
    key = f"{Job.ASSESS_ELIGIBILITY}:{asn_id}"
    await enqueue(db, Job.ASSESS_ELIGIBILITY, {"asn_id": str(asn_id)}, key=key)
