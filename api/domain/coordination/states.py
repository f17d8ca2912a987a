"""What becomes of flags, appeals and the share under them; a machine only opens and lets go."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from api.domain.amplification import Review
from api.domain.coordination.rules import Tier
from api.errors import InvalidState


class ReviewState(StrEnum):
    """Where a flag stands."""

    OPEN = "OPEN"
    CLEARED = "CLEARED"
    REJECTED = "REJECTED"
    RELEASED = "RELEASED"


class ReviewDecision(StrEnum):
    """What a person decides about a flag."""

    CLEAR = "CLEAR"
    REJECT = "REJECT"


class AppealState(StrEnum):
    """Where an appeal stands."""

    OPEN = "OPEN"
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


class AppealDecision(StrEnum):
    """What a second person decides about an appeal."""

    UPHOLD = "UPHOLD"
    DISMISS = "DISMISS"


class LogKind(StrEnum):
    """What happened to a flag; each is one row that is never changed."""

    OPENED = "OPENED"
    STRENGTHENED = "STRENGTHENED"
    ANSWERED = "ANSWERED"
    CLEARED = "CLEARED"
    REJECTED = "REJECTED"
    RELEASED = "RELEASED"
    APPEALED = "APPEALED"
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


_DECIDED = {
    ReviewDecision.CLEAR: ReviewState.CLEARED,
    ReviewDecision.REJECT: ReviewState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class FlagStanding:
    """What the share under a flag depends on."""

    tier: Tier
    state: ReviewState


def decided(state: ReviewState, decision: ReviewDecision) -> ReviewState:
    """Return the state after a person's decision.

    Raises:
        InvalidState: the flag is not open any more.
    """
    if state is not ReviewState.OPEN:
        raise InvalidState(f"The flag is {state} already.")
    return _DECIDED[decision]


def appeal_decided(state: AppealState, decision: AppealDecision) -> AppealState:
    """Return the state of an appeal after a second person's decision.

    Raises:
        InvalidState: the appeal is not open any more.
    """
    if state is not AppealState.OPEN:
        raise InvalidState(f"The appeal is {state} already.")
    is_upheld = decision is AppealDecision.UPHOLD
    return AppealState.UPHELD if is_upheld else AppealState.DISMISSED


def review_of(flags: Iterable[FlagStanding]) -> Review:
    """Return where a share stands: any standing rejection, else any open hold, else clear."""
    known = list(flags)
    if any(flag.state is ReviewState.REJECTED for flag in known):
        return Review.REJECTED
    is_held = any(f.state is ReviewState.OPEN and f.tier is Tier.HOLD for f in known)
    return Review.UNDER_REVIEW if is_held else Review.CLEAR


_STRENGTH = {Tier.ADVISORY: 0, Tier.HOLD: 1}


def is_answered(tier: Tier, earlier: Iterable[FlagStanding]) -> bool:
    """Tell whether flags of the same rule and version, open or ended, make a new one needless.

    Nobody is asked twice about the same share by the same rule, unless the doubt grew to a hold.
    """
    return any(_STRENGTH[flag.tier] >= _STRENGTH[tier] for flag in earlier)
