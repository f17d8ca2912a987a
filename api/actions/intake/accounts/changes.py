"""What an import writes about accounts: new ones with their global key, and changes."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.registry import AccountKey
from api.actions.stage import Stage
from api.models import new_id

VERIFIED = "VERIFIED"
PENDING = "PENDING"

_NEW = Stage(
    "account_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "platform": "text",
        "platform_user_id": "text",
        "handle": "text",
        "url": "text",
        "verification": "text",
        "connection": "text",
        "ownership_verified_at": "timestamptz",
        "last_active_at": "timestamptz",
        "created_at": "timestamptz",
    },
)
_KEYS = Stage(
    "account_key_stage",
    {
        "id": "uuid",
        "platform": "text",
        "platform_user_id": "text",
        "asn_id": "uuid",
        "account_id": "uuid",
    },
)
_CHANGED = Stage(
    "account_change_stage",
    {
        "id": "uuid",
        "handle": "text",
        "url": "text",
        "verification": "text",
        "ownership_verified_at": "timestamptz",
        "last_active_at": "timestamptz",
    },
)
_UPDATE = """
UPDATE social_account a
   SET handle = g.handle, url = g.url, verification = g.verification,
       ownership_verified_at = g.ownership_verified_at, last_active_at = g.last_active_at
  FROM account_change_stage g WHERE a.id = g.id
"""


@dataclass(frozen=True, slots=True)
class AccountState:
    """What may change about an account."""

    handle: str
    url: str
    verification: str
    verified_at: datetime | None
    last_active_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows to write."""

    accounts: list[tuple[object, ...]] = field(default_factory=list)
    keys: list[tuple[object, ...]] = field(default_factory=list)
    changed: list[tuple[object, ...]] = field(default_factory=list)

    def add(self, asn_id: UUID, key: AccountKey, state: AccountState, now: datetime) -> UUID:
        """Add an account and the key that keeps others from claiming it; return its id."""
        account_id = new_id()
        proof = (state.verification, "NONE", state.verified_at, state.last_active_at, now)
        self.accounts.append((account_id, asn_id, *key, state.handle, state.url, *proof))
        self.keys.append((new_id(), *key, asn_id, account_id))
        return account_id

    def change(self, account_id: UUID, state: AccountState) -> None:
        """Replace the state of an account."""
        proof = (state.verification, state.verified_at, state.last_active_at)
        self.changed.append((account_id, state.handle, state.url, *proof))

    async def write(self, db: Connection) -> None:
        """Store all of it."""
        await _NEW.add_to(db, "social_account", self.accounts)
        await _KEYS.add_to(db, "account_key", self.keys)
        await _CHANGED.fill(db, self.changed)
        await db.execute(_UPDATE)
