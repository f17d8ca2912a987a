"""Assessing one person against one policy."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from api.domain.canonical import canonical_json, instant, sha256_of
from api.domain.eligibility.facts import (
    Assessment,
    Facts,
    LinkedAccount,
    Outcome,
    Reason,
    ReasonCode,
)
from api.domain.eligibility.policy import Policy, Rule
from api.domain.eligibility.requirement import is_stale, judge, outcome_of


def assess(policy: Policy, facts: Facts, now: datetime) -> Assessment:
    """Return the outcome and a reason for every condition; missing data makes it UNKNOWN."""
    audience = _audience(policy, facts, now)
    conditions = [*_person(facts), *_linked(policy, facts), *_activity(policy, facts, now)]
    outcomes = [_combined(policy, audience), *(outcome_of(reason) for reason in conditions)]
    training = _training(policy, facts)
    return Assessment(
        outcome=_weakest(outcomes),
        reasons=(*audience, *conditions, *training),
        inputs_hash=inputs_hash(policy, facts, now),
    )


def inputs_hash(policy: Policy, facts: Facts, now: datetime) -> str:
    """Return the hash of all that decides: the policy, the facts, and which of these are fresh.

    The clock itself is left out, so that asking again without any change gives the same hash.
    """
    return sha256_of({"policy": policy.to_json(), "facts": _facts(policy, facts, now)})


def _audience(policy: Policy, facts: Facts, now: datetime) -> list[Reason]:
    reasons = (judge(item, facts.accounts, policy, now) for item in policy.requirements)
    return [reason for reason in reasons if reason is not None]


def _combined(policy: Policy, reasons: Sequence[Reason]) -> Outcome:
    outcomes = [outcome_of(reason) for reason in reasons]
    if policy.rule is Rule.ALL:
        return _weakest(outcomes)
    needed = policy.at_least if policy.rule is Rule.AT_LEAST_N and policy.at_least else 1
    met_count = outcomes.count(Outcome.ELIGIBLE)
    if met_count >= needed:
        return Outcome.ELIGIBLE
    is_open = met_count + outcomes.count(Outcome.UNKNOWN) >= needed
    return Outcome.UNKNOWN if is_open else Outcome.NOT_ELIGIBLE


def _weakest(outcomes: Sequence[Outcome]) -> Outcome:
    for outcome in (Outcome.NOT_ELIGIBLE, Outcome.UNKNOWN):
        if outcome in outcomes:
            return outcome
    return Outcome.ELIGIBLE


def _person(facts: Facts) -> list[Reason]:
    gates = (
        (ReasonCode.NOT_CURRENT_ASN, facts.is_current_asn),
        (ReasonCode.CONSENT_MISSING, facts.has_consent),
    )
    return [Reason(code) for code, is_passed in gates if not is_passed]


def _linked(policy: Policy, facts: Facts) -> list[Reason]:
    linked = {account.platform for account in facts.accounts} & policy.platforms
    if len(linked) >= policy.minimum_linked_count:
        return []
    required = policy.minimum_linked_count
    return [Reason(ReasonCode.ACCOUNT_MISSING, required=required, observed=len(linked))]


def _activity(policy: Policy, facts: Facts, now: datetime) -> list[Reason]:
    """One active account is enough; unless all of them were looked at, silence proves nothing."""
    accounts = [a for a in facts.accounts if a.is_verified and a.platform in policy.platforms]
    times = [account.last_active_at for account in accounts]
    known = [at for at in times if at is not None and at <= now]
    latest = max(known, default=None)
    if any(_is_active(at, policy, now) for at in known) or not accounts:
        return []
    code = ReasonCode.INACTIVE if len(known) == len(times) else ReasonCode.OBSERVATION_MISSING
    return [Reason(code, required=policy.activity_days, observed_at=latest)]


def _is_active(last_active_at: datetime, policy: Policy, now: datetime) -> bool:
    return now - last_active_at <= timedelta(days=policy.activity_days)


def _training(policy: Policy, facts: Facts) -> list[Reason]:
    is_open = policy.is_training_required and not facts.has_training
    return [Reason(ReasonCode.TRAINING_OPEN)] if is_open else []


def _facts(policy: Policy, facts: Facts, now: datetime) -> dict[str, object]:
    accounts = [_account(policy, account, now) for account in facts.accounts]
    return {
        "accounts": sorted(accounts, key=canonical_json),
        "hasConsent": facts.has_consent,
        "isCurrentAsn": facts.is_current_asn,
        "hasTraining": facts.has_training,
    }


def _account(policy: Policy, account: LinkedAccount, now: datetime) -> dict[str, object]:
    active_at = account.last_active_at
    seen = [
        [o.kind, o.count, o.source, instant(o.observed_at), is_stale(o, policy, now)]
        for o in account.observations
        if o.observed_at <= now
    ]
    return {
        "platform": account.platform,
        "isVerified": account.is_verified,
        "hasConsent": account.has_consent,
        "lastActiveAt": instant(active_at) if active_at and active_at <= now else None,
        "isActive": active_at is not None
        and active_at <= now
        and _is_active(active_at, policy, now),
        "observations": sorted(seen, key=canonical_json),
    }
