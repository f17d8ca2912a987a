"""The life of a badge: what a re-check does to it, and which changes are allowed at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from api.domain.eligibility import Assessment, Outcome, ReasonCode
from api.errors import InvalidState


class BadgeStatus(StrEnum):
    """EXPIRED and REVOKED are final; coming back is a new badge."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


_P, _A, _S = BadgeStatus.PENDING, BadgeStatus.ACTIVE, BadgeStatus.SUSPENDED
_ENDS = frozenset({BadgeStatus.EXPIRED, BadgeStatus.REVOKED})
TRANSITIONS: Mapping[BadgeStatus, frozenset[BadgeStatus]] = MappingProxyType(
    {
        _P: frozenset({_A}),
        _A: frozenset({_S}) | _ENDS,
        _S: frozenset({_A}) | _ENDS,
        BadgeStatus.REVOKED: frozenset(),
        BadgeStatus.EXPIRED: frozenset(),
    }
)


class BadgeAction(StrEnum):
    """What to do after a re-check."""

    ISSUE = "ISSUE"
    ACTIVATE = "ACTIVATE"
    KEEP = "KEEP"
    START_GRACE = "START_GRACE"
    CLEAR_GRACE = "CLEAR_GRACE"
    SUSPEND = "SUSPEND"
    REINSTATE = "REINSTATE"
    EXPIRE = "EXPIRE"
    NOTHING = "NOTHING"


@dataclass(frozen=True, slots=True)
class HeldBadge:
    """The latest badge of a person in one class."""

    status: BadgeStatus
    grace_until: datetime | None = None
    is_suspended_by_check: bool = False
    """Suspended by a re-check; a suspension by a person is lifted by a person only."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An action, and the status and grace of the badge after it; no status means no badge."""

    action: BadgeAction
    status: BadgeStatus | None
    grace_until: datetime | None = None


def require_transition(now_is: BadgeStatus, becomes: BadgeStatus) -> None:
    """Refuse a change of status that the life of a badge does not know.

    Raises:
        InvalidState: the change is not in the table.
    """
    if becomes not in TRANSITIONS[now_is]:
        raise InvalidState(f"A badge that is {now_is.value} cannot become {becomes.value}.")


def decide(
    held: HeldBadge | None, assessment: Assessment, grace_days: int, now: datetime
) -> Decision:
    """Return what a re-check does; missing data takes nothing away, a revoked badge stays revoked.

    A failed check starts the grace; only after it the badge expires. Whoever is no longer a civil
    servant is suspended at once for the length of the grace, as the badge attests to the office.
    """
    if held is None or held.status is BadgeStatus.EXPIRED:
        return _award(assessment)
    if held.status is BadgeStatus.REVOKED:
        return Decision(BadgeAction.NOTHING, held.status)
    if assessment.outcome is Outcome.UNKNOWN:
        return _keep(held)
    if assessment.outcome is Outcome.ELIGIBLE:
        return _welcome(held, assessment)
    return _fail(held, assessment, now + timedelta(days=grace_days), now)


def leave(held: HeldBadge) -> Decision:
    """Return what leaving the programme does: the badge expires at once, without blame."""
    if BadgeStatus.EXPIRED in TRANSITIONS[held.status]:
        return Decision(BadgeAction.EXPIRE, BadgeStatus.EXPIRED)
    return Decision(BadgeAction.NOTHING, held.status, held.grace_until)


def _keep(held: HeldBadge) -> Decision:
    return Decision(BadgeAction.KEEP, held.status, held.grace_until)


def _award(assessment: Assessment) -> Decision:
    if assessment.outcome is not Outcome.ELIGIBLE:
        return Decision(BadgeAction.NOTHING, None)
    status = BadgeStatus.PENDING if assessment.is_training_open else BadgeStatus.ACTIVE
    return Decision(BadgeAction.ISSUE, status)


def _welcome(held: HeldBadge, assessment: Assessment) -> Decision:
    if held.status is BadgeStatus.PENDING and not assessment.is_training_open:
        return Decision(BadgeAction.ACTIVATE, BadgeStatus.ACTIVE)
    if held.status is BadgeStatus.SUSPENDED and held.is_suspended_by_check:
        return Decision(BadgeAction.REINSTATE, BadgeStatus.ACTIVE)
    if held.grace_until is not None:
        return Decision(BadgeAction.CLEAR_GRACE, held.status)
    return _keep(held)


def _fail(
    held: HeldBadge, assessment: Assessment, new_grace_until: datetime, now: datetime
) -> Decision:
    if held.status is BadgeStatus.PENDING:
        return _keep(held)
    if held.grace_until is not None and now > held.grace_until:
        return Decision(BadgeAction.EXPIRE, BadgeStatus.EXPIRED)
    grace_until = held.grace_until or new_grace_until
    if held.status is BadgeStatus.ACTIVE and _has_left_office(assessment):
        return Decision(BadgeAction.SUSPEND, BadgeStatus.SUSPENDED, grace_until)
    if held.grace_until is None:
        return Decision(BadgeAction.START_GRACE, held.status, grace_until)
    return _keep(held)


def _has_left_office(assessment: Assessment) -> bool:
    return any(reason.code is ReasonCode.NOT_CURRENT_ASN for reason in assessment.reasons)
