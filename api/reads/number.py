"""Whole employee numbers, for nobody but the people they belong to."""

from collections.abc import Sequence
from uuid import UUID

from api.domain.access import Viewer
from api.models import connection
from api.models.sealed import Sealer
from api.settings import Secrets

_OWN = """
SELECT en.id, en.sealed FROM employee_number en WHERE en.asn_id = $1 AND en.valid_to_on IS NULL
"""


async def own_numbers(viewer: Viewer, secrets: Secrets, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the viewer's own number if the viewer is among these people, else nothing."""
    if viewer.asn_id is None or viewer.asn_id not in ids:
        return {}
    async with connection() as db:
        row = await db.fetchrow(_OWN, viewer.asn_id)
    if row is None:
        return {}
    digits = Sealer(secrets).open_number(viewer.asn_id, row["id"], row["sealed"])
    return {viewer.asn_id: digits}
