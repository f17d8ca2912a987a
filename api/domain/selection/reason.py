"""Why a row of the list is what it is: a stable code, its data, and a sentence."""

from dataclasses import dataclass
from enum import StrEnum


class ReasonCode(StrEnum):
    """What can be said about a row; codes are never reused."""

    POINTS = "POINTS"
    ADMITTED_BY_AGENCY_QUOTA = "ADMITTED_BY_AGENCY_QUOTA"
    ADMITTED_BY_PROVINCE_QUOTA = "ADMITTED_BY_PROVINCE_QUOTA"
    ADMITTED_BY_NEWCOMER_QUOTA = "ADMITTED_BY_NEWCOMER_QUOTA"
    FEWER_POINTS = "FEWER_POINTS"
    AGENCY_FULL = "AGENCY_FULL"
    PROVINCE_FULL = "PROVINCE_FULL"
    NEWCOMERS_FULL = "NEWCOMERS_FULL"
    QUOTA_ELSEWHERE = "QUOTA_ELSEWHERE"
    WAITING = "WAITING"
    WAITING_FOR_AGENCY = "WAITING_FOR_AGENCY"
    WAITING_FOR_PROVINCE = "WAITING_FOR_PROVINCE"
    WAITING_FOR_NEWCOMERS = "WAITING_FOR_NEWCOMERS"
    NO_ACTIVE_BADGE = "NO_ACTIVE_BADGE"
    CONSENT_MISSING = "CONSENT_MISSING"
    NO_COUNTED_SHARE = "NO_COUNTED_SHARE"
    BELOW_EVENT_MINIMUM = "BELOW_EVENT_MINIMUM"
    DECLINED_THIS_EVENT = "DECLINED_THIS_EVENT"
    CONFLICT = "CONFLICT"
    COOLING_DOWN = "COOLING_DOWN"
    ADMITTED_BY_HAND = "ADMITTED_BY_HAND"
    REMOVED_BY_HAND = "REMOVED_BY_HAND"
    DRAWN_BY_LOT = "DRAWN_BY_LOT"


SENTENCES = {
    ReasonCode.POINTS: "Admitted on points, at rank {rank}.",
    ReasonCode.ADMITTED_BY_AGENCY_QUOTA: "Admitted because of an agency quota.",
    ReasonCode.ADMITTED_BY_PROVINCE_QUOTA: "Admitted because of a province quota.",
    ReasonCode.ADMITTED_BY_NEWCOMER_QUOTA: "Admitted because of the quota for newcomers.",
    ReasonCode.FEWER_POINTS: "All {seats} seats went to people who stand higher.",
    ReasonCode.AGENCY_FULL: "The agency is at its maximum of {maximum}.",
    ReasonCode.PROVINCE_FULL: "The province is at its maximum of {maximum}.",
    ReasonCode.NEWCOMERS_FULL: "Newcomers are at their maximum of {maximum}.",
    ReasonCode.QUOTA_ELSEWHERE: "A quota gave the seat to somebody who stands lower.",
    ReasonCode.WAITING: "Place {position} on the waiting list.",
    ReasonCode.WAITING_FOR_AGENCY: "Is called when a seat of the agency comes free.",
    ReasonCode.WAITING_FOR_PROVINCE: "Is called when a seat of the province comes free.",
    ReasonCode.WAITING_FOR_NEWCOMERS: "Is called when a seat of a newcomer comes free.",
    ReasonCode.NO_ACTIVE_BADGE: "Has no active badge.",
    ReasonCode.CONSENT_MISSING: "Has not agreed to be considered.",
    ReasonCode.NO_COUNTED_SHARE: "Has no counted share.",
    ReasonCode.BELOW_EVENT_MINIMUM: "Has fewer points than this event asks for.",
    ReasonCode.DECLINED_THIS_EVENT: "Has declined this event.",
    ReasonCode.CONFLICT: "Has a conflict of interest.",
    ReasonCode.COOLING_DOWN: "Was invited lately; may be invited again from {until}.",
    ReasonCode.ADMITTED_BY_HAND: "Admitted by a person: {reason}",
    ReasonCode.REMOVED_BY_HAND: "Taken off by a person: {reason}",
    ReasonCode.DRAWN_BY_LOT: (
        "Drew number {number} among {people} people whom the evidence cannot tell apart at the last"
        " seat."
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; its data are kept, so that it can be said in any language."""

    code: ReasonCode
    data: tuple[tuple[str, int | str], ...] = ()

    @classmethod
    def of(cls, code: ReasonCode, **data: int | str) -> "Reason":
        """Build a reason from named data."""
        return cls(code, tuple(sorted(data.items())))

    @property
    def message(self) -> str:
        """Say it in English."""
        return SENTENCES[self.code].format(**dict(self.data))
