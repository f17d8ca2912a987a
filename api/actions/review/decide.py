"""What people do about a flag: the holder answers, somebody else decides with a reason."""

from uuid import UUID

from asyncpg import Connection, Record

from api.actions.audit import note_denial
from api.actions.idempotency import Attempt, is_repeated
from api.actions.review.flags import lock_share, log, settle, standings
from api.domain.access import Viewer
from api.domain.coordination import LogKind, ReviewDecision, ReviewState, decided
from api.errors import Invalid, InvalidState, NotFound, SamePerson
from api.models import transaction
from api.reads import scope

LONGEST_TEXT = 2_000
MOST_ANSWERS = 10

_DECIDE = """
UPDATE review_flag SET state = $3, decided_at = now(), decided_by = $4, reason = $5
 WHERE asn_id = $1 AND id = $2
"""
_OWN_WORDS = """
SELECT EXISTS (SELECT 1 FROM review_entry WHERE asn_id = ANY($1::uuid[]) AND actor = $2
                  AND role = 'ASN')
"""
_ANSWERS = """
SELECT count(*) FROM review_entry WHERE asn_id = $1 AND flag_id = $2 AND kind = 'ANSWERED'
"""


async def decide_flag(
    viewer: Viewer,
    flag_id: UUID,
    decision: ReviewDecision,
    reason: str,
    idempotency_key: str | None = None,
) -> None:
    """Clear or reject an open flag; a cleared one gives the points back, a rejected one none.

    Raises:
        Invalid: BLANK or TOO_LONG reason.
        NotFound: the flag is missing or out of scope; noted in the trail.
        SamePerson: the decider is a person concerned.
        InvalidState: the flag is decided already.
        IdempotencyMismatch: the key was used with other input.
    """
    text = checked_text(reason, "reason")
    attempt = Attempt("reviewDecide", idempotency_key, [flag_id, decision, text])
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            return
        flag = await visible_flag(db, viewer, flag_id)
        if flag is not None:
            await _decide(db, viewer, flag, decision, text)
            return
    await note_denial(viewer, "review_decide", "ReviewFlag", flag_id)
    raise NotFound(field=["reviewFlagId"])


async def _decide(
    db: Connection, viewer: Viewer, flag: Record, decision: ReviewDecision, text: str
) -> None:
    asn_id, share_id = flag["asn_id"], flag["share_id"]
    await refuse_concerned(db, viewer, flag)
    state = decided(ReviewState(flag["state"]), decision)
    before = await standings(db, asn_id, share_id)
    await db.execute(_DECIDE, asn_id, flag["id"], state.value, viewer.subject, text)
    await log(db, viewer, (asn_id, flag["id"]), LogKind(state.value), text)
    await settle(db, asn_id, share_id, before)


async def answer_flag(
    viewer: Viewer, flag_id: UUID, text: str, idempotency_key: str | None = None
) -> None:
    """Keep what the holder says about an open flag, for whoever decides.

    Raises:
        Invalid: BLANK, TOO_LONG, or TOO_MANY answers.
        NotFound: the flag is missing or another person's.
        InvalidState: the flag is decided already.
        IdempotencyMismatch: the key was used with other input.
    """
    words = checked_text(text, "text")
    attempt = Attempt("reviewFlagAnswer", idempotency_key, [flag_id, words])
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            return
        flag = await visible_flag(db, viewer, flag_id)
        if flag is None:
            raise NotFound(field=["reviewFlagId"])
        if flag["state"] != ReviewState.OPEN:
            raise InvalidState("The flag is decided already; a rejection can be appealed.")
        if await db.fetchval(_ANSWERS, flag["asn_id"], flag_id) >= MOST_ANSWERS:
            raise Invalid("There are enough answers.", code="TOO_MANY", field=["text"])
        await log(db, viewer, (flag["asn_id"], flag_id), LogKind.ANSWERED, words)


async def visible_flag(db: Connection, viewer: Viewer, flag_id: UUID) -> Record | None:
    """Return a flag in scope with its share locked, as it is under the lock."""
    visible = scope.review_flags(viewer, "f", 2)
    statement = f"SELECT f.* FROM review_flag f WHERE f.id = $1 AND {visible.sql}"
    flag = await db.fetchrow(statement, flag_id, *visible.parameters)
    if flag is None:
        return None
    await lock_share(db, flag["asn_id"], flag["share_id"])
    return await db.fetchrow(statement, flag_id, *visible.parameters)


async def refuse_concerned(db: Connection, viewer: Viewer, flag: Record) -> None:
    """Refuse the holder and everybody named in the evidence, in whatever role they sign in."""
    partners = {UUID(row["partner_id"]) for row in flag["evidence"] if row["partner_id"]}
    concerned = {flag["asn_id"], *partners}
    if viewer.asn_id in concerned or await db.fetchval(_OWN_WORDS, list(concerned), viewer.subject):
        raise SamePerson("A person concerned may not decide.")


def checked_text(text: str, field: str) -> str:
    """Return a text without spaces around it.

    Raises:
        Invalid: BLANK or TOO_LONG.
    """
    words = text.strip()
    if not words:
        raise Invalid("Write at least some words.", code="BLANK", field=[field])
    if len(words) > LONGEST_TEXT:
        message = f"At most {LONGEST_TEXT} characters."
        raise Invalid(message, code="TOO_LONG", field=[field])
    return words
