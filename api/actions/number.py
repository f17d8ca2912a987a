"""Looks into employee numbers: whose is this one, and how does that one go on. Each leaves a row.

A person who is missing and one out of scope cost the same statements and leave the same row, so
that neither answer nor time tells them apart.
"""

from uuid import UUID

from asyncpg import Connection

from api.actions.reason import required_reason
from api.actions.trail import Change, record
from api.domain import nip
from api.domain.access import Viewer
from api.errors import NotFound
from api.models import transaction
from api.models.sealed import Sealer
from api.reads import scope
from api.settings import Secrets

_NOBODY = UUID(int=0)
_OWNER = "SELECT asn_id FROM employee_number_key WHERE blind_index = $1"
_NUMBER = """
SELECT en.id, en.sealed FROM employee_number en WHERE en.asn_id = $1 AND en.valid_to_on IS NULL
"""


async def look_up_number(viewer: Viewer, secrets: Secrets, text: str, reason: str) -> UUID:
    """Return the person in scope who has or had this number.

    Raises:
        Invalid: the reason is empty or too long.
        InvalidNip: the text is no employee number.
        NotFound: nobody has it, or they are out of scope.
    """
    why, digits = required_reason(reason), _digits(text)
    async with transaction() as db:
        owner = await db.fetchval(_OWNER, Sealer(secrets).blind_index(digits)) or _NOBODY
        found = owner if await _is_visible(db, viewer, owner) else None
        await record(db, viewer, Change("look_up_number", "Asn", found, reason=why))
    if found is None:
        raise NotFound(field=["employeeNumber"])
    return found


async def reveal_number(viewer: Viewer, secrets: Secrets, asn_id: UUID, reason: str) -> str:
    """Return the whole present number of a person in scope.

    Raises:
        Invalid: the reason is empty or too long.
        NotFound: the person is missing, out of scope, or has no number on file.
    """
    why = required_reason(reason)
    async with transaction() as db:
        is_visible = await _is_visible(db, viewer, asn_id)
        row = await db.fetchrow(_NUMBER, asn_id if is_visible else _NOBODY)
        await record(db, viewer, Change("reveal_number", "Asn", asn_id, reason=why))
    if row is None:
        raise NotFound(field=["asnId"])
    return Sealer(secrets).open_number(asn_id, row["id"], row["sealed"])


def _digits(text: str) -> str:
    try:
        # The kind only decides about warnings, and nothing is stored here.
        return nip.parse(text, nip.EmploymentKind.PNS).digits
    except nip.InvalidNip as refusal:
        raise nip.InvalidNip(refusal.message, field=["employeeNumber"]) from None


async def _is_visible(db: Connection, viewer: Viewer, asn_id: UUID) -> bool:
    visible = scope.asns(viewer, "a.id", 2)
    found = await db.fetchval(
        f"SELECT EXISTS (SELECT 1 FROM asn a WHERE a.id = $1 AND {visible.sql})",
        asn_id,
        *visible.parameters,
    )
    return bool(found)
