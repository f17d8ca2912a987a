"""How a candidate is kept with a list, so that the list can be solved again as it was."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from api.domain.selection import Candidate

Facts = dict[str, object]


def facts_of(one: Candidate) -> Facts:
    """Return everything but person and score as plain values."""
    return {
        "agency": one.agency_key,
        "province": one.province_key,
        "quality": one.quality_micro,
        "shares": one.counted_share_count,
        "badge": one.has_active_badge,
        "consent": one.has_consent,
        "declined": one.has_declined,
        "conflict": one.has_conflict,
        "invited_on": None if one.last_invited_on is None else one.last_invited_on.isoformat(),
        "accepted_on": [day.isoformat() for day in one.accepted_on],
    }


def candidate_of(asn_id: UUID, score: int, facts: Mapping[str, Any]) -> Candidate:
    """Return the candidate of a row."""
    invited_on = facts["invited_on"]
    return Candidate(
        asn_id=asn_id,
        agency_key=facts["agency"],
        province_key=facts["province"],
        score=score,
        quality_micro=facts["quality"],
        counted_share_count=facts["shares"],
        has_active_badge=facts["badge"],
        has_consent=facts["consent"],
        has_declined=facts["declined"],
        has_conflict=facts["conflict"],
        last_invited_on=None if invited_on is None else date.fromisoformat(invited_on),
        accepted_on=tuple(date.fromisoformat(day) for day in facts["accepted_on"]),
    )
