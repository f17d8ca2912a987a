"""Conditions on where a person is posted today, for every list that narrows by place."""


def posted(asn_id: str, agency: str, province: str) -> str:
    """Return the condition that a person is posted to an agency or below it, and in a province.

    `asn_id` is a column of ours, `agency` and `province` are placeholders; null narrows nothing.
    """
    return f"""
    ({agency}::uuid IS NULL AND {province}::uuid IS NULL OR EXISTS (
        SELECT 1 FROM assignment asg JOIN agency home ON home.id = asg.agency_id
         WHERE asg.asn_id = {asn_id} AND asg.is_primary AND asg.from_on <= current_date
           AND coalesce(asg.to_on > current_date, true)
           AND ({agency}::uuid IS NULL OR asg.agency_id IN (
                WITH RECURSIVE below AS (
                    SELECT id FROM agency WHERE id = {agency}::uuid
                    UNION ALL SELECT unit.id FROM agency unit JOIN below
                           ON unit.parent_id = below.id)
                SELECT id FROM below))
           AND ({province}::uuid IS NULL
                OR coalesce(asg.province_id, home.province_id) = {province}::uuid)))
    """
