"""What connectors tell: frozen facts, parsed at the border. Unknown is None, never 0."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from api.domain.matching import share_key
from api.domain.platform import AudienceKind, AudienceSource, Coverage, Platform, ShareKind

T = TypeVar("T")


class IssueCode(StrEnum):
    """Why one item of an answer is missing or incomplete."""

    NOT_FOUND = "NOT_FOUND"
    PROTECTED = "PROTECTED"
    NOT_ANSWERED = "NOT_ANSWERED"
    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    """Another account has the handle of the one that was asked for."""
    MISSING_PERMISSION = "MISSING_PERMISSION"
    TRANSIENT = "TRANSIENT"
    UNREADABLE = "UNREADABLE"
    UNKNOWN_VALUE = "UNKNOWN_VALUE"


@dataclass(frozen=True, slots=True)
class ItemIssue:
    """One item that was asked for or listed and not fully answered; `ref` is its id or handle."""

    ref: str
    code: IssueCode


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of an answer. The list goes on while `next` is set, even if `items` is empty.

    `coverage` is COMPLETE on the page that ends a full list and UNKNOWN before that.
    """

    items: tuple[T, ...]
    next: str | None = None
    issues: tuple[ItemIssue, ...] = ()
    coverage: Coverage = Coverage.COMPLETE


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account of a consenting holder, whose own posts may be read."""

    platform: Platform
    id: str
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to where a list was read: the newest id or time that was seen."""

    newest_id: str | None = None
    newest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShareFact:
    """An account passed a post on. `actor` is its handle, `native_id` the id of the share itself.

    `occurred_at` is what the platform says, None when it says nothing, never `observed_at`.
    """

    platform: Platform
    kind: ShareKind
    post_id: str
    actor_id: str
    observed_at: datetime
    native_id: str | None = None
    occurred_at: datetime | None = None
    actor: str | None = None
    url: str | None = None
    is_removed: bool = False

    @property
    def key(self) -> str:
        """Return what makes this share one share, by whatever way it is seen."""
        return share_key(
            self.platform,
            self.kind,
            post_id=self.post_id,
            actor_id=self.actor_id,
            native_id=self.native_id,
        )


@dataclass(frozen=True, slots=True)
class ProfileFact:
    """An account as its network shows it. `description` is for ownership codes, never stored."""

    platform: Platform
    id: str
    observed_at: datetime
    handle: str | None = None
    audience_count: int | None = None
    audience_kind: AudienceKind = AudienceKind.FOLLOWERS
    audience_source: AudienceSource = AudienceSource.PUBLIC_API
    is_protected: bool | None = None
    created_at: datetime | None = None
    description: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class MetricFact:
    """The figures of one post at one moment."""

    platform: Platform
    post_id: str
    observed_at: datetime
    repost_count: int | None = None
    quote_count: int | None = None
    reply_count: int | None = None
    like_count: int | None = None
    save_count: int | None = None
    reach_count: int | None = None
    view_count: int | None = None


class ReferenceKind(StrEnum):
    """How a post refers to another."""

    REPOSTED = "REPOSTED"
    QUOTED = "QUOTED"
    REPLIED_TO = "REPLIED_TO"


@dataclass(frozen=True, slots=True)
class Reference:
    """Another post that a post refers to."""

    kind: ReferenceKind
    post_id: str


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of a consenting holder: what it refers to and links to.

    `link_kind` is the kind of share that this post is if one of its links leads to a program post.
    `text` is for the check of a proof that its author handed in: compared in memory, never stored,
    never logged.
    """

    platform: Platform
    id: str
    account_id: str
    observed_at: datetime
    occurred_at: datetime | None = None
    url: str | None = None
    references: tuple[Reference, ...] = ()
    links: tuple[str, ...] = ()
    link_kind: ShareKind = ShareKind.LINK_POST
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post that a search, a list of mentions or an event told of, by whoever wrote it.

    It matches program posts in the way that own posts do. `author_id` is None where the network
    tells only the handle; an author who is no consenting holder is never stored as a person.
    """

    platform: Platform
    kind: ShareKind
    id: str
    observed_at: datetime
    author_id: str | None = None
    author: str | None = None
    occurred_at: datetime | None = None
    url: str | None = None
    references: tuple[Reference, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """An event says that an official account was mentioned; `mentioned` tells in which post.

    A story that mentions has no post that can be asked for: `native_id` is that of the message.
    """

    platform: Platform
    kind: ShareKind
    account_id: str
    native_id: str
    observed_at: datetime
    actor_id: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """An event says that a post is gone."""

    platform: Platform
    native_id: str
    actor_id: str | None
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Revocation:
    """An event says that a person withdrew our access to their account."""

    platform: Platform
    account_id: str
    observed_at: datetime


Event = ShareFact | FoundPost | Mention | Removal | Revocation
