"""Who may be considered at all, and what keeps the others out until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from api.domain.selection.candidate import Candidate
from api.domain.selection.reason import Reason, ReasonCode


@dataclass(frozen=True, slots=True)
class Gate:
    """What an event asks of everybody, as of one civil day."""

    on: date
    cool_down_days: int = 60
    acceptance_limit: int = 2
    acceptance_days: int = 180
    minimum_score: int = 0

    def obstacles(self, candidate: Candidate) -> tuple[Reason, ...]:
        """Return every reason why the person is not eligible, in a fixed order."""
        if (
            candidate.has_active_badge
            and candidate.has_consent
            and candidate.counted_share_count > 0
            and not candidate.has_declined
            and not candidate.has_conflict
            and candidate.score >= self.minimum_score
        ):
            return ()
        return tuple(Reason(code) for code in self._failures(candidate))

    def cool_down(self, candidate: Candidate) -> Reason | None:
        """Return why the person rests, with the first day on which they may be invited again."""
        if candidate.last_invited_on is None and not candidate.accepted_on:
            return None
        free_on = max(
            self._free_after_invitation(candidate), self._free_after_acceptance(candidate)
        )
        if free_on <= self.on:
            return None
        return Reason.of(ReasonCode.COOLING_DOWN, until=free_on.isoformat())

    def _failures(self, candidate: Candidate) -> Iterator[ReasonCode]:
        if not candidate.has_active_badge:
            yield ReasonCode.NO_ACTIVE_BADGE
        if not candidate.has_consent:
            yield ReasonCode.CONSENT_MISSING
        if candidate.counted_share_count < 1:
            yield ReasonCode.NO_COUNTED_SHARE
        if candidate.score < self.minimum_score:
            yield ReasonCode.BELOW_EVENT_MINIMUM
        if candidate.has_declined:
            yield ReasonCode.DECLINED_THIS_EVENT
        if candidate.has_conflict:
            yield ReasonCode.CONFLICT

    def _free_after_invitation(self, candidate: Candidate) -> date:
        if candidate.last_invited_on is None:
            return date.min
        return candidate.last_invited_on + timedelta(days=self.cool_down_days)

    def _free_after_acceptance(self, candidate: Candidate) -> date:
        """The person is free when the acceptance that completes the limit leaves the window."""
        if len(candidate.accepted_on) < self.acceptance_limit:
            return date.min
        accepted = sorted(candidate.accepted_on, reverse=True)
        return accepted[self.acceptance_limit - 1] + timedelta(days=self.acceptance_days)
