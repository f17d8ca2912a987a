"""What the sign-in asks the database."""

from uuid import UUID

from api.models import connection

_AGENCY = "SELECT id FROM agency WHERE code = $1 AND valid_to_on IS NULL"


async def agency_id_of_code(code: str) -> UUID | None:
    """Return the key of the present agency of that code."""
    async with connection() as lent:
        found: UUID | None = await lent.fetchval(_AGENCY, code)
    return found
