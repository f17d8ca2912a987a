"""One row of a file of consents."""

from dataclasses import dataclass, field
from datetime import datetime

from api.actions.intake.cells import Cells, refuse
from api.actions.intake.kind import Importing
from api.actions.intake.registry import AccountKey, read_account, read_number
from api.domain.platform import Platform
from api.models.privacy import Purpose

ACCOUNT_PURPOSES = frozenset({Purpose.ACCOUNT_TRACKING, Purpose.METRICS})


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What a row says; `account` is given for the purposes that concern one account."""

    line: int = field(compare=False)
    blind_index: bytes = field(repr=False)
    purpose: str
    account: AccountKey | None
    granted_at: datetime
    withdrawn_at: datetime | None
    text_version: str


def read_row(cells: Cells, importing: Importing) -> ConsentRow:
    """Read one row."""
    number = read_number(cells)
    purpose = cells.choice("purpose", Purpose)
    account = _account(cells, purpose)
    granted_at = cells.moment("granted_at")
    withdrawn_at = cells.moment("withdrawn_at") if cells.optional("withdrawn_at") else None
    if withdrawn_at is not None and withdrawn_at < granted_at:
        refuse("withdrawn_at", "INVALID", "A consent cannot be withdrawn before it is given.")
    return ConsentRow(
        line=cells.line,
        blind_index=importing.sealer.blind_index(number.digits),
        purpose=purpose.value,
        account=account,
        granted_at=granted_at,
        withdrawn_at=withdrawn_at,
        text_version=cells.text("text_version", 40),
    )


def _account(cells: Cells, purpose: Purpose) -> AccountKey | None:
    if purpose in ACCOUNT_PURPOSES:
        platform = cells.choice("platform", Platform)
        return platform.value, read_account(cells, platform, "platform_user_id")
    for column in ("platform", "platform_user_id"):
        if cells.optional(column):
            refuse(column, "INVALID", f"The purpose {purpose} concerns the person, not an account.")
    return None
