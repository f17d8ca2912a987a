"""Whom a campaign addresses: the one meaning of its audience."""

from api.reads.posting import today

# One row a campaign; a part of the audience that is absent or empty means everybody, and an
# agency stands for itself and the units below it.
ADDRESSED = """
SELECT cam.id, agency.ids AS agency_ids, province.ids AS province_ids
  FROM campaign cam
 CROSS JOIN LATERAL (
       WITH RECURSIVE below AS (
           SELECT named.id::uuid AS id
             FROM jsonb_array_elements_text(cam.audience -> 'agency_ids') AS named(id)
           UNION SELECT unit.id FROM agency unit JOIN below ON unit.parent_id = below.id)
       SELECT array_agg(id) AS ids FROM below) agency
 CROSS JOIN LATERAL (
       SELECT array_agg(named.id::uuid) AS ids
         FROM jsonb_array_elements_text(cam.audience -> 'province_ids') AS named(id)) province
 WHERE cam.id = {chosen}
"""


def is_addressed(asn_id: str, row: str) -> str:
    """Return the condition that a person belongs to the audience in a row of `ADDRESSED`."""
    return (
        f"({row}.agency_ids IS NULL AND {row}.province_ids IS NULL OR EXISTS ("
        "SELECT 1 FROM assignment posted JOIN agency home ON home.id = posted.agency_id"
        f" WHERE posted.asn_id = {asn_id} AND {today('posted')}"
        f" AND ({row}.agency_ids IS NULL OR posted.agency_id = ANY({row}.agency_ids))"
        f" AND ({row}.province_ids IS NULL"
        f" OR coalesce(posted.province_id, home.province_id) = ANY({row}.province_ids))))"
    )
