"""Adds posts to campaigns."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Record, UniqueViolationError
from tortoise.exceptions import IntegrityError

from api.actions.campaign import blocked_phrases, lock_campaign
from api.actions.idempotency import Attempt, first_result
from api.actions.trail import Change, record
from api.actions.version import require_version
from api.domain.access import Viewer
from api.domain.campaign import CampaignStatus, status_after_edit
from api.domain.matching import NeedsRedirect, PostRef, post_from_url
from api.domain.neutrality import check_texts
from api.domain.platform import Platform
from api.errors import Invalid, Problem, Refusal, Taken
from api.models import new_id, transaction

TITLE_LENGTH = 200
TEXT_LENGTH = 10_000
MOST_VARIANTS = 20
MOST_HASHTAGS = 30
HASHTAG_LENGTH = 100
LOCALE_LENGTH = 12

_INSERT = """
INSERT INTO program_post (id, campaign_id, platform, official_post_ref, url, title, text, facts,
                          source_url, disclosure_text, hashtags, state, published_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', $8, $9, $10, 'DRAFT', $11, now())
"""
_VARIANT = (
    "INSERT INTO post_variant (id, post_id, position, locale, text) VALUES ($1, $2, $3, $4, $5)"
)
# An edit of approved content goes back to review, and whoever edits can no longer approve.
_EDITED = """
UPDATE campaign SET status = $2, version = version + 1, last_edited_by = $3, approved_by = NULL,
       approved_at = NULL, approved_sha256 = NULL
 WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class NewPost:
    """An official post with suggested wordings as (locale, text)."""

    campaign_id: UUID
    platform: Platform
    url: str
    title: str
    text: str | None
    source_url: str
    published_at: datetime
    hashtags: tuple[str, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()


async def add_post(
    viewer: Viewer,
    new: NewPost,
    idempotency_key: str | None,
    mastodon_hosts: Collection[str] = (),
    version: int | None = None,
) -> UUID:
    """Add a post to a campaign in scope; return its id. Of Mastodon only these hosts are known.

    Raises:
        Invalid: BLANK, TOO_LONG, TOO_MANY, INVALID_URL or BLOCKED_PHRASE with the field.
        NotFound: the campaign is missing or out of scope.
        InvalidState: the campaign has ended.
        Conflict: the campaign has another version than the one given.
        Taken: the post belongs to a campaign already.
    """
    ref = _post_ref(new, mastodon_hosts)
    problems = _problems(new)
    attempt = Attempt("programPostAdd", idempotency_key, asdict(new))
    try:
        async with transaction() as db:
            problems += check_texts(_texts(new), await blocked_phrases(db))
            if problems:
                raise Invalid.of(problems)
            campaign = await lock_campaign(db, viewer, new.campaign_id, None)
            post_id = new_id()
            stands = await first_result(db, viewer, attempt, post_id)
            if stands == post_id:
                require_version(campaign, version)
                await _store(db, viewer, campaign, (post_id, new, ref))
            return stands
    except (UniqueViolationError, IntegrityError) as error:
        raise Taken("This post belongs to a campaign already.", field=["url"]) from error


def _post_ref(new: NewPost, mastodon_hosts: Collection[str]) -> PostRef:
    parsed = post_from_url(
        new.url, platform=new.platform, field=["url"], mastodon_hosts=mastodon_hosts
    )
    if isinstance(parsed, NeedsRedirect):
        message = "Give the address of the post itself, not a short link."
        raise Refusal(message, code="INVALID_URL", field=["url"])
    return parsed


async def _store(
    db: Connection, viewer: Viewer, campaign: Record, post: tuple[UUID, NewPost, PostRef]
) -> None:
    post_id, new, ref = post
    status = status_after_edit(CampaignStatus(campaign["status"]))
    await db.execute(
        _INSERT,
        post_id,
        new.campaign_id,
        new.platform.value,
        ref.id,
        ref.url,
        new.title.strip(),
        new.text,
        new.source_url,
        campaign["disclosure_label"],
        list(new.hashtags),
        new.published_at,
    )
    for position, (locale, text) in enumerate(new.variants, start=1):
        await db.execute(_VARIANT, new_id(), post_id, position, locale, text)
    await db.execute(_EDITED, new.campaign_id, status.value, viewer.subject)
    await record(db, viewer, Change("add_post", "ProgramPost", post_id, after=asdict(new)))


def _texts(new: NewPost) -> Mapping[tuple[str, ...], str]:
    texts: dict[tuple[str, ...], str] = {("title",): new.title, ("text",): new.text or ""}
    for position, (_, text) in enumerate(new.variants):
        texts["variants", str(position), "text"] = text
    return texts


def _problems(new: NewPost) -> list[Problem]:
    problems = _text("title", new.title, TITLE_LENGTH, is_needed=True)
    problems += _text("text", new.text or "", TEXT_LENGTH)
    if len(new.variants) > MOST_VARIANTS:
        message = f"A post has at most {MOST_VARIANTS} variants."
        problems.append(Problem("TOO_MANY", message, ("variants",)))
    if len(new.hashtags) > MOST_HASHTAGS:
        message = f"A post has at most {MOST_HASHTAGS} hashtags."
        problems.append(Problem("TOO_MANY", message, ("hashtags",)))
    for position, hashtag in enumerate(new.hashtags):
        problems += _text(f"hashtags.{position}", hashtag, HASHTAG_LENGTH, is_needed=True)
    for position, (locale, text) in enumerate(new.variants):
        at = f"variants.{position}"
        problems += _text(f"{at}.locale", locale, LOCALE_LENGTH, is_needed=True)
        problems += _text(f"{at}.text", text, TEXT_LENGTH, is_needed=True)
    return problems


def _text(name: str, text: str, longest: int, *, is_needed: bool = False) -> list[Problem]:
    path = tuple(name.split("."))
    if is_needed and not text.strip():
        return [Problem("BLANK", f"{path[-1]} is empty.", path)]
    if len(text) > longest:
        return [Problem("TOO_LONG", f"{path[-1]} is longer than {longest} characters.", path)]
    return []
