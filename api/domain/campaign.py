"""Campaigns: who may move them where, what a new one must be, and when silence is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from api import errors
from api.domain.canonical import sha256_of
from api.errors import InvalidState, Problem, SamePerson

TITLE_LENGTH = 200
BRIEF_LENGTH = 10_000
DISCLOSURE_LENGTH = 120


class CampaignStatus(StrEnum):
    """Where a campaign stands."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


_S = CampaignStatus
TRANSITIONS: Mapping[CampaignStatus, frozenset[CampaignStatus]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.IN_REVIEW, _S.CANCELLED}),
        _S.IN_REVIEW: frozenset({_S.APPROVED, _S.DRAFT, _S.CANCELLED}),
        _S.APPROVED: frozenset({_S.ACTIVE, _S.CANCELLED}),
        _S.ACTIVE: frozenset({_S.PAUSED, _S.CLOSED}),
        _S.PAUSED: frozenset({_S.ACTIVE, _S.CLOSED}),
        _S.CLOSED: frozenset(),
        _S.CANCELLED: frozenset(),
    }
)
_APPROVED_CONTENT = frozenset({_S.APPROVED, _S.ACTIVE, _S.PAUSED})


def require_transition(now_is: CampaignStatus, becomes: CampaignStatus) -> None:
    """Refuse a change of status that campaigns do not know.

    Raises:
        InvalidState: the change is not in the table.
    """
    if becomes not in TRANSITIONS[now_is]:
        raise InvalidState(f"A campaign that is {now_is.value} cannot become {becomes.value}.")


def status_after_edit(now_is: CampaignStatus) -> CampaignStatus:
    """Return where an edit of the content leaves a campaign: approved content goes back to review.

    That is the one way back, and only an edit takes it, so it is not among the transitions.

    Raises:
        InvalidState: the campaign has ended.
    """
    if not TRANSITIONS[now_is]:
        raise InvalidState(f"A campaign that is {now_is.value} can no longer be edited.")
    return CampaignStatus.IN_REVIEW if now_is in _APPROVED_CONTENT else now_is


def require_other_person(checker: str, makers: Iterable[str | None]) -> None:
    """Refuse a checker who wrote or last edited what is checked; nobody is exempt.

    Raises:
        SamePerson: maker and checker are one.
    """
    if checker in set(makers):
        raise SamePerson


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What a campaign starts with, named as in the input."""

    title: str
    starts_at: datetime
    ends_at: datetime
    disclosure_label: str
    brief: str | None = None
    goal_share_count: int | None = None


def check_new(new: NewCampaign) -> list[Problem]:
    """Return everything that is wrong with a new campaign, in the order of its fields."""
    problems = [
        *_text("title", "The title", new.title, TITLE_LENGTH),
        *_length("brief", "The brief", new.brief or "", BRIEF_LENGTH),
    ]
    if new.ends_at <= new.starts_at:
        problems.append(Problem("INVALID", "A campaign ends after it starts.", ("endsAt",)))
    label = new.disclosure_label
    problems += _text("disclosureLabel", "The disclosure label", label, DISCLOSURE_LENGTH)
    if new.goal_share_count is not None and new.goal_share_count <= 0:
        problems.append(Problem("INVALID", "A goal is above zero.", ("goalShareCount",)))
    return problems


def _text(name: str, label: str, text: str, longest: int) -> list[Problem]:
    if not text.strip():
        return [Problem("BLANK", f"{label} is empty.", (name,))]
    return _length(name, label, text, longest)


def _length(name: str, label: str, text: str, longest: int) -> list[Problem]:
    if len(text) <= longest:
        return []
    return [Problem("TOO_LONG", f"{label} is longer than {longest} characters.", (name,))]


@dataclass(frozen=True, slots=True)
class QuietPeriod:
    """Days on which nothing is launched or published, in one province or everywhere."""

    from_on: date
    to_on: date
    """The first day after the silence."""
    legal_ground: str
    province_id: UUID | None = None


def quiet_periods_on(
    periods: Iterable[QuietPeriod], day: date, province_ids: Iterable[UUID] = ()
) -> list[QuietPeriod]:
    """Return the periods that bind a campaign on a day; without provinces it reaches them all."""
    reached = frozenset(province_ids)
    return [
        period
        for period in periods
        if period.from_on <= day < period.to_on
        and (period.province_id is None or not reached or period.province_id in reached)
    ]


def require_no_quiet_period(
    periods: Iterable[QuietPeriod], day: date, province_ids: Iterable[UUID] = ()
) -> None:
    """Refuse a launch or publication in a quiet period and name the ground and the end.

    Raises:
        errors.QuietPeriod: at least one period binds.
    """
    if binding := quiet_periods_on(periods, day, province_ids):
        raise errors.QuietPeriod(_until_when(binding))


def _until_when(binding: Iterable[QuietPeriod]) -> str:
    last = max(binding, key=lambda period: period.to_on)
    return f"A quiet period holds until {last.to_on.isoformat()} ({last.legal_ground})."


def status_by_calendar(
    now_is: CampaignStatus,
    ends_at: datetime,
    now: datetime,
    periods: Iterable[QuietPeriod],
    province_ids: Iterable[UUID] = (),
) -> tuple[CampaignStatus, str | None]:
    """Return where the calendar leaves a public campaign, and why; `now` in the civil time zone.

    Its end closes it, running or paused. A quiet period pauses it; the end of one resumes nothing.
    """
    if ends_at <= now:
        return CampaignStatus.CLOSED, "The campaign has come to its end."
    binding = quiet_periods_on(periods, now.date(), province_ids)
    if now_is is CampaignStatus.ACTIVE and binding:
        return CampaignStatus.PAUSED, _until_when(binding)
    return now_is, None


@dataclass(frozen=True, slots=True)
class PostContent:
    """What a checker approves of one post."""

    platform: str
    url: str
    title: str
    source_url: str
    published_at: datetime
    text: str | None = None
    facts: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()
    """(locale, text) in order."""


@dataclass(frozen=True, slots=True)
class CampaignContent:
    """What a checker approves; anything else about a campaign may change without a new approval."""

    title: str
    brief: str | None
    disclosure_label: str
    starts_at: datetime
    ends_at: datetime
    audience: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Sets of ids or names by kind; their order says nothing."""
    posts: tuple[PostContent, ...] = ()


def content_sha256(content: CampaignContent) -> str:
    """Return the hash that an approval is bound to; the order of posts says nothing."""
    posts = sorted((_fields(post) for post in content.posts), key=sha256_of)
    audience = {kind: frozenset(ids) for kind, ids in content.audience.items()}
    return sha256_of({**_fields(content), "posts": posts, "audience": audience})


def _fields(item: CampaignContent | PostContent) -> dict[str, object]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


def require_approved_content(content: CampaignContent, approved_sha256: str | None) -> None:
    """Refuse to launch anything but what was approved.

    Raises:
        InvalidState: the content has changed since, or was never approved.
    """
    if content_sha256(content) != approved_sha256:
        raise InvalidState("The content has changed since it was approved.")
