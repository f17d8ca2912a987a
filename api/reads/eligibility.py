"""What is known of a person when eligibility is assessed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection

from api.domain.badge import BadgeStatus, HeldBadge
from api.domain.eligibility import Facts, LinkedAccount, Observation, Policy
from api.domain.platform import AudienceKind, AudienceSource, Platform

_PERSON = """
SELECT now() AS now,
       (SELECT document FROM eligibility_policy WHERE code = $2 AND state = 'ACTIVE'
         ORDER BY version DESC LIMIT 1) AS policy,
       (SELECT id FROM eligibility_policy WHERE code = $2 AND state = 'ACTIVE'
         ORDER BY version DESC LIMIT 1) AS policy_id,
       a.is_active AND a.opted_out_at IS NULL AND EXISTS (
           SELECT 1 FROM assignment p WHERE p.asn_id = a.id AND p.is_primary
              AND p.from_on <= current_date
              AND coalesce(p.to_on > current_date, true)) AS is_current,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'platform', s.platform, 'is_verified', s.verification = 'VERIFIED',
            'last_active_at', greatest(s.last_active_at, (
                SELECT max(h.shared_at) FROM share h
                 WHERE h.asn_id = a.id AND h.account_id = s.id AND h.presence = 'LIVE')),
            'has_consent', EXISTS (SELECT 1 FROM consent c WHERE c.account_id = s.id
                AND c.purpose = 'ACCOUNT_TRACKING' AND c.withdrawn_at IS NULL),
            'observations', (
                SELECT coalesce(jsonb_agg(jsonb_build_object('kind', o.kind, 'count', o.count,
                       'source', o.source, 'observed_at', o.observed_at)
                       ORDER BY o.observed_at, o.id), '[]')
                  FROM (SELECT DISTINCT ON (kind, source) * FROM audience_observation o
                         WHERE o.asn_id = a.id AND o.account_id = s.id
                         ORDER BY kind, source, observed_at DESC, id DESC) o))
            ORDER BY s.platform, s.id), '[]')
          FROM social_account s
         WHERE s.asn_id = a.id AND s.verification <> 'REMOVED') AS accounts,
       (SELECT inputs_hash FROM eligibility_assessment e WHERE e.asn_id = a.id
         ORDER BY assessed_at DESC, id DESC LIMIT 1) AS last_hash,
       b.id AS badge_id, b.state AS badge_state, b.grace_until, b.reason AS badge_reason
  FROM asn a
  LEFT JOIN LATERAL (SELECT * FROM badge b WHERE b.asn_id = a.id
                      ORDER BY b.issued_at DESC, b.id DESC LIMIT 1) b ON true
 WHERE a.id = $1
"""
SUSPENDED_BY_CHECK = "NOT_CURRENT_ASN"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person's facts, the policy in force, and the badge held."""

    now: datetime
    policy: Policy
    policy_id: UUID
    facts: Facts
    last_inputs_hash: str | None
    badge_id: UUID | None
    held: HeldBadge | None


async def candidate(db: Connection, asn_id: UUID, policy_code: str) -> Candidate | None:
    """Return what an assessment needs, read in the transaction that stores its result."""
    row = await db.fetchrow(_PERSON, asn_id, policy_code)
    if row is None or row["policy"] is None:
        return None
    accounts = tuple(_account(item) for item in row["accounts"])
    return Candidate(
        now=row["now"],
        policy=Policy.from_json(row["policy"]),
        policy_id=row["policy_id"],
        facts=Facts(accounts=accounts, is_current_asn=row["is_current"]),
        last_inputs_hash=row["last_hash"],
        badge_id=row["badge_id"],
        held=None if row["badge_id"] is None else _held(row),
    )


def _held(row: Any) -> HeldBadge:  # noqa: ANN401
    return HeldBadge(
        status=BadgeStatus(row["badge_state"]),
        grace_until=row["grace_until"],
        is_suspended_by_check=row["badge_reason"] == SUSPENDED_BY_CHECK,
    )


def _account(item: dict[str, Any]) -> LinkedAccount:
    last_active_at = item["last_active_at"]
    return LinkedAccount(
        platform=Platform(item["platform"]),
        is_verified=item["is_verified"],
        last_active_at=None if last_active_at is None else datetime.fromisoformat(last_active_at),
        observations=tuple(_observation(seen) for seen in item["observations"]),
        has_consent=item["has_consent"],
    )


def _observation(item: dict[str, Any]) -> Observation:
    return Observation(
        kind=AudienceKind(item["kind"]),
        count=item["count"],
        source=AudienceSource(item["source"]),
        observed_at=datetime.fromisoformat(item["observed_at"]),
    )
