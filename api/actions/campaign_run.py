"""Makes campaigns public, stops them for a time, and ends them."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Connection, Record

from api.actions.campaign import content_of, lock_campaign, moved
from api.actions.reason import required_reason
from api.actions.trail import record
from api.domain.access import Viewer
from api.domain.campaign import (
    CampaignStatus,
    QuietPeriod,
    require_approved_content,
    require_no_quiet_period,
    require_transition,
)
from api.domain.lists import LISTS_OF_POST, ListName
from api.domain.platform import Platform
from api.errors import InvalidState
from api.models import transaction
from api.queue import Job, enqueue

_QUIET = "SELECT from_on, to_on, legal_ground, province_id FROM quiet_period"
_LAUNCH = """
UPDATE campaign SET status = 'ACTIVE', version = version + 1, launched_at = $2 WHERE id = $1
"""
MOVE = """
UPDATE campaign SET status = $2::text, version = version + 1,
       closed_at = CASE WHEN $2::text = 'CLOSED' THEN now() ELSE closed_at END
 WHERE id = $1
"""
_PUBLISH = """
UPDATE program_post SET state = 'PUBLISHED', fact_checked_by = $2, fact_checked_at = $3
 WHERE campaign_id = $1 AND state <> 'WITHDRAWN' RETURNING id, platform
"""
_PUBLISHED = "SELECT id, platform FROM program_post WHERE campaign_id = $1 AND state = 'PUBLISHED'"


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
        require_approved_content(await content_of(db, row), row["approved_sha256"])
        now = datetime.now(UTC)
        await _require_time(db, row, now, zone)
        await db.execute(_LAUNCH, campaign_id, now)
        posts = await db.fetch(_PUBLISH, campaign_id, row["fact_checked_by"], now)
        for post in posts:
            await start_scans(db, post["id"], Platform(post["platform"]), viewer.request_id)
        await record(db, viewer, moved("launch_campaign", row, CampaignStatus.ACTIVE))
    return campaign_id


async def pause_campaign(viewer: Viewer, campaign_id: UUID, version: int, reason: str) -> UUID:
    """Stop to look for new shares; links keep working.

    Raises:
        Invalid: the reason is empty or too long.
        NotFound, Conflict, InvalidState: as every move of a campaign.
    """
    move = ("pause_campaign", CampaignStatus.PAUSED, required_reason(reason))
    return await _move(viewer, campaign_id, version, move)


async def resume_campaign(viewer: Viewer, campaign_id: UUID, version: int, zone: str) -> UUID:
    """Go on with a paused campaign.

    Raises:
        NotFound, Conflict: as every move of a campaign.
        InvalidState: it is not paused, or over.
        QuietPeriod: a quiet period holds in its region.
    """
    async with transaction() as db:
        row = await lock_campaign(db, viewer, campaign_id, version)
        if CampaignStatus(row["status"]) is not CampaignStatus.PAUSED:
            raise InvalidState(f"A campaign that is {row['status']} cannot be resumed.")
        await _require_time(db, row, datetime.now(UTC), zone)
        await db.execute(MOVE, campaign_id, CampaignStatus.ACTIVE.value)
        for post in await db.fetch(_PUBLISHED, campaign_id):
            await start_scans(db, post["id"], Platform(post["platform"]), viewer.request_id)
        await record(db, viewer, moved("resume_campaign", row, CampaignStatus.ACTIVE))
    return campaign_id


async def close_campaign(viewer: Viewer, campaign_id: UUID, version: int) -> UUID:
    """End a campaign that was public; its figures stay.

    Raises:
        NotFound, Conflict, InvalidState: as every move of a campaign.
    """
    move = ("close_campaign", CampaignStatus.CLOSED, None)
    return await _move(viewer, campaign_id, version, move)


async def cancel_campaign(viewer: Viewer, campaign_id: UUID, version: int, reason: str) -> UUID:
    """Give up a campaign before its launch.

    Raises:
        Invalid: the reason is empty or too long.
        NotFound, Conflict, InvalidState: as every move of a campaign.
    """
    move = ("cancel_campaign", CampaignStatus.CANCELLED, required_reason(reason))
    return await _move(viewer, campaign_id, version, move)


async def _move(
    viewer: Viewer,
    campaign_id: UUID,
    version: int,
    move: tuple[str, CampaignStatus, str | None],
) -> UUID:
    verb, status, reason = move
    async with transaction() as db:
        row = await lock_campaign(db, viewer, campaign_id, version)
        require_transition(CampaignStatus(row["status"]), status)
        await db.execute(MOVE, campaign_id, status.value)
        await record(db, viewer, moved(verb, row, status, reason))
    return campaign_id


async def start_scans(
    db: Connection, post_id: UUID, platform: Platform, request_id: str | None
) -> None:
    """Ask for the sharers of a published post: by its lists, and by what else is due with it."""
    await enqueue(db, Job.FIND_WORK, {}, key=Job.FIND_WORK.value, request_id=request_id)
    for list_name in LISTS_OF_POST[platform]:
        job = Job.SCAN_QUOTES if list_name is ListName.QUOTES else Job.SCAN_RESHARERS
        args = {"post_id": str(post_id)}
        await enqueue(db, job, args, key=f"{job}:{post_id}", request_id=request_id)


async def _require_time(db: Connection, row: Record, now: datetime, zone: str) -> None:
    """Refuse to go public after the end, or while silence is kept in a region of the audience."""
    if row["ends_at"] <= now:
        raise InvalidState("The campaign is over.")
    periods = await quiet_periods(db)
    require_no_quiet_period(periods, now.astimezone(ZoneInfo(zone)).date(), provinces_of(row))


async def quiet_periods(db: Connection) -> list[QuietPeriod]:
    """Return all quiet periods that are known."""
    return [
        QuietPeriod(r["from_on"], r["to_on"], r["legal_ground"], r["province_id"])
        for r in await db.fetch(_QUIET)
    ]


def provinces_of(row: Record) -> list[UUID]:
    """Return the provinces that a campaign addresses; none stands for all."""
    return [UUID(one) for one in row["audience"].get("province_ids", ())]
