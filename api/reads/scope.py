"""Which rows a viewer may see, as a condition of the statement. The only place.

Staff of an agency see their agency with the units below it; staff without an agency see the nation;
a civil servant sees only their own rows. A row outside looks like one that does not exist.
"""

from api.domain.access import Role, Scope, Viewer
from api.reads.conditions import EVERYTHING, NOTHING, Condition
from api.reads.posting import below, posted_below


def agencies(viewer: Viewer, column: str, start_index: int) -> Condition:
    """Return the condition that the agency in `column` is in the viewer's scope."""
    if viewer.scope is Scope.NATIONAL:
        return EVERYTHING
    if viewer.scope is Scope.SELF:
        return NOTHING
    return Condition(f"{column} IN ({below(f'${start_index}::uuid')})", (viewer.agency_id,))


def asns(viewer: Viewer, column: str, start_index: int) -> Condition:
    """Return the condition that the civil servant whose id is in `column` is in scope."""
    if viewer.scope is Scope.NATIONAL:
        return EVERYTHING
    if viewer.scope is Scope.SELF:
        return Condition(f"{column} = ${start_index}::uuid", (viewer.asn_id,))
    return Condition(posted_below(column, f"${start_index}::uuid"), (viewer.agency_id,))


def campaigns(viewer: Viewer, campaign: str, program: str, start_index: int) -> Condition:
    """Return the condition on rows of campaign and program (aliases); holders see what is live."""
    if viewer.scope is Scope.SELF:
        return Condition(f"{campaign}.status IN ('ACTIVE', 'PAUSED', 'CLOSED')")
    return agencies(viewer, f"{program}.agency_id", start_index)


def posts(viewer: Viewer, post: str) -> Condition:
    """Return the condition on posts of a campaign in scope; holders see what was published."""
    if viewer.scope is Scope.SELF:
        return Condition(f"{post}.state NOT IN ('DRAFT', 'IN_REVIEW', 'APPROVED')")
    return EVERYTHING


def programs(viewer: Viewer, program: str, start_index: int) -> Condition:
    """Return the condition on rows of program; holders see those with a campaign they see."""
    if viewer.scope is Scope.SELF:
        live = campaigns(viewer, "live", program, start_index)
        return Condition(
            f"EXISTS (SELECT 1 FROM campaign live WHERE live.program_id = {program}.id"
            f" AND {live.sql})"
        )
    return agencies(viewer, f"{program}.agency_id", start_index)


def events(viewer: Viewer, event: str, start_index: int) -> Condition:
    """Return the condition on rows of event (an alias); holders see those they are invited to."""
    if viewer.scope is Scope.SELF:
        return Condition(
            f"{event}.id IN (SELECT mine.event_id FROM invitation mine WHERE"
            f" {_sent('mine')} AND mine.asn_id = ${start_index}::uuid)",
            (viewer.asn_id,),
        )
    return agencies(viewer, f"{event}.agency_id", start_index)


def invite_lists(viewer: Viewer, event: str, start_index: int) -> Condition:
    """Return the condition on the event of an invite list; no holder ever sees a list."""
    return agencies(viewer, f"{event}.agency_id", start_index)


def invitations(viewer: Viewer, invitation: str, event: str, start_index: int) -> Condition:
    """Return the condition on rows of invitation and event; holders see their own."""
    if viewer.scope is Scope.SELF:
        return Condition(
            f"{_sent(invitation)} AND {invitation}.asn_id = ${start_index}::uuid",
            (viewer.asn_id,),
        )
    return agencies(viewer, f"{event}.agency_id", start_index)


def _sent(invitation: str) -> str:
    """Tell an invitation from a plan: nobody learns of a list before it is sent."""
    return f"{invitation}.status NOT IN ('PROPOSED', 'WAITLISTED')"


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


def review_flags(viewer: Viewer, flag: str, start_index: int) -> Condition:
    """Return the condition on rows of review_flag; holders see their own, organisers none."""
    if viewer.role is Role.EVENT_ORGANISER:
        return NOTHING
    return asns(viewer, f"{flag}.asn_id", start_index)
