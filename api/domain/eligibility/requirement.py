"""Judging one requirement against the accounts on its platform."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.domain.eligibility.facts import LinkedAccount, Observation, Outcome, Reason, ReasonCode
from api.domain.eligibility.policy import Policy, Requirement, When
from api.domain.platform import AudienceSource

OUTCOMES = {
    ReasonCode.MEETS: Outcome.ELIGIBLE,
    ReasonCode.OBSERVATION_MISSING: Outcome.UNKNOWN,
    ReasonCode.OBSERVATION_STALE: Outcome.UNKNOWN,
}
_FROM_BEST = (Outcome.ELIGIBLE, Outcome.UNKNOWN, Outcome.NOT_ELIGIBLE)


def outcome_of(reason: Reason) -> Outcome:
    """Return what one reason says about its own condition."""
    return OUTCOMES.get(reason.code, Outcome.NOT_ELIGIBLE)


def judge(
    requirement: Requirement, accounts: Sequence[LinkedAccount], policy: Policy, now: datetime
) -> Reason | None:
    """Return the reason for one requirement; the best of the accounts on its platform speaks.

    None: the requirement does not bind a person without such an account.
    """
    own = [account for account in accounts if account.platform is requirement.platform]
    reasons = [_judge_account(requirement, account, policy, now) for account in own]
    if reasons:
        return min(reasons, key=_from_best)
    if requirement.when is When.IF_LINKED:
        return None
    return _reason(ReasonCode.ACCOUNT_MISSING, requirement)


def usable_observation(
    requirement: Requirement, account: LinkedAccount, policy: Policy, now: datetime
) -> Observation | None:
    """Return the latest figure of the right kind and source; the better source wins ties."""
    accepted = (source for source in policy.sources if source is not AudienceSource.DECLARED)
    sources: list[AudienceSource] = list(accepted)
    usable = [
        observation
        for observation in account.observations
        if observation.kind is requirement.kind
        and observation.source in sources
        and observation.observed_at <= now
    ]
    return max(
        usable,
        key=lambda seen: (seen.observed_at, -sources.index(seen.source), seen.count),
        default=None,
    )


def is_stale(observation: Observation, policy: Policy, now: datetime) -> bool:
    """Tell whether an observation is older than the policy accepts."""
    return now - observation.observed_at > timedelta(days=policy.max_age_days)


def _judge_account(
    requirement: Requirement, account: LinkedAccount, policy: Policy, now: datetime
) -> Reason:
    if not account.is_verified:
        return _reason(ReasonCode.ACCOUNT_UNVERIFIED, requirement)
    if not account.has_consent:
        return _reason(ReasonCode.CONSENT_MISSING, requirement)
    seen = usable_observation(requirement, account, policy, now)
    if seen is None:
        return _reason(ReasonCode.OBSERVATION_MISSING, requirement)
    if is_stale(seen, policy, now):
        return _reason(ReasonCode.OBSERVATION_STALE, requirement, seen)
    is_met = seen.count >= requirement.minimum
    code = ReasonCode.MEETS if is_met else ReasonCode.BELOW_THRESHOLD
    return _reason(code, requirement, seen)


def _reason(code: ReasonCode, requirement: Requirement, seen: Observation | None = None) -> Reason:
    return Reason(
        code=code,
        platform=requirement.platform,
        kind=requirement.kind,
        required=requirement.minimum,
        observed=seen.count if seen else None,
        source=seen.source if seen else None,
        observed_at=seen.observed_at if seen else None,
    )


def _from_best(reason: Reason) -> tuple[int, int, int, float, str]:
    codes = tuple(ReasonCode)
    rank = _FROM_BEST.index(outcome_of(reason))
    age = -reason.observed_at.timestamp() if reason.observed_at else 0.0
    return rank, codes.index(reason.code), -(reason.observed or 0), age, reason.source or ""
