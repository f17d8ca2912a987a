"""Invite lists: who may come, who gets a seat under the quotas, who waits, and why.

`propose` is the door. Behind it: candidate (the order of standing), gate (who is out), quota and
limits (the rules), pool, network and solution (the exact optimum), room, waiting and replacement
(who is called when a seat comes free), override (what is changed by hand), fairness (what quotas
cost and change), clash (minimums that cannot be met), verdict and entry (the rows), document (the
hash).
"""

from api.domain.selection.candidate import Candidate, ordered
from api.domain.selection.clash import Clash
from api.domain.selection.entry import Entry, InviteDecision
from api.domain.selection.fairness import PriceOfFairness
from api.domain.selection.gate import Gate
from api.domain.selection.limits import Bound, Side
from api.domain.selection.listing import Proposal, QuotaOutcome, Shortfall, propose
from api.domain.selection.lot import Lot
from api.domain.selection.override import Override, OverrideAction
from api.domain.selection.quota import QuotaDimension, QuotaRule, default_rules, validate
from api.domain.selection.reason import Reason, ReasonCode
from api.domain.selection.replacement import replacement
from api.domain.selection.solution import SOLVER
from api.domain.selection.terms import Terms

__all__ = [
    "SOLVER",
    "Bound",
    "Candidate",
    "Clash",
    "Entry",
    "Gate",
    "InviteDecision",
    "Lot",
    "Override",
    "OverrideAction",
    "PriceOfFairness",
    "Proposal",
    "QuotaDimension",
    "QuotaOutcome",
    "QuotaRule",
    "Reason",
    "ReasonCode",
    "Shortfall",
    "Side",
    "Terms",
    "default_rules",
    "ordered",
    "propose",
    "replacement",
    "validate",
]
