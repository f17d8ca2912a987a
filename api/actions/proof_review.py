"""Decisions of reviewers about proofs that no network can confirm."""

from uuid import UUID

from asyncpg import Connection, Record

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.idempotency import Attempt, is_repeated
from api.actions.reason import required_reason
from api.actions.shares.shares import LEVELS
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.errors import InvalidState, NotFound, SamePerson
from api.models import new_id, transaction
from api.reads import scope

LONGEST_REASON = 1_000

_DECIDE = """
UPDATE share_proof SET state = $3, outcome_code = 'REVIEWED', reviewed_by = $4,
       reviewed_at = now(), reason = $5
 WHERE asn_id = $1 AND id = $2
"""
_PROVE = """
INSERT INTO share_evidence (id, asn_id, share_id, mechanism, level, reference, observed_at)
VALUES ($1, $2, $3, 'PROOF_REVIEW', 'PROOF_REVIEWED', $4, now())
ON CONFLICT (asn_id, share_id, mechanism) DO UPDATE
   SET withdrawn_at = NULL, reference = excluded.reference, observed_at = excluded.observed_at
"""
_RAISE = """
UPDATE share SET evidence_level = 'PROOF_REVIEWED'
 WHERE asn_id = $1 AND id = $2
   AND array_position($3::text[], evidence_level::text)
     < array_position($3::text[], 'PROOF_REVIEWED')
"""
_UNPROVE = """
UPDATE share_evidence SET withdrawn_at = now()
 WHERE asn_id = $1 AND share_id = $2 AND mechanism = 'PROOF' AND withdrawn_at IS NULL
"""
_REJECT = """
UPDATE share s SET review = 'REJECTED' WHERE s.asn_id = $1 AND s.id = $2 AND NOT EXISTS (
       SELECT 1 FROM share_evidence e WHERE e.asn_id = s.asn_id AND e.share_id = s.id
          AND e.withdrawn_at IS NULL)
"""


async def review_proof(
    viewer: Viewer,
    share_id: UUID,
    reason: str,
    idempotency_key: str | None = None,
    *,
    is_accepted: bool,
) -> UUID:
    """Decide about the waiting proof of a share, as a second person and with a reason.

    Raises:
        Invalid: no reason, or too long a one.
        NotFound: no such share in scope.
        InvalidState: nothing waits for a reviewer.
        SamePerson: the viewer handed the proof in.
        IdempotencyMismatch: the key was used with other input.
    """
    why = required_reason(reason, longest=LONGEST_REASON)
    attempt = Attempt("shareProofReview", idempotency_key, [share_id, why, is_accepted])
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            return share_id
        row = await _waiting(db, viewer, share_id)
        state, key = ("ACCEPTED" if is_accepted else "REFUSED"), (row["asn_id"], share_id)
        await db.execute(_DECIDE, row["asn_id"], row["id"], state, viewer.subject, why)
        if is_accepted:
            await db.execute(_PROVE, new_id(), *key, f"proof:{row['id']}")
            await db.execute(_RAISE, *key, LEVELS)
        else:
            await db.execute(_UNPROVE, *key)
            await db.execute(_REJECT, *key)
        await remeasure(db, [key])
        await ask_for_ranking(db)
        change = Change("review_proof", "Share", share_id, after=state, reason=why)
        await record(db, viewer, change)
    return share_id


async def _waiting(db: Connection, viewer: Viewer, share_id: UUID) -> Record:
    """Lock the share and return its waiting proof, if this person may decide about it."""
    visible = scope.asns(viewer, "s.asn_id", 2)
    row = await db.fetchrow(
        "SELECT s.asn_id, f.id, f.submitted_by, f.given_url FROM share s"
        " LEFT JOIN share_proof f ON f.asn_id = s.asn_id AND f.share_id = s.id"
        f" AND f.state = 'WAITING' WHERE s.id = $1 AND {visible.sql} FOR UPDATE OF s",
        share_id,
        *visible.parameters,
    )
    if row is None:
        raise NotFound(field=["shareId"])
    if row["id"] is None:
        raise InvalidState("No proof of this share waits for a reviewer.")
    if row["submitted_by"] == viewer.subject or row["asn_id"] == viewer.asn_id:
        raise SamePerson
    return row
