"""Where people are posted today: the one meaning of it for scope, filters and cards."""


def today(alias: str) -> str:
    """Return the condition that a row of assignment is somebody's main posting of today."""
    return (
        f"{alias}.is_primary AND {alias}.from_on <= current_date"
        f" AND coalesce({alias}.to_on > current_date, true)"
    )


def below(agency: str) -> str:
    """Return the query for the ids of an agency and all units below it."""
    return (
        f"WITH RECURSIVE below AS (SELECT id FROM agency WHERE id = {agency}"
        " UNION ALL SELECT unit.id FROM agency unit JOIN below ON unit.parent_id = below.id)"
        " SELECT id FROM below"
    )


def posted_below(asn_id: str, agency: str) -> str:
    """Return the condition that a person is posted to an agency or to a unit below it."""
    return (
        f"{asn_id} IN (SELECT posted.asn_id FROM assignment posted WHERE {today('posted')}"
        f" AND posted.agency_id IN ({below(agency)}))"
    )


def posted_in(asn_id: str, province: str) -> str:
    """Return the condition that a person is posted in a province: their own or the agency's."""
    return (
        f"{asn_id} IN (SELECT posted.asn_id FROM assignment posted"
        f" JOIN agency home ON home.id = posted.agency_id WHERE {today('posted')}"
        f" AND coalesce(posted.province_id, home.province_id) = {province})"
    )
