"""Creates campaigns, and what every change of a campaign needs."""

from dataclasses import asdict, dataclass, field
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.actions.version import require_version
from api.domain.access import Viewer
from api.domain.campaign import CampaignContent, CampaignStatus, NewCampaign, PostContent, check_new
from api.domain.neutrality import BlockedPhrase, Effect, check_texts
from api.domain.platform import Platform
from api.errors import Invalid, NotFound, Problem
from api.models import new_id, transaction
from api.reads import scope

_PHRASES = """
SELECT phrase, effect FROM blocked_phrase
 WHERE valid_from_on <= current_date AND coalesce(valid_to_on > current_date, true)
"""
_INSERT = """
INSERT INTO campaign (id, program_id, title, brief, status, version, starts_at, ends_at,
                      disclosure_label, goal_share_count, audience, created_by, last_edited_by,
                      created_at)
VALUES ($1, $2, $3, $4, 'DRAFT', 1, $5, $6, $7, $8, $9, $10, $10, now())
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
    require_version(row, version)
    return row


async def blocked_phrases(db: Connection) -> list[BlockedPhrase]:
    """Return the phrases in force today."""
    return [BlockedPhrase(r["phrase"], Effect(r["effect"])) for r in await db.fetch(_PHRASES)]


async def content_of(db: Connection, row: Record) -> CampaignContent:
    """Return what an approval of this campaign is bound to."""
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


def moved(verb: str, row: Record, status: CampaignStatus, reason: str | None = None) -> Change:
    """Return the audit row of a change of status."""
    return Change(
        verb, "Campaign", row["id"], before=row["status"], after=status.value, reason=reason
    )
