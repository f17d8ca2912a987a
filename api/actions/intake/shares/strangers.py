"""People whom a file knows by an id alone: pseudonymous holders, without a number or a name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.accounts.changes import VERIFIED, AccountState, Changes
from api.actions.intake.registry import AccountKey, Owner
from api.actions.stage import Stage
from api.domain.names import sort_name
from api.domain.platform import Platform
from api.models import new_id
from api.models.privacy import Purpose

BASIS = "PSEUDONYMOUS_IMPORT"
TEXT_VERSION = "pseudonymous"

# Networks on which an account has an address that needs nothing but its id.
ADDRESSES = {
    Platform.X: "https://x.com/i/user/",
    Platform.FACEBOOK: "https://www.facebook.com/",
    Platform.BLUESKY: "https://bsky.app/profile/",
}

_PEOPLE = Stage(
    "stranger_stage",
    {
        "id": "uuid",
        "full_name": "text",
        "sort_name": "text",
        "is_active": "boolean",
        "is_pseudonymous": "boolean",
        "created_at": "timestamptz",
    },
)
_CONSENTS = Stage(
    "stranger_consent_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "purpose": "text",
        "account_id": "uuid",
        "basis": "text",
        "text_version": "text",
        "channel": "text",
        "granted_at": "timestamptz",
    },
)
_LEFT = """
SELECT a.platform, a.platform_user_id FROM social_account a
  JOIN unnest($1::text[], $2::text[]) AS asked(platform, platform_user_id)
    ON a.platform = asked.platform AND a.platform_user_id = asked.platform_user_id
 WHERE a.verification = 'REMOVED'
"""


@dataclass(frozen=True, slots=True)
class Strangers:
    """Pseudonymous holders to add."""

    now: datetime
    met: set[AccountKey] = field(default_factory=set)
    people: list[tuple[object, ...]] = field(default_factory=list)
    accounts: Changes = field(default_factory=Changes)
    consents: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, key: AccountKey) -> Owner:
        """Add a holder who stands for an account, with the consents that the import rests on."""
        platform, account_ref = key
        asn_id = new_id()
        self.met.add(key)
        name = f"Pseudonim {platform} {account_ref}"
        url = ADDRESSES[Platform(platform)] + account_ref
        state = AccountState(account_ref, url, VERIFIED, None, None)
        self.people.append((asn_id, name, sort_name(name), True, True, self.now))
        account_id = self.accounts.add(asn_id, key, state, self.now)
        self._agree(asn_id, account_id)
        return Owner(asn_id, account_id, is_verified=True)

    def _agree(self, asn_id: UUID, account_id: UUID) -> None:
        for purpose in (Purpose.ACCOUNT_TRACKING, Purpose.METRICS):
            about = (new_id(), asn_id, purpose.value, account_id)
            self.consents.append((*about, BASIS, TEXT_VERSION, "IMPORT", self.now))

    async def write(self, db: Connection) -> None:
        """Store all of them."""
        await _PEOPLE.add_to(db, "asn", self.people)
        await self.accounts.write(db)
        await _CONSENTS.add_to(db, "consent", self.consents)


async def accounts_that_left(db: Connection, keys: Collection[AccountKey]) -> frozenset[AccountKey]:
    """Return the accounts that their owners have removed: they are never recorded again."""
    asked: Sequence[AccountKey] = list(keys)
    rows = await db.fetch(_LEFT, [key[0] for key in asked], [key[1] for key in asked])
    return frozenset((row["platform"], row["platform_user_id"]) for row in rows)
