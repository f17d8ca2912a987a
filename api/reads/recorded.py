"""What is recorded, in the form in which it can be compared with a network's truth."""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

_SHARES = """
SELECT p.url AS post_url, s.kind, s.native_id, a.platform_user_id, s.presence, s.id,
       (SELECT array_agg(r.resharer_key) FROM reshare r
         WHERE r.asn_id = s.asn_id AND r.share_id = s.id AND NOT r.is_withdrawn) AS resharers
  FROM share s
  JOIN program_post p ON p.id = s.program_post_id
  JOIN social_account a ON a.id = s.account_id
 WHERE s.platform = $1
"""
_LINKED = """
SELECT k.platform_user_id, k.asn_id FROM account_key k JOIN social_account a ON a.id = k.account_id
 WHERE k.platform = $1 AND a.verification = 'VERIFIED'
   AND EXISTS (SELECT 1 FROM consent c WHERE c.account_id = a.id
                  AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class RecordedShare:
    """A share as it is stored; resharers are keyed hashes."""

    post_url: str
    kind: str
    native_id: str | None
    actor_id: str
    is_live: bool
    resharers: frozenset[bytes]

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return what names it on the network: a repost by its actor, others by their id."""
        name = self.actor_id if self.kind == "REPOST" else self.native_id or ""
        return self.post_url, self.kind, name


async def recorded_shares(db: Connection, platform: str) -> list[RecordedShare]:
    """Return all shares on a network."""
    return [
        RecordedShare(
            post_url=r["post_url"],
            kind=r["kind"],
            native_id=r["native_id"],
            actor_id=r["platform_user_id"],
            is_live=r["presence"] == "LIVE",
            resharers=frozenset(r["resharers"] or ()),
        )
        for r in await db.fetch(_SHARES, platform)
    ]


async def linked_accounts(db: Connection, platform: str) -> dict[str, UUID]:
    """Return whose account each id of a network is, of those who agree to be followed."""
    return {r["platform_user_id"]: r["asn_id"] for r in await db.fetch(_LINKED, platform)}
