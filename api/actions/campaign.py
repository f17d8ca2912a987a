"""Creates campaigns and moves them from draft over review and approval to the public."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Connection, Record

from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.domain.access import Viewer
from api.domain.campaign import (
    CampaignContent,
    CampaignStatus,
    NewCampaign,
    PostContent,
    QuietPeriod,
    check_new,
    content_sha256,
    require_approved_content,
    require_no_quiet_period,
    require_other_person,
    require_transition,
)
from api.domain.neutrality import BlockedPhrase, Effect, check_texts
from api.domain.platform import Platform
from api.errors import Conflict, Invalid, InvalidState, NotFound, Problem
from api.models import new_id, transaction
from api.queue import Job, enqueue
from api.reads import scope

CHECKER_LENGTH = 200
NOTE_LENGTH = 10_000

_PHRASES = """
SELECT phrase, effect FROM blocked_phrase
 WHERE valid_from_on <= current_date AND coalesce(valid_to_on > current_date, true)
"""
_QUIET = "SELECT from_on, to_on, legal_ground, province_id FROM quiet_period"
_INSERT = """
INSERT INTO campaign (id, program_id, title, brief, status, version, starts_at, ends_at,
                      disclosure_label, goal_share_count, audience, created_by, last_edited_by,
                      created_at)
VALUES ($1, $2, $3, $4, 'DRAFT', 1, $5, $6, $7, $8, $9, $10, $10, now())
"""
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
_REVIEW = """
INSERT INTO campaign_review
       (id, campaign_id, reviewer, is_approved, note, content_sha256, reviewed_at)
VALUES ($1, $2, $3, true, $4, $5, $6)
"""
_LAUNCH = """
UPDATE campaign SET status = 'ACTIVE', version = version + 1, launched_at = $2 WHERE id = $1
"""
_PUBLISH = """
UPDATE program_post SET state = 'PUBLISHED', fact_checked_by = $2, fact_checked_at = $3
 WHERE campaign_id = $1 AND state <> 'WITHDRAWN' RETURNING id, platform
"""
_POSTS = """
SELECT p.platform, p.url, p.title, p.source_url, p.published_at, p.text, p.facts, p.hashtags,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(v.locale, v.text) ORDER BY v.position), '[]')
          FROM post_variant v WHERE v.post_id = p.id) AS variants
  FROM program_post p WHERE p.campaign_id = $1
"""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a campaign addresses; an empty part means everybody."""

    agency_ids: tuple[UUID, ...] = ()
    province_ids: tuple[UUID, ...] = ()
    platforms: tuple[Platform, ...] = ()

    def to_json(self) -> dict[str, list[str]]:
        """Return the form that the row keeps."""
        return {
            "agency_ids": [str(one) for one in self.agency_ids],
            "province_ids": [str(one) for one in self.province_ids],
            "platforms": [one.value for one in self.platforms],
        }


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign as its maker sends it."""

    program_id: UUID
    campaign: NewCampaign
    audience: Audience = field(default_factory=Audience)


async def create_campaign(
    viewer: Viewer, draft: CampaignDraft, idempotency_key: str | None
) -> UUID:
    """Create a draft of a programme in the viewer's scope; return its id.

    Raises:
        Invalid: BLANK, TOO_LONG, INVALID or BLOCKED_PHRASE with the field, all at once.
        NotFound: the programme, or an agency or province of the audience.
        IdempotencyMismatch: the key was used with other input.
    """
    new = draft.campaign
    problems = check_new(new)
    attempt = Attempt("campaignCreate", idempotency_key, asdict(draft))
    async with transaction() as db:
        texts: dict[tuple[str, ...], str] = {("title",): new.title, ("brief",): new.brief or ""}
        problems += check_texts(texts, await blocked_phrases(db))
        if problems:
            raise Invalid.of(problems)
        await _require_program(db, viewer, draft.program_id)
        await _require_audience(db, draft.audience)
        campaign_id = new_id()
        stands = await first_result(db, viewer, attempt, campaign_id)
        if stands != campaign_id:
            return stands
        await db.execute(_INSERT, campaign_id, *_row(viewer, draft))
        change = Change("create_campaign", "Campaign", campaign_id, after=asdict(draft))
        await record(db, viewer, change)
        return campaign_id


def _row(viewer: Viewer, draft: CampaignDraft) -> tuple[object, ...]:
    new = draft.campaign
    return (
        draft.program_id,
        new.title.strip(),
        new.brief,
        new.starts_at,
        new.ends_at,
        new.disclosure_label.strip(),
        new.goal_share_count,
        draft.audience.to_json(),
        viewer.subject,
    )


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
        await record(db, viewer, _moved("submit_campaign", row, CampaignStatus.IN_REVIEW))
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
        now, digest = datetime.now(UTC), content_sha256(await _content(db, row))
        await db.execute(_APPROVE, campaign_id, viewer.subject, now, digest)
        await db.execute(_REVIEW, new_id(), campaign_id, viewer.subject, note, digest, now)
        await record(db, viewer, _moved("approve_campaign", row, CampaignStatus.APPROVED))
    return campaign_id


async def launch_campaign(viewer: Viewer, campaign_id: UUID, version: int, zone: str) -> UUID:
    """Publish an approved campaign and start to look for its shares.

    Raises:
        NotFound, Conflict: as every move of a campaign.
        InvalidState: it is not approved, has changed since, or is over.
        QuietPeriod: a quiet period holds in its region.
    """
    async with transaction() as db:
        row = await lock_campaign(db, viewer, campaign_id, version)
        require_transition(CampaignStatus(row["status"]), CampaignStatus.ACTIVE)
        require_approved_content(await _content(db, row), row["approved_sha256"])
        now = datetime.now(UTC)
        if row["ends_at"] <= now:
            raise InvalidState("The campaign is over.")
        await _require_no_silence(db, row, now, zone)
        await db.execute(_LAUNCH, campaign_id, now)
        posts = await db.fetch(_PUBLISH, campaign_id, row["fact_checked_by"], now)
        for post in posts:
            await start_scans(db, post["id"], Platform(post["platform"]), viewer.request_id)
        await record(db, viewer, _moved("launch_campaign", row, CampaignStatus.ACTIVE))
    return campaign_id


async def start_scans(
    db: Connection, post_id: UUID, platform: Platform, request_id: str | None
) -> None:
    """Ask for the sharers of a published post, where its network lists them."""
    if platform is not Platform.X:
        return
    for job in (Job.SCAN_RESHARERS, Job.SCAN_QUOTES):
        args = {"post_id": str(post_id)}
        await enqueue(db, job, args, key=f"{job}:{post_id}", request_id=request_id)


async def lock_campaign(
    db: Connection, viewer: Viewer, campaign_id: UUID, version: int | None
) -> Record:
    """Return a campaign in scope, locked; a stale version is a conflict.

    Raises:
        NotFound: missing or out of scope; both look the same.
        Conflict: somebody else has changed it, or no such version exists.
    """
    visible = scope.campaigns(viewer, "c", "p", 2)
    row = await db.fetchrow(
        "SELECT c.* FROM campaign c JOIN program p ON p.id = c.program_id"
        f" WHERE c.id = $1 AND {visible.sql} FOR UPDATE OF c",
        campaign_id,
        *visible.parameters,
    )
    if row is None:
        raise NotFound(field=["campaignId"])
    if version is not None and row["version"] != version:
        raise Conflict(f"The campaign has version {row['version']} now.", field=["version"])
    return row


async def blocked_phrases(db: Connection) -> list[BlockedPhrase]:
    """Return the phrases in force today."""
    return [BlockedPhrase(r["phrase"], Effect(r["effect"])) for r in await db.fetch(_PHRASES)]


async def _content(db: Connection, row: Record) -> CampaignContent:
    posts = [
        PostContent(
            platform=r["platform"],
            url=r["url"],
            title=r["title"],
            source_url=r["source_url"],
            published_at=r["published_at"],
            text=r["text"],
            facts=tuple(r["facts"]),
            hashtags=tuple(r["hashtags"]),
            variants=tuple((locale, text) for locale, text in r["variants"]),
        )
        for r in await db.fetch(_POSTS, row["id"])
    ]
    return CampaignContent(
        title=row["title"],
        brief=row["brief"],
        disclosure_label=row["disclosure_label"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        audience={kind: tuple(ids) for kind, ids in row["audience"].items()},
        posts=tuple(posts),
    )


async def _require_program(db: Connection, viewer: Viewer, program_id: UUID) -> None:
    visible = scope.agencies(viewer, "p.agency_id", 2)
    found = await db.fetchval(
        f"SELECT p.id FROM program p WHERE p.id = $1 AND {visible.sql}",
        program_id,
        *visible.parameters,
    )
    if found is None:
        raise NotFound(field=["programId"])


async def _require_audience(db: Connection, audience: Audience) -> None:
    problems = []
    parts = (("agency", "agencyIds", audience.agency_ids),)
    for table, name, ids in (*parts, ("province", "provinceIds", audience.province_ids)):
        known = await db.fetch(f"SELECT id FROM {table} WHERE id = ANY($1::uuid[])", list(ids))
        missing = set(ids) - {r["id"] for r in known}
        problems += [
            Problem("NOT_FOUND", NotFound().message, ("audience", name, str(position)))
            for position, one in enumerate(ids)
            if one in missing
        ]
    if problems:
        raise Invalid.of(problems)


async def _require_no_silence(db: Connection, row: Record, now: datetime, zone: str) -> None:
    periods = [
        QuietPeriod(r["from_on"], r["to_on"], r["legal_ground"], r["province_id"])
        for r in await db.fetch(_QUIET)
    ]
    provinces = [UUID(one) for one in row["audience"].get("province_ids", ())]
    require_no_quiet_period(periods, now.astimezone(ZoneInfo(zone)).date(), provinces)


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


def _moved(verb: str, row: Record, status: CampaignStatus) -> Change:
    return Change(verb, "Campaign", row["id"], before=row["status"], after=status.value)
