"""Appeals against a rejection, decided by somebody else than the first decider."""

from uuid import UUID

from asyncpg import Connection, Record

from api.actions.idempotency import Attempt, is_repeated
from api.actions.review.decide import checked_text, refuse_concerned, visible_flag
from api.actions.review.flags import log, settle, standings
from api.domain.access import Viewer
from api.domain.coordination import (
    AppealDecision,
    AppealState,
    LogKind,
    ReviewState,
    appeal_decided,
)
from api.errors import InvalidState, NotFound, SamePerson
from api.models import new_id, transaction

_APPEAL = """
SELECT * FROM appeal WHERE object_type = 'ReviewFlag' AND object_id = $1 FOR UPDATE
"""
_OPEN = """
INSERT INTO appeal (id, asn_id, object_type, object_id, text, state, opened_at, first_decided_by)
VALUES ($1, $2, 'ReviewFlag', $3, $4, 'OPEN', now(), $5)
"""
_CLOSE = "UPDATE appeal SET state = $2, decided_by = $3 WHERE id = $1"
_OVERTURN = """
UPDATE review_flag SET state = 'CLEARED', decided_at = now(), decided_by = $3, reason = $4
 WHERE asn_id = $1 AND id = $2
"""


async def appeal_flag(
    viewer: Viewer, flag_id: UUID, text: str, idempotency_key: str | None = None
) -> None:
    """Ask another person to look at a rejection again, once.

    Raises:
        Invalid: BLANK or TOO_LONG.
        NotFound: the flag is missing or another person's.
        InvalidState: it is not rejected, or was appealed before.
        IdempotencyMismatch: the key was used with other input.
    """
    words = checked_text(text, "text")
    attempt = Attempt("reviewFlagAppeal", idempotency_key, [flag_id, words])
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            return
        flag = await visible_flag(db, viewer, flag_id)
        if flag is None:
            raise NotFound(field=["reviewFlagId"])
        if flag["state"] != ReviewState.REJECTED:
            raise InvalidState("Only a rejection can be appealed.")
        if await db.fetchrow(_APPEAL, flag_id) is not None:
            raise InvalidState("This rejection was appealed before.")
        await db.execute(_OPEN, new_id(), flag["asn_id"], flag_id, words, flag["decided_by"])
        await log(db, viewer, (flag["asn_id"], flag_id), LogKind.APPEALED, words)


async def decide_appeal(
    viewer: Viewer,
    flag_id: UUID,
    decision: AppealDecision,
    reason: str,
    idempotency_key: str | None = None,
) -> None:
    """Uphold an appeal, which clears the flag and gives the points back, or dismiss it.

    Raises:
        Invalid: BLANK or TOO_LONG reason.
        NotFound: there is no such flag in scope, or nobody appealed.
        SamePerson: the decider took the first decision or is a person concerned.
        InvalidState: the appeal is decided already.
        IdempotencyMismatch: the key was used with other input.
    """
    text = checked_text(reason, "reason")
    attempt = Attempt("reviewAppealDecide", idempotency_key, [flag_id, decision, text])
    async with transaction() as db:
        if await is_repeated(db, viewer, attempt):
            return
        flag = await visible_flag(db, viewer, flag_id)
        appeal = None if flag is None else await db.fetchrow(_APPEAL, flag_id)
        if flag is None or appeal is None:
            raise NotFound(field=["reviewFlagId"])
        if appeal["first_decided_by"] == viewer.subject:
            raise SamePerson("Whoever decided first may not decide the appeal.")
        await refuse_concerned(db, viewer, flag)
        state = appeal_decided(AppealState(appeal["state"]), decision)
        await db.execute(_CLOSE, appeal["id"], state.value, viewer.subject)
        await log(db, viewer, (flag["asn_id"], flag_id), LogKind(state.value), text)
        if state is AppealState.UPHELD:
            await _overturn(db, viewer, flag, text)


async def _overturn(db: Connection, viewer: Viewer, flag: Record, text: str) -> None:
    asn_id, share_id = flag["asn_id"], flag["share_id"]
    before = await standings(db, asn_id, share_id)
    await db.execute(_OVERTURN, asn_id, flag["id"], viewer.subject, text)
    await settle(db, asn_id, share_id, before)
