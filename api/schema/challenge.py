"""How an account stands with its owner, and what its owner has to do to prove it."""

from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry

from api.actions.login import login_address
from api.domain.ownership import (
    bio_instruction,
    login_instruction,
    post_instruction,
    proof_address,
)
from api.reads import ownership as reads
from api.schema.context import Info
from api.schema.loading import loader
from api.settings import Settings


@strawberry.enum(description="Whether an account is proved to be its owner's.")
class AccountState(Enum):
    """Whether ownership is proved."""

    PENDING = strawberry.enum_value("PENDING", description="Not proved yet.")
    VERIFIED = strawberry.enum_value("VERIFIED", description="Proved.")
    REJECTED = strawberry.enum_value("REJECTED", description="Checked, and not the owner's.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="A later check failed.")
    REMOVED = strawberry.enum_value("REMOVED", description="Unlinked by its owner.")


@strawberry.enum(description="Whether the access that an owner gave still works.")
class AccountAccess(Enum):
    """Whether access works."""

    NONE = strawberry.enum_value("NONE", description="No access was given; none is needed.")
    HEALTHY = strawberry.enum_value("HEALTHY", description="It works.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="It ran out: figures have a gap.")
    REVOKED = strawberry.enum_value("REVOKED", description="The owner took it back.")


@strawberry.type(description="What proves an account to be its owner's.")
class AccountChallenge:
    """A challenge."""

    instruction: str = strawberry.field(description="What to do, in Indonesian and English.")
    token: str = strawberry.field(
        description="The code, or the address, to show publicly; of a login, the address to open."
    )
    expires_at: datetime = strawberry.field(description="Timestamp until which we look for it.")
    checked_at: datetime | None = strawberry.field(description="Timestamp of the last look.")
    outcome: str | None = strawberry.field(description="Code of what the last look found.")

    @classmethod
    def of(cls, row: reads.ChallengeRow, settings: Settings) -> Self:
        """Show a row."""
        instruction, token = _task(row, settings)
        return cls(
            instruction=instruction,
            token=token,
            expires_at=row.expires_at,
            checked_at=row.checked_at,
            outcome=row.outcome_code,
        )


def _task(row: reads.ChallengeRow, settings: Settings) -> tuple[str, str]:
    if row.method == "OAUTH":
        place = (row.platform, row.asn_id, row.handle, row.token)
        return login_instruction(), login_address(settings, *place)
    if row.method == "CODE_IN_POST":
        address = proof_address(settings.public_url, row.token)
        return post_instruction(address), address
    return bio_instruction(row.token), row.token


async def find_challenge(info: Info, account_id: UUID) -> AccountChallenge | None:
    """Return the open challenge of an account whose owner is in scope."""
    viewer = info.context.caller
    found = loader(info, "account.challenge", lambda ids: reads.challenges(viewer, ids))
    row = await found.load(account_id)
    return None if row is None else AccountChallenge.of(row, info.context.settings)
