"""What becomes of a share in the score, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from api.domain.amplification.gain import Inputs
from api.domain.amplification.parameters import Parameters
from api.domain.platform import EvidenceLevel, Metric, Platform


class ShareState(StrEnum):
    """What becomes of a share in the score."""

    COUNTED = "COUNTED"
    PENDING = "PENDING"
    PARTIAL = "PARTIAL"
    UNMEASURED = "UNMEASURED"
    OVER_CAP = "OVER_CAP"
    EVIDENCE_TOO_LOW = "EVIDENCE_TOO_LOW"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"
    REMOVED = "REMOVED"


class ShareReason(StrEnum):
    """Why a share is not simply counted."""

    AWAITING_METRICS = "AWAITING_METRICS"
    METRICS_MISSING = "METRICS_MISSING"
    NOT_OFFERED = "NOT_OFFERED"
    POST_CAP = "POST_CAP"
    EVIDENCE_BELOW_MINIMUM = "EVIDENCE_BELOW_MINIMUM"
    HELD_FOR_REVIEW = "HELD_FOR_REVIEW"
    REJECTED_IN_REVIEW = "REJECTED_IN_REVIEW"
    DELETED_TOO_SOON = "DELETED_TOO_SOON"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"


class Review(StrEnum):
    """Where a share stands with the reviewers."""

    CLEAR = "CLEAR"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"


SETTLED = frozenset({ShareState.COUNTED, ShareState.PARTIAL})
COUNTING = SETTLED | {ShareState.PENDING}
_STRENGTH = {level: strength for strength, level in enumerate(EvidenceLevel)}


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """What the state of one share depends on, as known at one moment."""

    platform: Platform
    shared_at: datetime
    post_slot: int
    evidence: EvidenceLevel
    offered: frozenset[Metric]
    values: Mapping[Metric, int | None] = field(default_factory=dict, hash=False)
    """Micro-people by metric; None or absent is unknown. Of a deleted share: as of its deletion."""
    review: Review = Review.CLEAR
    removed_at: datetime | None = None
    has_consent: bool = True

    def inputs(self) -> Inputs:
        """Return what the gain is computed of: the known values of metrics that are offered."""
        offered = {metric: self.values.get(metric) for metric in self.offered}
        return Inputs.of(self.platform, offered)


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a share, and the state it would have if no review were open."""

    state: ShareState
    reason: ShareReason | None
    if_cleared: ShareState


def decide(facts: ShareFacts, as_of: datetime, parameters: Parameters) -> Standing:
    """Return the state at `as_of`; of several that apply, the hardest to undo comes first."""
    if (excluded := _excluded(facts, as_of, parameters)) is not None:
        return Standing(*excluded, if_cleared=excluded[0])
    state, reason = _capped(facts, parameters) or _measured(facts, as_of, parameters)
    if facts.review is Review.UNDER_REVIEW:
        return Standing(ShareState.UNDER_REVIEW, ShareReason.HELD_FOR_REVIEW, if_cleared=state)
    return Standing(state, reason, if_cleared=state)


_Verdict = tuple[ShareState, ShareReason | None]


def _excluded(facts: ShareFacts, as_of: datetime, parameters: Parameters) -> _Verdict | None:
    if not facts.has_consent:
        return ShareState.REMOVED, ShareReason.CONSENT_WITHDRAWN
    if _died_young(facts, as_of, parameters):
        return ShareState.REMOVED, ShareReason.DELETED_TOO_SOON
    if facts.review is Review.REJECTED:
        return ShareState.REJECTED, ShareReason.REJECTED_IN_REVIEW
    return None


def _died_young(facts: ShareFacts, as_of: datetime, parameters: Parameters) -> bool:
    if facts.removed_at is None or facts.removed_at > as_of:
        return False
    lived_seconds = (facts.removed_at - facts.shared_at).total_seconds()
    return lived_seconds < parameters.removed_after_seconds


def _capped(facts: ShareFacts, parameters: Parameters) -> _Verdict | None:
    if _STRENGTH[facts.evidence] < _STRENGTH[parameters.minimum_evidence]:
        return ShareState.EVIDENCE_TOO_LOW, ShareReason.EVIDENCE_BELOW_MINIMUM
    if facts.post_slot > parameters.slots_per_post:
        return ShareState.OVER_CAP, ShareReason.POST_CAP
    return None


def _measured(facts: ShareFacts, as_of: datetime, parameters: Parameters) -> _Verdict:
    wanted = {metric for metric in facts.offered if parameters.weights.get(metric, 0) > 0}
    missing = {metric for metric in wanted if facts.values.get(metric) is None}
    if not wanted:
        return ShareState.UNMEASURED, ShareReason.NOT_OFFERED
    if not missing:
        return ShareState.COUNTED, None
    if _may_still_arrive(facts, as_of, parameters):
        return ShareState.PENDING, ShareReason.AWAITING_METRICS
    state = ShareState.UNMEASURED if missing == wanted else ShareState.PARTIAL
    return state, ShareReason.METRICS_MISSING


def _may_still_arrive(facts: ShareFacts, as_of: datetime, parameters: Parameters) -> bool:
    # Nobody can fetch the figures of a deleted share, so it need not wait for them.
    is_gone = facts.removed_at is not None and facts.removed_at <= as_of
    age_seconds = (as_of - facts.shared_at).total_seconds()
    return not is_gone and age_seconds < parameters.pending_seconds


def next_change_at(
    shared_at: datetime, standing: Standing, as_of: datetime, parameters: Parameters
) -> datetime | None:
    """Return when time alone will change the state: a pending share waits for its figures."""
    if shared_at > as_of:
        return shared_at
    if standing.if_cleared is ShareState.PENDING:
        return shared_at + timedelta(seconds=parameters.pending_seconds)
    return None
