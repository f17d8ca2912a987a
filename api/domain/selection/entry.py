"""One row of an invite list."""

from dataclasses import dataclass
from enum import StrEnum

from api.domain.selection.candidate import Candidate
from api.domain.selection.reason import Reason


class InviteDecision(StrEnum):
    """What becomes of a person on a list."""

    ADMITTED = "ADMITTED"
    WAITLISTED = "WAITLISTED"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    COOLING_DOWN = "COOLING_DOWN"
    QUOTA_FULL = "QUOTA_FULL"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person's row: rank among all, seat or place on the waiting list, and why.

    QUOTA_FULL is somebody who stands higher than a person with a seat, or could have an empty
    one, but for a quota; such a person may still have a place on the waiting list.
    """

    rank: int
    candidate: Candidate
    decision: InviteDecision
    reasons: tuple[Reason, ...]
    position: int | None = None
    waiting_position: int | None = None
