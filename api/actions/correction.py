"""Publishes corrections of posts, and keeps who of those who shared has read them."""

from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.campaign import blocked_phrases
from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.neutrality import check_texts
from api.errors import Invalid, InvalidState, NotFound, Problem
from api.models import new_id, transaction
from api.reads import scope

LONGEST_FACT = 2_000
_CORRECTABLE = ("PUBLISHED", "EXPIRED", "CORRECTED", "WITHDRAWN")

_INSERT = """
INSERT INTO correction (id, post_id, old_fact, new_fact, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, now())
"""
_MARK = """
UPDATE program_post SET state = 'CORRECTED' WHERE id = $1 AND state IN ('PUBLISHED', 'EXPIRED')
"""
_NOTIFY = """
INSERT INTO correction_notice (id, correction_id, asn_id, notified_at)
SELECT new_id(), $1, s.asn_id, now() FROM share s
 WHERE s.program_post_id = $2 AND s.review <> 'REJECTED' GROUP BY s.asn_id
"""


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """What a post said wrongly, and what is right."""

    post_id: UUID
    old_fact: str
    new_fact: str


async def correct_post(viewer: Viewer, new: NewCorrection, idempotency_key: str | None) -> UUID:
    """Publish a correction and tell everybody who shared the post; return the post's id.

    Raises:
        Invalid: BLANK, TOO_LONG or BLOCKED_PHRASE with the field, all at once.
        NotFound: the post is missing or out of scope.
        InvalidState: the post was never published.
        IdempotencyMismatch: the key was used with other input.
    """
    attempt = Attempt("programPostCorrect", idempotency_key, new)
    async with transaction() as db:
        texts: dict[tuple[str, ...], str] = {("oldFact",): new.old_fact, ("newFact",): new.new_fact}
        only_new: dict[tuple[str, ...], str] = {("newFact",): new.new_fact}
        problems = _problems(texts) + check_texts(only_new, await blocked_phrases(db))
        if problems:
            raise Invalid.of(problems)
        post = await _post(db, viewer, new.post_id)
        if post["state"] not in _CORRECTABLE:
            raise InvalidState("A post that was never published needs no correction.")
        correction_id = new_id()
        if await first_result(db, viewer, attempt, correction_id) == correction_id:
            facts = (new.old_fact.strip(), new.new_fact.strip())
            await db.execute(_INSERT, correction_id, new.post_id, *facts, viewer.subject)
            await db.execute(_MARK, new.post_id)
            await db.execute(_NOTIFY, correction_id, new.post_id)
            change = Change("correct_post", "ProgramPost", new.post_id, post["state"], facts)
            await record(db, viewer, change)
    return new.post_id


def _problems(texts: dict[tuple[str, ...], str]) -> list[Problem]:
    problems = []
    for path, text in texts.items():
        if not text.strip():
            problems.append(Problem("BLANK", "Say what was wrong and what is right.", path))
        elif len(text) > LONGEST_FACT:
            message = f"A fact has at most {LONGEST_FACT} characters."
            problems.append(Problem("TOO_LONG", message, path))
    return problems


async def _post(db: Connection, viewer: Viewer, post_id: UUID) -> Record:
    visible = scope.campaigns(viewer, "c", "p", 2)
    row = await db.fetchrow(
        "SELECT x.id, x.state FROM program_post x JOIN campaign c ON c.id = x.campaign_id"
        f" JOIN program p ON p.id = c.program_id WHERE x.id = $1 AND {visible.sql} FOR UPDATE OF x",
        post_id,
        *visible.parameters,
    )
    if row is None:
        raise NotFound(field=["postId"])
    return row


async def acknowledge_correction(viewer: Viewer, notice_id: UUID) -> UUID:
    """Note that a holder has read a correction; a repeat keeps the first time.

    Raises:
        NotFound: missing, or not the viewer's own.
    """
    async with transaction() as db:
        found = await db.fetchval(
            "UPDATE correction_notice SET acknowledged_at = coalesce(acknowledged_at, now())"
            " WHERE id = $1 AND asn_id = $2 RETURNING id",
            notice_id,
            viewer.asn_id,
        )
        if found is None:
            raise NotFound(field=["noticeId"])
        await record(db, viewer, Change("acknowledge_correction", "CorrectionNotice", notice_id))
    return notice_id
