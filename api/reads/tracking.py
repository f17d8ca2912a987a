"""What a worker needs to know before it asks a network."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Connection

from api.domain.lists import LISTS_OF_POST
from api.domain.platform import Platform
from api.models import connection


def lists_of_posts() -> str:
    """Return the rows (platform, list name) of all lists that tell who shared a post."""
    pairs = ((platform, name) for platform, names in LISTS_OF_POST.items() for name in names)
    return ", ".join(f"('{platform}', '{name}')" for platform, name in pairs)


_POST = """
SELECT p.id, p.platform, p.official_post_ref
  FROM program_post p JOIN campaign c ON c.id = p.campaign_id
 WHERE p.id = $1 AND p.state = 'PUBLISHED' AND c.status IN ('ACTIVE', 'PAUSED')
"""
_SHARE = """
SELECT s.id, s.asn_id, s.account_id, s.platform, s.native_id FROM share s
 WHERE s.asn_id = $1 AND s.id = $2 AND s.presence = 'LIVE' AND s.native_id IS NOT NULL
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = s.account_id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class PostTarget:
    """A published program post whose sharers are to be listed."""

    id: UUID
    platform: Platform
    post_ref: str


@dataclass(frozen=True, slots=True)
class ShareTarget:
    """A live share of a consenting holder whose resharers are to be listed."""

    id: UUID
    asn_id: UUID
    account_id: UUID
    platform: Platform
    native_id: str


async def post_target(post_id: UUID) -> PostTarget | None:
    """Return the post, or None when it is not to be tracked (any more)."""
    async with connection() as db:
        row = await db.fetchrow(_POST, post_id)
    if row is None:
        return None
    return PostTarget(row["id"], Platform(row["platform"]), row["official_post_ref"])


async def share_target(asn_id: UUID, share_id: UUID) -> ShareTarget | None:
    """Return the share, or None when it is gone or its holder does not agree (any more)."""
    async with connection() as db:
        row = await db.fetchrow(_SHARE, asn_id, share_id)
    if row is None:
        return None
    platform = Platform(row["platform"])
    return ShareTarget(row["id"], row["asn_id"], row["account_id"], platform, row["native_id"])


@dataclass(frozen=True, slots=True)
class AccountTarget:
    """An account whose audience is to be looked up."""

    id: UUID
    platform_user_id: str
    handle: str
    sealed_access: bytes | None = field(repr=False)


# A look at a profile costs money on X alone. A week is far below what policies accept, and where
# one accepts less, half of that: no badge lapses for want of a look that was due.
PAID_NETWORKS = "('X')"
LOOK_EVERY = f"""
CASE WHEN {{platform}} IN {PAID_NETWORKS} THEN least(interval '7 days', (
     SELECT min((document ->> 'maxAgeDays')::int) FROM eligibility_policy
      WHERE state = 'ACTIVE') * interval '12 hours')
     ELSE interval '20 hours' END
"""

_ACCOUNTS = f"""
SELECT a.id, a.platform_user_id, a.handle, t.sealed_access FROM social_account a
  LEFT JOIN account_token t ON t.account_id = a.id AND NOT t.is_revoke_only
  JOIN consent c ON c.account_id = a.id AND c.purpose = 'METRICS' AND c.withdrawn_at IS NULL
 WHERE a.platform = $1 AND a.verification = 'VERIFIED'
   AND (a.last_checked_at IS NULL
        OR a.last_checked_at < now() - {LOOK_EVERY.format(platform="a.platform")})
 ORDER BY a.last_checked_at NULLS FIRST, a.id LIMIT $2
"""


async def account_targets(platform: Platform, limit: int) -> list[AccountTarget]:
    """Return accounts not looked up lately whose owner agreed, the longest waiting first."""
    async with connection() as db:
        rows = await db.fetch(_ACCOUNTS, platform.value, limit)
    return [AccountTarget(**row) for row in rows]


_OWN = """
SELECT a.id, a.asn_id, a.platform, a.platform_user_id, a.handle, t.sealed_access,
       (SELECT min(p.published_at) FROM program_post p JOIN campaign c ON c.id = p.campaign_id
         WHERE p.state = 'PUBLISHED' AND c.status = 'ACTIVE') AS since
  FROM social_account a
  LEFT JOIN account_token t ON t.account_id = a.id AND NOT t.is_revoke_only
 WHERE a.id = $1 AND a.verification = 'VERIFIED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id AND c.purpose = $2
                  AND c.withdrawn_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class OwnTarget:
    """An account of a consenting person; `since` is when the oldest tracked post was published."""

    id: UUID
    asn_id: UUID
    platform: Platform
    platform_user_id: str
    handle: str
    sealed_access: bytes | None = field(repr=False)
    since: datetime | None


async def own_target(account_id: UUID, purpose: str) -> OwnTarget | None:
    """Return the account, or None when its owner does not agree to this purpose (any more)."""
    async with connection() as db:
        row = await db.fetchrow(_OWN, account_id, purpose)
    if row is None:
        return None
    return OwnTarget(**{**dict(row), "platform": Platform(row["platform"])})


_MEASURED = """
SELECT s.id, s.native_id FROM share s
  LEFT JOIN sync_cursor k ON k.platform = s.platform AND k.list_name = 'metrics'
        AND k.object_ref = s.native_id
 WHERE s.asn_id = $1 AND s.account_id = $2 AND s.presence = 'LIVE' AND s.native_id IS NOT NULL
   AND (s.kind <> 'REPOST' OR s.offered_metrics @> '["RESHARERS"]')
   AND (k.sweep_completed_at IS NULL OR k.sweep_completed_at < now() - $3::interval)
 ORDER BY k.sweep_completed_at NULLS FIRST, s.id LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class MeasuredShare:
    """A share whose figures are to be read."""

    id: UUID
    native_id: str


async def shares_to_measure(
    target: OwnTarget, older_than: timedelta, limit: int
) -> list[MeasuredShare]:
    """Return shares of an account whose figures were not read lately."""
    async with connection() as db:
        rows = await db.fetch(_MEASURED, target.asn_id, target.id, older_than, limit)
    return [MeasuredShare(**row) for row in rows]


_FOR_LOGIN = """
SELECT a.id, a.platform_user_id FROM social_account a
 WHERE a.platform = ANY($1) AND a.verification = 'VERIFIED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM account_token t WHERE t.account_id = a.id)
 ORDER BY a.id
"""


async def accounts_for_login(
    db: Connection, platforms: Iterable[Platform]
) -> list[tuple[UUID, str]]:
    """Return id and network's id of the consenting accounts that gave no access yet."""
    names = [platform.value for platform in platforms]
    return [tuple(row) for row in await db.fetch(_FOR_LOGIN, names)]
