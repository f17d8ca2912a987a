"""Hands campaigns to another person, who approves them or asks for changes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from api.actions.campaign import content_of, lock_campaign, moved
from api.actions.reason import required_reason
from api.actions.trail import record
from api.domain.access import Viewer
from api.domain.campaign import (
    CampaignStatus,
    content_sha256,
    require_other_person,
    require_transition,
)
from api.errors import Invalid, Problem
from api.models import new_id, transaction

CHECKER_LENGTH = 200
NOTE_LENGTH = 10_000

_SUBMIT = """
UPDATE campaign SET status = 'IN_REVIEW', version = version + 1, fact_checked_by = $2,
       is_free_of_candidates_and_parties = true
 WHERE id = $1
"""
_APPROVE = """
UPDATE campaign SET status = 'APPROVED', version = version + 1, approved_by = $2, approved_at = $3,
       approved_sha256 = $4
 WHERE id = $1
"""
_RETURN = "UPDATE campaign SET status = 'DRAFT', version = version + 1 WHERE id = $1"
_REVIEW = """
INSERT INTO campaign_review
       (id, campaign_id, reviewer, is_approved, note, content_sha256, reviewed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


@dataclass(frozen=True, slots=True)
class Submission:
    """What the maker answers when handing a campaign to the checker."""

    campaign_id: UUID
    version: int
    is_free_of_candidates_and_parties: bool
    fact_checked_by: str


async def submit_campaign(viewer: Viewer, submission: Submission) -> UUID:
    """Hand a draft to a checker.

    Raises:
        NotFound, Conflict, InvalidState: as every move of a campaign.
        Invalid: the neutrality question is denied, or nobody checked the facts.
    """
    async with transaction() as db:
        row = await lock_campaign(db, viewer, submission.campaign_id, submission.version)
        require_transition(CampaignStatus(row["status"]), CampaignStatus.IN_REVIEW)
        if problems := _submission_problems(submission):
            raise Invalid.of(problems)
        await db.execute(_SUBMIT, row["id"], submission.fact_checked_by.strip())
        await record(db, viewer, moved("submit_campaign", row, CampaignStatus.IN_REVIEW))
    return submission.campaign_id


async def approve_campaign(
    viewer: Viewer, campaign_id: UUID, version: int, note: str | None
) -> UUID:
    """Approve the content of a campaign that somebody else made and last edited.

    Raises:
        NotFound, Conflict, InvalidState: as every move of a campaign.
        SamePerson: the viewer made or last edited it.
    """
    if len(note or "") > NOTE_LENGTH:
        message = f"A note has at most {NOTE_LENGTH} characters."
        raise Invalid(message, code="TOO_LONG", field=["note"])
    async with transaction() as db:
        row = await lock_campaign(db, viewer, campaign_id, version)
        require_transition(CampaignStatus(row["status"]), CampaignStatus.APPROVED)
        require_other_person(viewer.subject, (row["created_by"], row["last_edited_by"]))
        now, digest = datetime.now(UTC), content_sha256(await content_of(db, row))
        await db.execute(_APPROVE, campaign_id, viewer.subject, now, digest)
        review = (viewer.subject, True, note, digest, now)
        await db.execute(_REVIEW, new_id(), campaign_id, *review)
        await record(db, viewer, moved("approve_campaign", row, CampaignStatus.APPROVED))
    return campaign_id


async def request_changes(viewer: Viewer, campaign_id: UUID, version: int, note: str) -> UUID:
    """Give a campaign in review back to its maker and say what should change.

    Raises:
        Invalid: the note is empty or too long.
        NotFound, Conflict, InvalidState: as every move of a campaign.
    """
    asked = required_reason(note, field="note", longest=NOTE_LENGTH)
    async with transaction() as db:
        row = await lock_campaign(db, viewer, campaign_id, version)
        require_transition(CampaignStatus(row["status"]), CampaignStatus.DRAFT)
        digest = content_sha256(await content_of(db, row))
        await db.execute(_RETURN, campaign_id)
        review = (viewer.subject, False, asked, digest, datetime.now(UTC))
        await db.execute(_REVIEW, new_id(), campaign_id, *review)
        await record(db, viewer, moved("request_campaign_changes", row, CampaignStatus.DRAFT))
    return campaign_id


def _submission_problems(submission: Submission) -> list[Problem]:
    problems = []
    if not submission.is_free_of_candidates_and_parties:
        message = "A campaign must be free of candidates and parties."
        problems.append(Problem("INVALID", message, ("isFreeOfCandidatesAndParties",)))
    if not submission.fact_checked_by.strip():
        problems.append(Problem("BLANK", "Name who checked the facts.", ("factCheckedBy",)))
    if len(submission.fact_checked_by) > CHECKER_LENGTH:
        message = f"A name has at most {CHECKER_LENGTH} characters."
        problems.append(Problem("TOO_LONG", message, ("factCheckedBy",)))
    return problems
