"""Proposes the invite list of an event."""

from dataclasses import asdict
from uuid import UUID

from api.actions.idempotency import Attempt, first_result
from api.actions.invite_list.solve import ListRequest, ProposedList, solve
from api.actions.invite_list.store import store_list
from api.actions.ranking import ask_for_ranks_of_list
from api.actions.refused import Refused, noted
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.models import transaction


async def dry_run_list(viewer: Viewer, request: ListRequest) -> ProposedList:
    """Solve a list and store nothing.

    Raises:
        Invalid, NotFound, InvalidState: as `propose_list`.
    """
    async with noted(viewer, _asked(request)), transaction() as db:
        return await solve(db, viewer, request)


async def propose_list(
    viewer: Viewer, request: ListRequest, idempotency_key: str | None = None
) -> UUID:
    """Solve a list and keep it as a draft; return its id.

    Raises:
        Invalid: numbers that no list could follow, with the field of each.
        NotFound: the event, the run or the agency or province of a quota.
        InvalidState: there is no ranking yet.
    """
    attempt = Attempt("inviteListPropose", idempotency_key, asdict(request))
    async with noted(viewer, _asked(request)), transaction() as db:
        solved = await solve(db, viewer, request)
        stands = await first_result(db, viewer, attempt, solved.id)
        if stands != solved.id:
            return stands
        await store_list(db, viewer, solved)
        await ask_for_ranks_of_list(db, solved.id)
        change = Change("propose_list", "InviteList", solved.id, after=solved.proposal.sha256)
        await record(db, viewer, change)
        return solved.id


def _asked(request: ListRequest) -> Refused:
    return Refused("propose_list", "Event", request.event_id)
