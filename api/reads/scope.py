"""Which rows a viewer may see, as a condition of the statement. The only place.

Staff of an agency see their agency with the units below it; staff without an agency see the nation;
a civil servant sees only their own rows. A row outside looks like one that does not exist.
"""

from dataclasses import dataclass
from typing import Any

from api.domain.access import Scope, Viewer

_BELOW = """
WITH RECURSIVE below AS (
    SELECT id FROM agency WHERE id = {place}
    UNION ALL SELECT unit.id FROM agency unit JOIN below ON unit.parent_id = below.id
) SELECT id FROM below
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """An SQL condition of ours and the values of its placeholders, in order."""

    sql: str
    parameters: tuple[Any, ...] = ()


EVERYTHING = Condition("true")
NOTHING = Condition("false")


def agencies(viewer: Viewer, column: str, start_index: int) -> Condition:
    """Return the condition that the agency in `column` is in the viewer's scope."""
    if viewer.scope is Scope.NATIONAL:
        return EVERYTHING
    if viewer.scope is Scope.SELF:
        return NOTHING
    below = _BELOW.format(place=f"${start_index}::uuid")
    return Condition(f"{column} IN ({below})", (viewer.agency_id,))


def asns(viewer: Viewer, column: str, start_index: int) -> Condition:
    """Return the condition that the civil servant whose id is in `column` is in scope."""
    if viewer.scope is Scope.NATIONAL:
        return EVERYTHING
    if viewer.scope is Scope.SELF:
        return Condition(f"{column} = ${start_index}::uuid", (viewer.asn_id,))
    below = _BELOW.format(place=f"${start_index}::uuid")
    return Condition(
        f"{column} IN (SELECT posted.asn_id FROM assignment posted WHERE posted.is_primary"
        f" AND posted.from_on <= current_date AND coalesce(posted.to_on > current_date, true)"
        f" AND posted.agency_id IN ({below}))",
        (viewer.agency_id,),
    )


def campaigns(viewer: Viewer, campaign: str, program: str, start_index: int) -> Condition:
    """Return the condition on rows of campaign and program (aliases); holders see what is live."""
    if viewer.scope is Scope.SELF:
        return Condition(f"{campaign}.status IN ('ACTIVE', 'PAUSED', 'CLOSED')")
    return agencies(viewer, f"{program}.agency_id", start_index)


def events(viewer: Viewer, event: str, start_index: int) -> Condition:
    """Return the condition on rows of event (an alias); holders see those they are invited to."""
    if viewer.scope is Scope.SELF:
        return Condition(
            f"{event}.id IN (SELECT mine.event_id FROM invitation mine"
            f" WHERE mine.asn_id = ${start_index}::uuid)",
            (viewer.asn_id,),
        )
    return agencies(viewer, f"{event}.agency_id", start_index)


def ranked(viewer: Viewer, column: str, start_index: int) -> Condition:
    """Return the condition on people of a ranking; holders see themselves and who agreed to it."""
    if viewer.scope is not Scope.SELF:
        return asns(viewer, column, start_index)
    return Condition(
        f"({column} = ${start_index}::uuid OR EXISTS (SELECT 1 FROM consent public_ranking"
        f" WHERE public_ranking.asn_id = {column} AND public_ranking.purpose = 'PUBLIC_RANKING'"
        f" AND public_ranking.withdrawn_at IS NULL))",
        (viewer.asn_id,),
    )
