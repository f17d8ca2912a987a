"""Invite lists: proposed, changed by hand, frozen, and computed again.

solve (what an organiser asks for becomes a list), store (its rows), propose, override, freeze,
reproduce (the same list from raw observations), facts (how a candidate is kept with the list).
"""

from api.actions.invite_list.freeze import freeze_list
from api.actions.invite_list.override import Changed, ListChange, override_list
from api.actions.invite_list.propose import dry_run_list, propose_list
from api.actions.invite_list.reproduce import is_reproducible, reproduced_sha256
from api.actions.invite_list.solve import COOL_DOWN_DAYS, ListRequest, ProposedList
from api.actions.invite_list.store import listed, outcome

__all__ = [
    "COOL_DOWN_DAYS",
    "Changed",
    "ListChange",
    "ListRequest",
    "ProposedList",
    "dry_run_list",
    "freeze_list",
    "is_reproducible",
    "listed",
    "outcome",
    "override_list",
    "propose_list",
    "reproduced_sha256",
]
