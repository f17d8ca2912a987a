"""Assesses a person against the policy in force and lets the badge follow."""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import ask_for_ranking
from api.actions.outbox import Lease
from api.actions.reference import BADGE_CLASS
from api.actions.trail import Change, record
from api.domain.access import SYSTEM
from api.domain.badge import BadgeAction, Decision, decide
from api.domain.eligibility import Assessment, Reason, assess, message_in_english
from api.models import new_id
from api.reads.eligibility import SUSPENDED_BY_CHECK, Candidate, candidate

# 96 bits at least, so that nobody finds a code by trying.
CODE_BYTES = 15

_ONE_AT_A_TIME = "SELECT id FROM asn WHERE id = $1 FOR NO KEY UPDATE"
_ASSESSMENT = """
INSERT INTO eligibility_assessment
       (id, asn_id, policy_id, outcome, reasons, inputs_hash, assessed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_ISSUE = """
INSERT INTO badge (id, asn_id, badge_class_id, public_code, state, issued_at)
SELECT $1, $2, id, $3, $4, $5 FROM badge_class WHERE code = $6
"""
_CHANGE = """
UPDATE badge SET state = $2::text, grace_until = $3, reason = $4,
       ended_at = CASE WHEN $2::text = 'EXPIRED' THEN $5::timestamptz ELSE ended_at END
 WHERE id = $1
"""
_VERBS: Mapping[BadgeAction, str] = MappingProxyType(
    {
        BadgeAction.ISSUE: "issue_badge",
        BadgeAction.ACTIVATE: "activate_badge",
        BadgeAction.START_GRACE: "start_badge_grace",
        BadgeAction.CLEAR_GRACE: "clear_badge_grace",
        BadgeAction.SUSPEND: "suspend_badge",
        BadgeAction.REINSTATE: "reinstate_badge",
        BadgeAction.EXPIRE: "expire_badge",
    }
)


async def assess_person(lease: Lease, asn_id: UUID, policy_code: str) -> None:
    """Store an assessment if anything that decides has changed, and let the badge follow it."""
    async with lease.transaction() as db:
        await db.execute(_ONE_AT_A_TIME, asn_id)
        person = await candidate(db, asn_id, policy_code)
        if person is not None:
            assessment = assess(person.policy, person.facts, person.now)
            if assessment.inputs_hash != person.last_inputs_hash:
                await _store(db, asn_id, person, assessment)
            await _follow(db, asn_id, person, assessment)
        await lease.finish(db)


async def _store(db: Connection, asn_id: UUID, person: Candidate, assessment: Assessment) -> None:
    await db.execute(
        _ASSESSMENT,
        new_id(),
        asn_id,
        person.policy_id,
        assessment.outcome.value,
        [_plain(reason) for reason in assessment.reasons],
        assessment.inputs_hash,
        person.now,
    )


async def _follow(db: Connection, asn_id: UUID, person: Candidate, assessment: Assessment) -> None:
    decision = decide(person.held, assessment, person.policy.grace_days, person.now)
    verb = _VERBS.get(decision.action)
    if verb is None or decision.status is None:
        return
    badge_id = person.badge_id
    if decision.action is BadgeAction.ISSUE or badge_id is None:
        badge_id = new_id()
        code = secrets.token_urlsafe(CODE_BYTES)
        row = (badge_id, asn_id, code, decision.status.value, person.now, BADGE_CLASS)
        await db.execute(_ISSUE, *row)
    else:
        await db.execute(_CHANGE, badge_id, *_changed(decision), person.now)
    await record(db, SYSTEM, Change(verb, "Badge", badge_id, after=decision.status.value))
    await ask_for_ranking(db)


def _changed(decision: Decision) -> tuple[object, ...]:
    reason = SUSPENDED_BY_CHECK if decision.action is BadgeAction.SUSPEND else None
    status = None if decision.status is None else decision.status.value
    return status, decision.grace_until, reason


def _plain(reason: Reason) -> dict[str, object]:
    """Return a reason as the row keeps it; times as text, absent parts as null."""
    return {
        "code": reason.code.value,
        "platform": reason.platform and reason.platform.value,
        "kind": reason.kind and reason.kind.value,
        "required": reason.required,
        "observed": reason.observed,
        "source": reason.source and reason.source.value,
        "observed_at": reason.observed_at and reason.observed_at.isoformat(),
        "message": message_in_english(reason),
    }
