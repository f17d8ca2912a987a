"""One row of a file of accounts."""

from dataclasses import dataclass, field
from datetime import datetime

from api.actions.intake.cells import Cells
from api.actions.intake.kind import Importing
from api.actions.intake.registry import AccountKey, read_account, read_number
from api.domain.handles import normalise_handle
from api.domain.platform import Platform
from api.domain.profiles import profile_url


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What a row says."""

    line: int = field(compare=False)
    blind_index: bytes = field(repr=False)
    key: AccountKey
    handle: str
    url: str
    verified_at: datetime | None
    last_active_at: datetime | None


def read_row(cells: Cells, importing: Importing) -> AccountRow:
    """Read one row."""
    number = read_number(cells)
    platform = cells.choice("platform", Platform)
    key = (platform.value, read_account(cells, platform, "platform_user_id"))
    handle = normalise_handle(platform, cells.text("handle", 400), field=["handle"])
    return AccountRow(
        line=cells.line,
        blind_index=importing.sealer.blind_index(number.digits),
        key=key,
        handle=handle,
        url=profile_url(platform, handle),
        verified_at=cells.moment("verified_at") if cells.optional("verified_at") else None,
        last_active_at=cells.moment("last_active_at") if cells.optional("last_active_at") else None,
    )
