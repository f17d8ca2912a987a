"""What an assessment is made of, and what comes out of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.domain.platform import AudienceKind, AudienceSource, Platform


class Outcome(StrEnum):
    """UNKNOWN means that data is missing or stale; it never takes a badge away."""

    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    UNKNOWN = "UNKNOWN"


class ReasonCode(StrEnum):
    """Why a condition is met, is not met, or cannot be judged."""

    MEETS = "MEETS"
    BELOW_THRESHOLD = "BELOW_THRESHOLD"
    ACCOUNT_MISSING = "ACCOUNT_MISSING"
    ACCOUNT_UNVERIFIED = "ACCOUNT_UNVERIFIED"
    OBSERVATION_MISSING = "OBSERVATION_MISSING"
    OBSERVATION_STALE = "OBSERVATION_STALE"
    INACTIVE = "INACTIVE"
    CONSENT_MISSING = "CONSENT_MISSING"
    NOT_CURRENT_ASN = "NOT_CURRENT_ASN"
    TRAINING_OPEN = "TRAINING_OPEN"


@dataclass(frozen=True, slots=True)
class Observation:
    """An audience figure, dated and with its source."""

    kind: AudienceKind
    count: int
    source: AudienceSource
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account that the person linked and has not removed."""

    platform: Platform
    is_verified: bool
    last_active_at: datetime | None = None
    """The last public post or counted share; None while nobody has looked."""
    observations: tuple[Observation, ...] = ()
    has_consent: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one person at the time of the assessment."""

    accounts: tuple[LinkedAccount, ...] = ()
    has_consent: bool = True
    is_current_asn: bool = True
    has_training: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an assessment; without a platform it speaks of the person as a whole."""

    code: ReasonCode
    platform: Platform | None = None
    kind: AudienceKind | None = None
    required: int | None = None
    observed: int | None = None
    source: AudienceSource | None = None
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result, the reasons in a fixed order, and the hash of what it was made of."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    inputs_hash: str

    @property
    def is_training_open(self) -> bool:
        """Tell whether a badge would have to wait for the training."""
        return any(reason.code is ReasonCode.TRAINING_OPEN for reason in self.reasons)
